"""Reactions, as the schema shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain import reactions
from resolvers.mapping.people import user
from schema.reactions import ReactionCount, ReactionTally


def reaction_counts(counts: Mapping[str, int], available: Iterable[str]) -> list[ReactionCount]:
    """The reactions sent so far; those that are not available any more come last."""
    ordered = dict.fromkeys((*available, *counts))
    return [ReactionCount(emoji=emoji, count=counts[emoji]) for emoji in ordered if emoji in counts]


def reaction_tally(tally: reactions.ReactionTally) -> ReactionTally:
    """One emoji of a batch."""
    return ReactionTally(emoji=tally.emoji, count=tally.count, senders=[user(one) for one in tally.people])
