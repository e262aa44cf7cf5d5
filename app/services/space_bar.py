"""The space bar of one viewer, or of many at once: where those are whom they follow."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from app.domain.roster import Person
from app.domain.space_bar import Entry, Relations, bar
from app.domain.spaces import Space
from app.services.stores import Pair, Stores

Item = TypeVar("Item")

FOLLOWED = 10_000
"""Of whom a viewer follows these count, the newest follows: a bar for whom there is no end would cost everyone."""
SPACES_SHOWN = 200
IN_ONE_QUERY = 1000
VIEWERS_IN_A_TURN = 50


@dataclass(slots=True)
class Places:
    """Where people are: for each person the live Spaces on whose stage they are, with their starts, and where they
    listen and let it be seen. Whoever is nowhere is in neither.
    """

    seats: dict[str, dict[str, datetime]] = field(default_factory=dict)
    listening: dict[str, list[tuple[str, Person]]] = field(default_factory=dict)

    def replace(self, person_ids: Collection[str], found: Places) -> None:
        """These people are where they were found now, and nowhere else."""
        for person_id in person_ids:
            self.seats.pop(person_id, None)
            self.listening.pop(person_id, None)
        self.seats.update(found.seats)
        self.listening.update(found.listening)

    def forget(self, person_ids: Collection[str]) -> None:
        """Nobody asks for these people any more."""
        self.replace(person_ids, Places())


class SpaceBars:
    """Bars as the database has them at this moment."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    async def of(self, viewer_id: str) -> list[Entry]:
        """The viewer's bar, the newest start first: of `SPACES_SHOWN` Spaces at most."""
        followed = await self.followed(viewer_id)
        places = await self.places(followed)
        return (await self.bars({viewer_id: followed}, places))[viewer_id]

    async def followed(self, viewer_id: str) -> frozenset[str]:
        """Whom the viewer follows, as far as it counts."""
        return frozenset(await self._stores.follows.followed(viewer_id, limit=FOLLOWED))

    async def places(self, person_ids: Collection[str]) -> Places:
        """Where these people are."""
        places = Places()
        for some in _parts(person_ids):
            wanted = frozenset(some)
            for sighting in await self._stores.spaces.sightings(some):
                for person_id in sighting.person_ids & wanted:
                    places.seats.setdefault(person_id, {})[sighting.space_id] = sighting.started_at
            present = await self._stores.attendance.of_people(some)
            visible = await self._stores.people.listening_visible({one.person.id for one in present})
            for one in present:
                if one.person.id in visible:
                    places.listening.setdefault(one.person.id, []).append((one.space_id, one.person))
        return places

    async def bars(self, followed: Mapping[str, Collection[str]], places: Places) -> dict[str, list[Entry]]:
        """The bars of viewers who follow these people, by viewer; read with as many queries as for one."""
        outlooks = {viewer_id: _outlook(people, places) async for viewer_id, people in _in_turns(followed.items())}
        spaces = await self._spaces({one for outlook in outlooks.values() for one in outlook.space_ids})
        averse, barring = await self._relations(outlooks, spaces)
        return {
            viewer_id: bar(
                [spaces[one] for one in outlook.space_ids if one in spaces],
                outlook.listening,
                Relations(followed[viewer_id], averse[viewer_id], barring[viewer_id]),
            )[:SPACES_SHOWN]
            async for viewer_id, outlook in _in_turns(outlooks.items())
        }

    async def _spaces(self, space_ids: Collection[str]) -> dict[str, Space]:
        found = [await self._stores.spaces.get_many(some) for some in _parts(space_ids)]
        return {space.id: space for some in found for space in some}

    async def _relations(
        self, outlooks: Mapping[str, _Outlook], spaces: Mapping[str, Space]
    ) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
        """By viewer: whom of those concerned they mute or block, and which hosts block them."""
        towards, barring_pairs = set[Pair](), set[Pair]()
        for viewer_id, outlook in outlooks.items():
            hosts = {spaces[one].host.id for one in outlook.space_ids if one in spaces} - {viewer_id}
            towards |= {(viewer_id, one) for one in hosts | outlook.person_ids}
            barring_pairs |= {(one, viewer_id) for one in hosts}
        averse, barring = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for among in (self._stores.mutes.among, self._stores.blocks.among):
            for some in _parts(towards):
                for viewer_id, person_id in await among(some):
                    averse[viewer_id].add(person_id)
        for some in _parts(barring_pairs):
            for host_id, viewer_id in await self._stores.blocks.among(some):
                barring[viewer_id].add(host_id)
        return averse, barring


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What one viewer's bar is made of, before it is looked at closely."""

    space_ids: Collection[str]
    person_ids: frozenset[str]
    listening: Mapping[str, list[Person]]


def _outlook(followed: Collection[str], places: Places) -> _Outlook:
    seated = places.seats.keys() & followed
    listening: dict[str, list[Person]] = {}
    listeners = places.listening.keys() & followed
    for person_id in listeners:
        for space_id, person in places.listening[person_id]:
            listening.setdefault(space_id, []).append(person)
    starts = {space_id: at for person_id in seated for space_id, at in places.seats[person_id].items()}
    newest = sorted(starts, key=lambda one: (starts[one], one), reverse=True)[:SPACES_SHOWN]
    others = sorted(listening.keys() - starts.keys())[:SPACES_SHOWN]
    return _Outlook([*newest, *others], frozenset(seated | listeners), listening)


async def _in_turns(items: Iterable[Item]) -> AsyncIterator[Item]:
    """The items, and now and then a turn for whatever else the process has to do."""
    for number, item in enumerate(items):
        if number % VIEWERS_IN_A_TURN == VIEWERS_IN_A_TURN - 1:
            await asyncio.sleep(0)
        yield item


def _parts(items: Iterable[Item]) -> Iterable[list[Item]]:
    listed = list(items)
    return (listed[start : start + IN_ONE_QUERY] for start in range(0, len(listed), IN_ONE_QUERY))
