"""Live streams in memory; one of them serves any number of processes in a test."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.domain.events import Numbered, SpaceEnded
from app.domain.reactions import Reaction, ReactionTally, tally
from app.domain.spaces import SpaceState
from app.services.ports import FeedItem, Heartbeat, Snapshot, SpaceStore


class MemoryFeeds:
    """`Feeds` in queues; every reaction is a batch of its own."""

    def __init__(self, spaces: SpaceStore) -> None:
        self._spaces = spaces
        self._readers: dict[str, list[asyncio.Queue[Numbered]]] = defaultdict(list)
        self._reaction_readers: dict[str, list[asyncio.Queue[Reaction]]] = defaultdict(list)

    @asynccontextmanager
    async def follow(self, space_id: str, after: int | None) -> AsyncIterator[AsyncIterator[FeedItem]]:
        queue: asyncio.Queue[Numbered] = asyncio.Queue()
        self._readers[space_id].append(queue)
        try:
            yield self._items(space_id, after, queue)
        finally:
            self._readers[space_id].remove(queue)

    async def _items(self, space_id: str, after: int | None, queue: asyncio.Queue[Numbered]) -> AsyncIterator[FeedItem]:
        space = await self._spaces.get(space_id)
        if space is None:
            return
        missed = None if after is None else await self._spaces.events_after(space_id, after)
        if missed is None:
            yield Snapshot(space)
        else:
            for one in missed:
                yield one
            yield Heartbeat(space.version)
        version, over = space.version, space.state is SpaceState.ENDED
        while not over:
            one = await queue.get()
            if one.version > version:
                yield one
                version, over = one.version, isinstance(one.event, SpaceEnded)

    @asynccontextmanager
    async def reactions(self, space_id: str) -> AsyncIterator[AsyncIterator[tuple[ReactionTally, ...]]]:
        queue: asyncio.Queue[Reaction] = asyncio.Queue()
        self._reaction_readers[space_id].append(queue)
        try:
            yield self._batches(queue)
        finally:
            self._reaction_readers[space_id].remove(queue)

    async def _batches(self, queue: asyncio.Queue[Reaction]) -> AsyncIterator[tuple[ReactionTally, ...]]:
        while True:
            yield tally([await queue.get()])

    async def announce(self, space_id: str, events: Sequence[Numbered]) -> None:
        for reader in self._readers[space_id]:
            for one in events:
                reader.put_nowait(one)

    def react(self, space_id: str, reaction: Reaction) -> None:
        for reader in self._reaction_readers[space_id]:
            reader.put_nowait(reaction)
