"""Whereabouts: telling all server processes of people on the move, a few times a second however many they are."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from app.domain.space_bar import is_over, moved
from app.domain.spaces import Space
from app.services.ports import MoveFeed, Moves

INTERVAL = timedelta(milliseconds=200)
IN_ONE_MESSAGE = 1000


class Whereabouts:
    """Whatever may change someone's space bar is said here, once it is saved. Saying costs nothing and never fails:
    what a crash keeps from being told is looked up by whoever needs it, a little later.
    """

    def __init__(self, feed: MoveFeed) -> None:
        self._feed = feed
        self._people: set[str] = set()
        self._viewers: set[str] = set()
        self._over: set[str] = set()
        self._untold = asyncio.Event()

    def space_changed(self, before: Space, after: Space) -> None:
        """A Space was saved: some may have taken or left a seat, or it may be over."""
        self._people |= moved(before, after)
        if is_over(before, after):
            self._over.add(after.id)
        if self._people or self._over:
            self._untold.set()

    def moved(self, person_id: str) -> None:
        """A person came into a Space or left one, or lets others see where they listen, or no more."""
        self._people.add(person_id)
        self._untold.set()

    def sees_differently(self, *viewer_ids: str) -> None:
        """These people follow, mute or block others than before, or are blocked by others."""
        self._viewers.update(viewer_ids)
        self._untold.set()

    async def run(self) -> None:
        """Tells, for ever."""
        while True:
            await self._untold.wait()
            await self.tell()
            await asyncio.sleep(INTERVAL.total_seconds())

    async def tell(self) -> None:
        """One round of `run`."""
        self._untold.clear()
        people, viewers, over = list(self._people), list(self._viewers), list(self._over)
        self._people, self._viewers, self._over = set(), set(), set()
        for start in range(0, max(len(people), len(viewers), len(over)), IN_ONE_MESSAGE):
            part = slice(start, start + IN_ONE_MESSAGE)
            await self._feed.announce(Moves(tuple(people[part]), tuple(viewers[part]), tuple(over[part])))
