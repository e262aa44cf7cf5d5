"""Space bars for tests: what they show, and those who watch them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from app.domain.roster import Person, Role
from app.domain.space_bar import Entry
from tests.services.world import Process, World
from tests.waiting import until

Bar = list[tuple[str, list[tuple[str, Role]]]]


def shown(entries: list[Entry]) -> Bar:
    """Ids of the Spaces, with who is why."""
    return [(one.space.id, [(why.person.id, why.role) for why in one.reasons]) for one in entries]


async def bar_of(process: Process, viewer_id: str) -> Bar:
    """What someone's bar shows."""
    return shown(await process.space_bars.of(viewer_id))


async def people(world: World, *names: str) -> list[Person]:
    """People with an account each."""
    return [await world.person(name) for name in names]


class Watcher:
    """One who watches their bar in a process, whose rounds the test turns by hand."""

    def __init__(self, process: Process, bars: AsyncIterator[list[Entry]]) -> None:
        self._process = process
        self._bars = bars
        self._next = asyncio.ensure_future(anext(bars))

    async def told(self) -> Bar | None:
        """What one round tells, if anything."""
        await self._process.bar_watch.round()
        for _ in range(5):
            await asyncio.sleep(0)
        if not self._next.done():
            return None
        entries = self._next.result()
        self._next = asyncio.ensure_future(anext(self._bars))
        return shown(entries)

    async def stop(self) -> None:
        """They look no longer."""
        self._next.cancel()
        with suppress(asyncio.CancelledError):
            await self._next


@asynccontextmanager
async def watching(process: Process, viewer_id: str) -> AsyncIterator[Watcher]:
    """Someone watches their bar within the block."""
    async with process.bar_watch.follow(viewer_id) as bars:
        watcher = Watcher(process, bars)
        await asyncio.sleep(0)
        yield watcher
        await watcher.stop()


@asynccontextmanager
async def hearing(*processes: Process) -> AsyncIterator[None]:
    """While this is open the processes hear of moves."""
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(one.bar_watch.run_hearing()) for one in processes]
        await until(lambda: processes[0].world.moves.hearing == len(processes), "they hear")
        yield
        for one in running:
            one.cancel()


async def tell(*processes: Process) -> None:
    """Whatever was said of people on the move is heard by everyone."""
    for one in processes:
        await one.whereabouts.tell()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
