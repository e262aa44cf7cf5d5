"""Watching space bars: whoever watches is told of every change within seconds, at a cost that all of them share."""

from __future__ import annotations

import asyncio
import logging
import math
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from app.domain.space_bar import Entry
from app.services.ports import MoveFeed, Moves
from app.services.rounds import every
from app.services.space_bar import Places, SpaceBars

ROUND = timedelta(seconds=1)
"""Nobody's bar is told more often than this."""
SWEEP = timedelta(minutes=5)
"""Within this everyone's bar is looked at anew: what a crash kept from being told is found."""
VIEWERS_PER_ROUND = 500
"""For so many newcomers, and people who follow others than before, a round reads; the others wait their turn."""

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Watch:
    """One viewer's bar as it was told last, to however many streams of theirs."""

    followed: frozenset[str] = frozenset()
    entries: list[Entry] = field(default_factory=list)
    version: int = 0
    streams: int = 0
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, entries: list[Entry]) -> None:
        """Wakes the streams, unless it looks the same."""
        if self.version and [one.gist for one in entries] == [one.gist for one in self.entries]:
            return
        self.entries, self.version = entries, self.version + 1
        self.told.set()
        self.told = asyncio.Event()


class BarWatch:
    """Of all people only those are looked up whom someone here follows, and of them only those who moved.

    One task works in rounds and owns all that is known; a round asks the database as often for thousands of viewers
    as for one. `run_hearing`, `run_rounds` and `run_sweeps` do the work.
    """

    def __init__(self, bars: SpaceBars, feed: MoveFeed) -> None:
        self._bars = bars
        self._feed = feed
        self._watches: dict[str, _Watch] = {}
        self._followers: dict[str, set[str]] = {}
        self._places = Places()
        self._moved: set[str] = set()
        self._viewers: set[str] = set()
        self._over: set[str] = set()
        self._to_do = asyncio.Event()
        self._swept = 0

    @asynccontextmanager
    async def follow(self, viewer_id: str) -> AsyncIterator[AsyncIterator[list[Entry]]]:
        """The viewer's bar, and then the whole of it again whenever its Spaces or reasons have changed. Never ends; a
        slow reader is given the newest one.
        """
        watch = self._watches.setdefault(viewer_id, _Watch())
        watch.streams += 1
        if not watch.version:
            self._hear(Moves(viewers=(viewer_id,)))
        try:
            async with aclosing(_told(watch)) as bars:
                yield bars
        finally:
            watch.streams -= 1
            if not watch.streams:
                del self._watches[viewer_id]
                self._refollow(viewer_id, watch, frozenset())

    async def run_hearing(self) -> None:
        """Hears of moves in all processes, for ever; where some may have been missed everything is looked at anew."""
        async with self._feed.heard() as heard:
            async for moves in heard:
                self._hear(Moves(viewers=tuple(self._watches)) if moves is None else moves)

    async def run_rounds(self) -> None:
        """Works, for ever: at once where it was quiet, and once in a `ROUND` where it is not."""
        while True:
            await self._to_do.wait()
            try:
                await self.round()
            except Exception:
                log.exception("space bars could not be looked up; trying again in %s", ROUND)
                self._to_do.set()
            await asyncio.sleep(ROUND.total_seconds())

    async def run_sweeps(self) -> None:
        """Looks at everyone anew, some at a time, for ever."""
        await every(ROUND, self.sweep)

    async def sweep(self) -> None:
        """One round of `run_sweeps`."""
        viewers = list(self._watches)
        count = math.ceil(len(viewers) * (ROUND / SWEEP))
        due = [viewers[(self._swept + number) % len(viewers)] for number in range(count)]
        self._swept += count
        self._hear(Moves(viewers=tuple(due)))

    async def round(self) -> None:
        """One round of `run_rounds`. Where it fails all of it is still to do."""
        moved, viewers, over = self._moved, set(islice(self._viewers, VIEWERS_PER_ROUND)), self._over
        self._moved, self._viewers, self._over = set(), self._viewers - viewers, set()
        self._to_do.clear()
        try:
            await self._work(moved, viewers, over)
        except BaseException:
            self._hear(Moves(tuple(moved), tuple(viewers), tuple(over)))
            raise
        self._hear(Moves())

    async def _work(self, moved: Collection[str], viewers: Collection[str], over: Collection[str]) -> None:
        changed = {one for person_id in moved for one in self._followers.get(person_id, ())}
        changed |= {viewer_id for viewer_id, watch in self._watches.items() if over and _shows(watch, over)}
        asking = [one for one in viewers if one in self._watches]
        followed = {one: await self._bars.followed(one) for one in asking}
        sought = {one for one in moved if one in self._followers}.union(*followed.values())
        found = await self._bars.places(sought)
        for viewer_id, people in followed.items():
            if watch := self._watches.get(viewer_id):
                self._refollow(viewer_id, watch, people)
        self._places.replace(sought, found)
        # Whoever watched may be gone by now.
        self._places.forget([one for one in sought if one not in self._followers])
        await self._tell(changed.union(asking))

    async def _tell(self, viewer_ids: Collection[str]) -> None:
        watches = {one: self._watches[one] for one in viewer_ids if one in self._watches}
        bars = await self._bars.bars({one: watch.followed for one, watch in watches.items()}, self._places)
        for viewer_id, watch in watches.items():
            watch.tell(bars[viewer_id])

    def _hear(self, moves: Moves) -> None:
        self._moved.update(one for one in moves.people if one in self._followers)
        self._viewers.update(one for one in moves.viewers if one in self._watches)
        self._over.update(moves.over if self._watches else ())
        if self._moved or self._viewers or self._over:
            self._to_do.set()

    def _refollow(self, viewer_id: str, watch: _Watch, people: Collection[str]) -> None:
        # Interned: thousands follow the same people.
        now = frozenset(map(sys.intern, people))
        for person_id in watch.followed - now:
            self._followers[person_id].discard(viewer_id)
            if not self._followers[person_id]:
                del self._followers[person_id]
                self._places.forget([person_id])
        for person_id in now - watch.followed:
            self._followers.setdefault(person_id, set()).add(viewer_id)
        watch.followed = now


def _shows(watch: _Watch, space_ids: Collection[str]) -> bool:
    return any(entry.space.id in space_ids for entry in watch.entries)


async def _told(watch: _Watch) -> AsyncGenerator[list[Entry], None]:
    seen = 0
    while True:
        told = watch.told
        if watch.version > seen:
            seen = watch.version
            yield watch.entries
        else:
            await told.wait()
