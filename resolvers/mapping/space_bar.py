"""The space bar, as the schema shows it."""

from __future__ import annotations

from app.domain import space_bar
from resolvers.mapping.people import user
from schema.space_bar import SpaceBarEntry, SpaceBarReason
from schema.spaces import Space
from schema.stage import Role


def space_bar_entry(entry: space_bar.Entry, space: Space) -> SpaceBarEntry:
    """An entry of a viewer's bar."""
    return SpaceBarEntry(
        space=space,
        reasons=[SpaceBarReason(user=user(one.person), role=Role[one.role.name]) for one in entry.reasons],
        followed_count=entry.followed,
    )
