"""Groups: everyone who follows the same is served from one execution.

A group reads its broadcast into a ring, and tells its members in flushes: events that come during a flush are the next
one, so that a burst costs each client one write. Members hold no queues but a place in the ring.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import orjson
from graphql import GraphQLError
from strawberry.types.execution import ExecutionResult

from app.services.ports import FeedItem, Heartbeat, Snapshot
from app.web.broadcasts import Broadcast
from app.web.frames import ENDING, Batch
from app.web.results import never_executed, payload_of
from app.web.ring import Entry, Ring

CHUNK: Final = 500
"""Members who are told between two looks at whatever else there is to do."""
PORTION: Final = 32 * 1024
"""Bytes that a member is given at a time, or one payload."""
START_FRESH: Final = timedelta(milliseconds=200)
"""How long those who join are given the same beginning, while nothing has happened since."""
STARTS: Final = 32
"""Beginnings that are kept for so long, by where they continue."""

ErrorsOf = Callable[[Exception], list[GraphQLError]]

log = logging.getLogger(__name__)


class Listening(Protocol):
    """A member, as the group sees it: `cursor` is the number of the first entry that it has not read.

    `direct` is the descriptor to write its frames to, negative if that cannot be done; each begins with `opening`.
    """

    cursor: int
    direct: int
    opening: bytes

    def write(self, frames: bytes) -> None:
        """Sends what could not be written at once."""

    def tell(self, start: int, end: int, batch: Batch) -> None:
        """The entries from number `start` to before `end` are there, as a batch for whoever has read up to `start`."""

    def catch_up(self) -> None:
        """There may be entries that this one has not read, or the group is over."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a member is told before it is one: `version` is what it has then. Errors: that is all, and why."""

    batches: Sequence[Batch] = ()
    version: int | None = None
    errors: list[GraphQLError] | None = None
    made_at: float = 0


