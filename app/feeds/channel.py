"""One Space in this process: its state and last events, kept up with the bus, for all who follow it here."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from itertools import islice
from typing import Final, Protocol

from app.domain.events import Numbered
from app.domain.evolution import apply
from app.domain.spaces import Space
from app.domain.voices import SILENCE, Voices
from app.feeds.messages import decode
from app.feeds.passing import Passing
from app.services.ports import FeedItem, Heartbeat, Snapshot
from app.services.stores import SpaceStore

RECENT_EVENTS: Final = 256
"""Events at hand for followers that are behind; whoever is further behind starts again from a snapshot."""
CATCHING_UP: Final = 2
"""Reads that are waited for: the second one began after whoever waits had come."""
RETRY_SECONDS: Final = 1.0
"""When to ask the store again that could not answer."""

log = logging.getLogger(__name__)


class Bus(Protocol):
    """Messages between processes; `None` where some may have been lost."""

    async def publish(self, space_id: str, message: bytes) -> None: ...

    def subscribe(self, space_id: str) -> AbstractAsyncContextManager[AsyncIterator[bytes | None]]: ...


class Channel:
    """Followers hold no queues but the version they have seen, so that a slow one costs nothing and stalls nobody.

    The state changes only here: by events that continue it, from the bus or from this process, and where they do
    not continue it, from the store. `run` does the work until it is cancelled.
    """

    def __init__(
        self,
        space_id: str,
        spaces: SpaceStore,
        bus: Bus,
        *,
        on_air: Callable[[], Voices],
        doubt: Callable[[], None],
    ) -> None:
        self._space_id = space_id
        self._on_air = on_air
        self._doubt = doubt
        self._spaces = spaces
        self._bus = bus
        self._opened = asyncio.Event()
        self._error: Exception | None = None
        self._space: Space | None = None
        self._recent: deque[Numbered] = deque()
        self._beats = 0
        self._changed = asyncio.Event()
        self._behind = asyncio.Event()
        self._is_current = False
        self._tried = asyncio.Event()
        self._reaching_back = asyncio.Lock()
        self._out_of_reach = 0
        self.passing = Passing()

    async def run(self) -> None:
        """Keeps up with the Space; errors while it opens are for those who wait in `opened`."""
        try:
            # Subscribed first and read second: what is saved from now on is in the state or in a message.
            async with self._bus.subscribe(self._space_id) as messages:
                self._space = await self._spaces.get(self._space_id)
                # What came meanwhile may be newer than what was read.
                self._is_current = not self._behind.is_set()
                self._opened.set()
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._listen(messages))
                    group.create_task(self._keep_up())
                    group.create_task(self.passing.run())
        except Exception as error:
            self._error = error
            self.end()

    async def opened(self) -> None:
        """Waits until there is a state to start from. Raises what kept `run` from reading it."""
        await self._opened.wait()
        if self._error:
            raise self._error

    @property
    def known(self) -> Space | None:
        """The state; None while it is not open, while something is known to be missing, and where there is no Space."""
        return self._space if self._is_current else None

    async def caught_up(self) -> Space | None:
        """`known`, once what is missing now was read; one read serves all who wait. None also where that failed."""
        for _ in range(CATCHING_UP):
            if self._is_current or self._space is None:
                break
            await self._tried.wait()
        return self.known

    def offer(self, events: Iterable[Numbered]) -> None:
        """Takes over the events that continue the state; a gap before them is filled from the store."""
        for one in events:
            if self._space is None or one.version > self._space.version + 1:
                self._fall_behind()
                return
            if one.version == self._space.version + 1:
                self._space = apply(self._space, one.event)
                if self._space.is_over:
                    self.passing.hear(SILENCE)
                self._recent.append(one)
                if len(self._recent) > RECENT_EVENTS:
                    self._recent.popleft()
                self._wake()

    def check(self, version: int | None) -> None:
        """Compares with the version in the store (None: no such Space): a heartbeat, or what is missing."""
        if not self._opened.is_set():
            return  # what is being read is not older
        if version is None or self._space is None or version > self._space.version:
            self._fall_behind()
        else:
            self._beats += 1
            self._wake()

    def settle(self, version: int | None) -> None:
        """Takes the version in the store (None: no such Space), read since this one asked `doubt` for it."""
        if version is None or self._space is None or version > self._space.version:
            self._fall_behind()
        else:
            self._is_current = not self._behind.is_set()

    def end(self) -> None:
        """Ends every stream, also those that are about to open: the Space or this server is going."""
        self._space = None
        self._opened.set()
        self._tried.set()
        self._wake()
        self.passing.hear(SILENCE)

    async def follow(self, after: int | None) -> AsyncGenerator[FeedItem, None]:
        """The stream that `Feeds.follow` promises."""
        version, resuming, beats = -1, False, self._beats
        if after is not None:
            await self._reach_back(after)
            version, resuming = after, self._recent_after(after) is not None
        while self._space is not None:
            changed, space, missed = self._changed, self._space, self._recent_after(version)
            if missed is None:
                yield Snapshot(space)
                version = space.version
            elif missed:
                for one in missed:
                    yield one
                    version = one.version
            elif resuming or self._beats != beats:
                resuming, beats = False, self._beats
                yield Heartbeat(version)
            elif space.is_over:
                return
            else:
                await changed.wait()

    def voices_told(self) -> AsyncGenerator[Voices, None]:
        """The stream that `Feeds.voices` promises."""
        return self.passing.voices_told(lambda: self._space)

    async def _listen(self, messages: AsyncIterator[bytes | None]) -> None:
        async for data in messages:
            message = decode(data) if data is not None else None
            if message is None:
                # Perhaps nothing was lost: when the bus is, all Spaces are in doubt, and their versions one question.
                self._is_current = False
                self._doubt()
                # Those who speak are told again soon; those who fell silent might not be.
                self.passing.hear(self._on_air())
                continue
            self.offer(message.events)
            if message.voices is not None:
                self.passing.hear(message.voices)
            self.passing.react(message.reactions)
            self.passing.caption(message.phrases)

    def _fall_behind(self) -> None:
        self._is_current = False
        self._behind.set()

    async def _keep_up(self) -> None:
        while True:
            await self._behind.wait()
            self._behind.clear()
            try:
                await self._catch_up()
            except Exception as error:
                log.warning("Space %s cannot be read, its streams wait: %r", self._space_id, error)
                self._behind.set()
                self._have_tried()
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._is_current = not self._behind.is_set()
                self._have_tried()

    async def _catch_up(self) -> None:
        missed = await self._spaces.events_after(self._space_id, self._space.version) if self._space else None
        if missed is not None:
            self.offer(missed)
            return
        space = await self._spaces.get(self._space_id)
        if space is None:
            self.end()
        elif self._space is None or space.version > self._space.version:
            self._space = space
            self._recent.clear()
            self._wake()
            if space.is_over:
                self.passing.hear(SILENCE)

    async def _reach_back(self, version: int) -> None:
        """Gets older events from the store for whoever resumes; one read serves all who come back at once."""
        async with self._reaching_back:
            if self._space and version > self._space.version:
                await self._catch_up()  # the client comes from a process that knows more than this one yet
            if self._space is None or self._recent_after(version) is not None:
                return
            if not self._out_of_reach <= version < self._space.version:
                return
            older = await self._spaces.events_after(self._space_id, version)
            if older is None:
                self._out_of_reach = version + 1
            else:
                self._prepend(older)

    def _prepend(self, older: list[Numbered]) -> None:
        if self._space is None:
            return
        known = self._recent[0].version if self._recent else self._space.version + 1
        if older[-1].version < known - 1:
            return  # the state went on by a snapshot meanwhile
        for one in reversed(older):
            if one.version < known and len(self._recent) < RECENT_EVENTS:
                self._recent.appendleft(one)

    def _recent_after(self, version: int) -> list[Numbered] | None:
        """The events at hand after a version; None where they do not reach back (or it is yet to come)."""
        if self._space is None or version > self._space.version:
            return None
        skipped = version - (self._space.version - len(self._recent))
        return list(islice(self._recent, skipped, None)) if skipped >= 0 else None

    def _have_tried(self) -> None:
        self._tried.set()
        self._tried = asyncio.Event()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
