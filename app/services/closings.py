"""Closings: ending what is open for someone, at once and in every server process, when their right to it is gone."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from app.domain import refusals
from app.services.ports import Closing, ClosingFeed, Evicted, LoggedOut, Removed
from app.services.stores import BlockStore, RemovalStore, RevocationStore, SpaceStore

Item = TypeVar("Item")
Close = Callable[[], None]

RETRY = timedelta(seconds=1)
"""When to ask the stores again that could not answer."""

log = logging.getLogger(__name__)


class Closings:
    """What is open in this process, by what would close it. `run` hears of closings in other processes."""

    def __init__(
        self,
        feed: ClosingFeed,
        blocks: BlockStore,
        removals: RemovalStore,
        spaces: SpaceStore,
        revocations: RevocationStore,
    ) -> None:
        self._feed = feed
        self._blocks = blocks
        self._removals = removals
        self._spaces = spaces
        self._revocations = revocations
        self._open: defaultdict[Closing, set[Close]] = defaultdict(set)

    @contextmanager
    def on(self, closing: Closing, close: Close) -> Iterator[None]:
        """While this is open `close` is called when that happens. Ask whether it has happened only after entering:
        then nothing that happens in between is missed.
        """
        self._open[closing].add(close)
        try:
            yield
        finally:
            self._open[closing].discard(close)
            if not self._open[closing]:
                del self._open[closing]

    async def announce(self, closing: Closing) -> None:
        """Has it closed in every process; here it is closed when this returns."""
        # The others first: closing here may end the very operation that announces.
        await self._feed.announce(closing)
        self._close(closing)

    async def run(self) -> None:
        """Hears of closings for ever; where some may have been missed, looks at everything that is open."""
        async with self._feed.heard() as closings:
            await self._catch_up()
            async for closing in closings:
                if closing is None:
                    await self._catch_up()
                else:
                    self._close(closing)

    def _close(self, closing: Closing) -> None:
        for close in list(self._open.get(closing, ())):
            close()

    async def _catch_up(self) -> None:
        while True:
            try:
                for closing in await self._happened(list(self._open)):
                    self._close(closing)
                return
            except Exception as error:
                log.warning("closings may have been missed, and cannot be looked up: %r", error)
                await asyncio.sleep(RETRY.total_seconds())

    async def _happened(self, closings: Collection[Closing]) -> list[Closing]:
        log_outs = [one for one in closings if isinstance(one, LoggedOut)]
        revoked = await self._revocations.revoked([one.token_id for one in log_outs])
        removals = [one for one in closings if isinstance(one, Removed)]
        removed = await self._removals.among([(one.space_id, one.person_id) for one in removals])
        return [
            *(one for one in log_outs if one.token_id in revoked),
            *(one for one in removals if (one.space_id, one.person_id) in removed),
            *await self._blocked([one for one in closings if isinstance(one, Evicted)]),
        ]

    async def _blocked(self, evictions: Collection[Evicted]) -> list[Evicted]:
        spaces = await self._spaces.get_many({one.space_id for one in evictions})
        hosts = {space.id: space.host.id for space in spaces}
        pairs = {one: (hosts[one.space_id], one.person_id) for one in evictions if one.space_id in hosts}
        blocked = await self._blocks.among(set(pairs.values()))
        return [one for one, pair in pairs.items() if pair in blocked]


class Gate:
    """Lets the items of a stream through until it is closed: then the reason is raised, at once."""

    def __init__(self) -> None:
        self._reason: refusals.Refusal | None = None
        self._waiting: asyncio.Timeout | None = None

    def close(self, reason: refusals.Refusal) -> None:
        """Ends the stream, also one that is waiting for its next item; the first reason is the one it ends with."""
        self._reason = self._reason or reason
        if self._waiting is not None:
            self._waiting.reschedule(asyncio.get_running_loop().time())
            self._waiting = None

    async def during(self, work: Callable[[], Awaitable[Item]]) -> Item:
        """What some work comes to. Raises what the gate is closed with, which cancels the work."""
        if self._reason is None:
            try:
                async with asyncio.timeout(None) as self._waiting:
                    return await work()
            except TimeoutError:
                if self._reason is None:
                    raise
            finally:
                self._waiting = None
        assert self._reason is not None
        raise self._reason

    async def through(self, items: AsyncIterator[Item]) -> AsyncGenerator[Item, None]:
        """The items as they come. Raises what the gate is closed with."""
        while self._reason is None:
            try:
                # A time-out without an end is a way to wake up one await from outside, without a task for each item.
                async with asyncio.timeout(None) as self._waiting:
                    item = await anext(items)
            except StopAsyncIteration:
                return
            except TimeoutError:
                if self._reason is None:
                    raise
                break
            finally:
                self._waiting = None
            if self._reason is None:
                yield item
        raise self._reason
