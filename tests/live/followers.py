"""A follower as a client is one: it keeps the state that the stream tells, and holds the stream to its promises."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from app.domain.events import Numbered
from app.domain.evolution import apply
from app.domain.spaces import Space, SpaceState
from app.services.ports import FeedItem, Feeds, Heartbeat, Snapshot
from tests.waiting import DEADLINE, until


async def receive(items: AsyncIterator[FeedItem]) -> FeedItem:
    async with asyncio.timeout(DEADLINE):
        return await anext(items)


async def receive_change(items: AsyncIterator[FeedItem]) -> FeedItem:
    """The next item that is no heartbeat."""
    while isinstance(item := await receive(items), Heartbeat):
        pass
    return item


class Follower:
    """Follows one Space until it ends or `disconnect`; `state` is what the stream has told so far."""

    def __init__(self, feeds: Feeds, space_id: str, state: Space | None = None) -> None:
        self._feeds = feeds
        self._space_id = space_id
        self.state = state
        self.snapshots = 0
        self._task = asyncio.create_task(self._follow())

    async def disconnect(self) -> Space | None:
        """Ends the connection; answers what the client knows, to resume with."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        return self.state

    async def reaches(self, state: Space | None) -> None:
        """Waits until the stream has told this very state."""
        await until(lambda: self.state == state or self._task.done(), f"a follower's state is {state}")
        if self._task.done():
            await self._task
        assert self.state == state

    async def ends(self) -> Space | None:
        """Waits for the end of the stream by itself."""
        async with asyncio.timeout(DEADLINE):
            await self._task
        return self.state

    async def _follow(self) -> None:
        after = self.state.version if self.state else None
        async with self._feeds.follow(self._space_id, after) as items:
            async for item in items:
                self._take(item)

    def _take(self, item: FeedItem) -> None:
        assert self.state is None or self.state.state is not SpaceState.ENDED or isinstance(item, Heartbeat)
        match item:
            case Snapshot(space):
                assert self.state is None or space.version > self.state.version, "a snapshot goes forward"
                self.state = space
                self.snapshots += 1
            case Numbered(version, event):
                assert self.state is not None, "a snapshot comes first"
                assert version == self.state.version + 1, "no gap and no repeat"
                self.state = apply(self.state, event)
            case Heartbeat(version):
                assert self.state is not None
                assert version == self.state.version, "a heartbeat tells no news"
