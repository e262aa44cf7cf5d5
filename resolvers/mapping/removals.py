"""Removals, as the schema shows them to moderators."""

from __future__ import annotations

from app.domain import evictions
from resolvers.mapping.people import user
from schema.removals import Removal


def removal(one: evictions.Removal) -> Removal:
    """A removal; whether it came with a report is for operators alone."""
    return Removal(user=user(one.person), removed_by=user(one.by), removed_at=one.at, reason=one.reason)
