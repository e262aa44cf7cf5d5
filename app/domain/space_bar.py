"""The space bar: the live Spaces that people whom one follows are in, and who of them is why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.roster import Person, Role
from app.domain.spaces import Space, SpaceState

REASONS_SHOWN = 20
"""The stage fits in; of a followed crowd that listens, some stand for all."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Someone whom the viewer follows, and what they are in the Space."""

    person: Person
    role: Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A live Space with the reasons for showing it: those on stage first. `followed` counts those not shown too."""

    space: Space
    reasons: tuple[Reason, ...]
    followed: int

    @property
    def gist(self) -> tuple[str, tuple[tuple[str, Role], ...], int]:
        """What makes two entries the same to look at, however many listen."""
        return self.space.id, tuple((one.person.id, one.role) for one in self.reasons), self.followed


@dataclass(frozen=True, slots=True)
class Sighting:
    """People on the stage of one live Space, and since when that is on air."""

    space_id: str
    started_at: datetime
    person_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Relations:
    """How a viewer stands to others: `averse_to` are whom they mute or block, `barred_by` who blocks them."""

    followed: Collection[str]
    averse_to: Collection[str] = frozenset()
    barred_by: Collection[str] = frozenset()


def bar(spaces: Iterable[Space], listening: Mapping[str, Collection[Person]], relations: Relations) -> list[Entry]:
    """The bar, the newest start first. `listening`: by Space id, those who listen there and allow it to be seen.

    Nobody whom the viewer mutes or blocks is a reason; a Space whose host is one of them, or blocks the viewer, is
    not in it.
    """
    found = []
    hidden = {*relations.averse_to, *relations.barred_by}
    for space in spaces:
        if space.state is not SpaceState.LIVE or space.host.id in hidden:
            continue
        reasons = tuple(_reasons(space, listening.get(space.id, ()), relations))
        if reasons:
            found.append(Entry(space, reasons[:REASONS_SHOWN], len(reasons)))
    return sorted(found, key=place, reverse=True)


def place(entry: Entry) -> tuple[datetime, str]:
    """Where the entry stands in the bar: that of the keys, the greatest first."""
    return entry.space.started_at or entry.space.created_at, entry.space.id


def _reasons(space: Space, listening: Iterable[Person], relations: Relations) -> Iterator[Reason]:
    rank = list(Role)
    seated = [Reason(seat.person, seat.role) for seat in space.stage]
    others = [Reason(one, Role.LISTENER) for one in sorted(listening, key=lambda one: one.id)]
    for one in [*sorted(seated, key=lambda one: rank.index(one.role)), *others]:
        person_id = one.person.id
        if person_id not in relations.followed or person_id in relations.averse_to:
            continue
        if one.role is not Role.LISTENER or space.seat(person_id) is None:
            yield one


def moved(before: Space, after: Space) -> frozenset[str]:
    """Whose followers have another bar since: who took, left or changed a seat; at start and end all on stage."""
    if (before.state is SpaceState.LIVE) is not (after.state is SpaceState.LIVE):
        return frozenset(seat.person.id for seat in (*before.stage, *after.stage))
    if after.state is not SpaceState.LIVE:
        return frozenset()
    roles = [{(seat.person.id, seat.role) for seat in space.stage} for space in (before, after)]
    return frozenset(person_id for person_id, _ in roles[0] ^ roles[1])


def is_over(before: Space, after: Space) -> bool:
    """Whether a Space that was in bars is in none any more."""
    return before.state is SpaceState.LIVE and after.state is not SpaceState.LIVE
