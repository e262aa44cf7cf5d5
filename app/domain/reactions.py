"""Reactions: which there are, how often one may react, and how many become one batch."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.domain import refusals
from app.domain.roster import Person

PER_PERSON_AND_SECOND = 5
NAMED_PER_BATCH = 5


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji sent by one person."""

    emoji: str
    person: Person


@dataclass(frozen=True, slots=True)
class ReactionTally:
    """How often an emoji was sent within one batch, and up to 5 of those who sent it."""

    emoji: str
    count: int
    people: tuple[Person, ...]


def check_emoji(emoji: str, available: Collection[str]) -> None:
    """Raises `UnknownReaction` for what is not in the configured set."""
    if emoji not in available:
        raise refusals.UnknownReaction(f"{emoji[:16]!r} is not one of this Space's reactions.", field="emoji")


def tally(reactions: Iterable[Reaction]) -> tuple[ReactionTally, ...]:
    """One batch of reactions, by emoji in order of first appearance."""
    return merge(ReactionTally(one.emoji, 1, (one.person,)) for one in reactions)


def merge(tallies: Iterable[ReactionTally]) -> tuple[ReactionTally, ...]:
    """Several batches as one: counts add up, people are named once and 5 at most."""
    merged: dict[str, ReactionTally] = {}
    for one in tallies:
        known = merged.get(one.emoji, ReactionTally(one.emoji, 0, ()))
        people = dict.fromkeys((*known.people, *one.people))
        merged[one.emoji] = ReactionTally(one.emoji, known.count + one.count, tuple(people)[:NAMED_PER_BATCH])
    return tuple(merged.values())