class Group:
    """One broadcast, executed while anyone is in it. `over`: there is nothing to come; `errors`: and why."""

    def __init__(self, broadcast: Broadcast, errors_of: ErrorsOf) -> None:
        self.begins = broadcast.begins
        self.ring = Ring()
        self.over = False
        self.errors: list[GraphQLError] | None = None
        self.members: dict[Listening, None] = {}
        self.holders = 0
        self._broadcast = broadcast
        self._errors_of = errors_of
        self._opened = asyncio.Event()
        self._news = asyncio.Event()
        self._starting = asyncio.Lock()
        self._starts: dict[int | None, Start] = {}
        self._task = asyncio.create_task(self._run(), name="group")

    async def close(self) -> None:
        """Ends the execution, and returns when it has ended."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def start(self, after: int | None) -> Start:
        """What whoever joins now is told first. Those who come at the same time share it."""
        if self.begins != "with the state":
            return Start()
        await self._opened.wait()
        async with self._starting:
            if self.errors is not None:
                return Start(errors=self.errors)
            found = self._starts.get(after)
            if found is None or not self._is_fresh(found):
                found = await self._begin(after)
                self._keep(after, found)
            return found

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                flushing = tasks.create_task(self._flush(), name="flushing")
                await self._read()
                flushing.cancel()
        except Exception as reason:
            log.exception("a group ends")
            self.errors = self._errors_of(reason)
        finally:
            self.over = True
            self._opened.set()
        for some in _chunks(list(self.members)):
            for member in some:
                member.catch_up()
            await asyncio.sleep(0)

    async def _read(self) -> None:
        async with aclosing(self._broadcast.results(None)) as results:
            async for result, item in results:
                if never_executed(result):
                    self.errors = result.errors
                    return
                if self.begins == "with the state" and not self._opened.is_set():
                    self._open(result, item)
                else:
                    self.ring.append(_entry(result, item))
                    self._news.set()
                    # Nothing else may have waited for anything: a burst is no reason to keep the loop.
                    await asyncio.sleep(0)

    def _open(self, result: ExecutionResult, item: FeedItem | None) -> None:
        """The first result is where those begin who are here already."""
        entry = _entry(result, item)
        self.ring.begin(entry.version)
        self._keep(None, Start([Batch([entry.payload])], entry.version, made_at=_now()))
        self._opened.set()

    async def _flush(self) -> None:
        told = 0
        while True:
            await self._news.wait()
            self._news.clear()
            start = max(told, self.ring.start)
            entries = self.ring.some(start, PORTION)
            told = start + len(entries)
            batch = Batch([one.payload for one in entries])
            for some in _chunks(list(self.members)):
                _tell(some, start, told, batch)
                await asyncio.sleep(0)
            if told < self.ring.end:
                self._news.set()

    async def _begin(self, after: int | None) -> Start:
        """An execution that is left as soon as it has told all that has happened so far."""
        payloads: list[bytes] = []
        version = None
        async with aclosing(self._broadcast.results(after)) as results:
            async for result, item in results:
                if never_executed(result):
                    return Start(_portions(payloads), version, result.errors)
                entry = _entry(result, item)
                payloads.append(entry.payload)
                version = entry.version
                if isinstance(item, Snapshot | Heartbeat):
                    return Start(_portions(payloads), version, made_at=_now())
        return Start(_portions(payloads), version, errors=[])

    def _is_fresh(self, start: Start) -> bool:
        return (
            start.version is not None
            and start.version >= self.ring.version
            and _now() - start.made_at < START_FRESH.total_seconds()
        )

    def _keep(self, after: int | None, start: Start) -> None:
        self._starts = {key: one for key, one in self._starts.items() if self._is_fresh(one)}
        if start.errors is None and len(self._starts) < STARTS:
            self._starts[after] = start


class Groups:
    """All groups of a process."""

    def __init__(self) -> None:
        self._groups: dict[Hashable, Group] = {}

    def __len__(self) -> int:
        return len(self._groups)

    @asynccontextmanager
    async def holding(self, broadcast: Broadcast, errors_of: ErrorsOf) -> AsyncIterator[Group]:
        """The group of everyone who follows the same; whoever leaves it last ends it."""
        group = self._groups.get(broadcast.key)
        if group is None or group.over:
            group = self._groups[broadcast.key] = Group(broadcast, errors_of)
        group.holders += 1
        try:
            yield group
        finally:
            group.holders -= 1
            if not group.holders:
                if self._groups.get(broadcast.key) is group:
                    del self._groups[broadcast.key]
                await group.close()


def _tell(members: Sequence[Listening], start: int, end: int, batch: Batch) -> None:
    """The way of almost every frame: little is looked at for each, as there are thousands, in memory far apart."""
    write, frames_for = os.write, batch.frames
    for member in members:
        if member.cursor == start and member.direct >= 0:
            member.cursor = end
            frames = frames_for(member.opening)
            try:
                written = write(member.direct, frames)
            except OSError:
                # Full, or broken: the transport finds out, and does what is to be done.
                written = 0
            if written < len(frames):
                member.write(frames[written:])
        else:
            member.tell(start, end, batch)


def _entry(result: ExecutionResult, item: FeedItem | None) -> Entry:
    payload = orjson.dumps(payload_of(result)) + ENDING
    match item:
        case None:
            return Entry(payload)
        case Snapshot(space):
            return Entry(payload, space.version)
        case Heartbeat(version):
            return Entry(payload, version, is_beat=True)
        case _:
            return Entry(payload, item.version)


def _portions(payloads: Sequence[bytes]) -> list[Batch]:
    portions: list[list[bytes]] = []
    size = PORTION
    for payload in payloads:
        if size + len(payload) > PORTION:
            portions.append([])
            size = 0
        portions[-1].append(payload)
        size += len(payload)
    return [Batch(one) for one in portions]


def _chunks(members: list[Listening]) -> list[list[Listening]]:
    return [members[start : start + CHUNK] for start in range(0, len(members), CHUNK)]


def _now() -> float:
    return asyncio.get_running_loop().time()
