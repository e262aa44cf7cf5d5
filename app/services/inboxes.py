"""Inboxes: telling single people what concerns them, at once where they are connected and later where they are not."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from app.domain.personal import Delivery, Received
from app.services.ports import Bells, Heartbeat
from app.services.rounds import every
from app.services.stores import InboxStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream begins here: the events after this version follow."""

    version: int


InboxItem = Opened | Received | Heartbeat


class Inboxes:
    """Every person's stream of what they are told. The inbox is the truth; the bell only says that it changed.

    An open stream holds no queue, but the version it has told: whatever bells are lost, none of it is.
    """

    def __init__(self, store: InboxStore, bells: Bells, *, heartbeat: timedelta) -> None:
        self._store = store
        self._bells = bells
        self._heartbeat = heartbeat
        self._open: defaultdict[str, set[_Listener]] = defaultdict(set)

    async def tell(self, deliveries: Sequence[Delivery]) -> None:
        """Keeps what people are told, in order, and rings. Told again, by the same keys, it is told once."""
        if deliveries:
            await self._store.deliver(deliveries)
            told = list(dict.fromkeys(one.person_id for one in deliveries))
            self._wake(told)
            await self._bells.ring(told)

    @asynccontextmanager
    async def follow(self, person_id: str, after: int | None) -> AsyncIterator[AsyncIterator[InboxItem]]:
        """`Opened`, or what came after version `after` and then a heartbeat; then every event, in order, without gap
        or repeat; a heartbeat when it is quiet. `Opened` comes again where a reader fell too far behind. Never ends.
        """
        listener = _Listener()
        self._open[person_id].add(listener)
        try:
            async with aclosing(self._items(person_id, after, listener)) as items:
                yield items
        finally:
            self._open[person_id].discard(listener)
            if not self._open[person_id]:
                del self._open[person_id]

    async def run_bells(self) -> None:
        """Hears of what is told in any process, for ever."""
        async with self._bells.heard() as rings:
            async for person_ids in rings:
                if person_ids is None:
                    await self._look()
                else:
                    self._wake(person_ids)

    async def _look(self) -> None:
        """Bells may have been missed: one query finds whose. Where that fails, everyone looks for themselves."""
        try:
            await self.beat()
        except Exception as error:
            log.warning("inboxes cannot be looked at: %r", error)
            self._wake(list(self._open))

    async def run_heartbeats(self) -> None:
        """Compares every open stream with its inbox now and then, for ever: what no bell told of is found."""
        await every(self._heartbeat, self.beat)

    async def beat(self) -> None:
        """One round of `run_heartbeats`: one query, however many streams there are."""
        versions = await self._store.versions(list(self._open)) if self._open else {}
        for person_id, listeners in self._open.items():
            for listener in listeners:
                listener.wake(versions.get(person_id, 0))

    def _wake(self, person_ids: Iterable[str]) -> None:
        for person_id in person_ids:
            for listener in self._open.get(person_id, ()):
                listener.wake(None)

    async def _items(self, person_id: str, after: int | None, listener: _Listener) -> AsyncGenerator[InboxItem, None]:
        version, resuming = after, after is not None
        while True:
            missed = None if version is None else await self._store.received_after(person_id, version)
            if version is None or missed is None:
                version, missed, resuming = (await self._store.versions([person_id])).get(person_id, 0), [], False
                yield Opened(version)
            for one in missed:
                yield one
                version = one.version
            if resuming:
                resuming = False
                yield Heartbeat(version)
            while await listener.found_unchanged(version):
                yield Heartbeat(version)


class _Listener:
    """One open stream, asleep until there is something to look at."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._found: int | None = None

    def wake(self, found: int | None) -> None:
        """`found`: the version that the inbox had lately; None: another one than before."""
        if self._woken.is_set() and self._found is None:
            return  # it has news already, and what was found may be older than that
        self._found = found
        self._woken.set()

    async def found_unchanged(self, version: int) -> bool:
        """Waits to be woken, and says whether the inbox is still at that version."""
        await self._woken.wait()
        self._woken.clear()
        return self._found == version
