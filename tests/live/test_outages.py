"""Redis away, for processes that share it: they look up what it cannot tell them, while it is away and afterwards.

No heartbeat ever comes here, so that whatever is found is found by the supervision of the bus.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

import app.bus.redis
from app.bus.bus import Bus
from app.domain.events import SpaceRenamed
from app.domain.voices import SILENCE, Voice, voices
from app.feeds.closings import BusClosingFeed
from app.feeds.feeds import LiveFeeds
from app.services.closings import Closings
from app.services.ports import LoggedOut
from app.services.stores import Stores
from tests.domain_values import NOW, space
from tests.fakes.stores import memory_stores
from tests.live.followers import Follower
from tests.live.redis_server import RedisServer, running_redis
from tests.waiting import until

ANN = voices([Voice("ann", True, 0.7)])
FOREVER = 100_000.0

Turn = Callable[[RedisServer], Awaitable[None]]


class Process:
    """What one process has of its own, over stores that it shares."""

    def __init__(self, bus: Bus, stores: Stores) -> None:
        self.bus = bus
        self.feeds = LiveFeeds(stores.spaces, stores.reactions, bus, heartbeat_seconds=FOREVER)
        self.closings = Closings(BusClosingFeed(bus), stores.blocks, stores.removals, stores.spaces, stores.revocations)


@asynccontextmanager
async def processes(server: RedisServer, stores: Stores) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        both = []
        for _ in range(2):
            one = Process(await stack.enter_async_context(Bus(server.url)), stores)
            await stack.enter_async_context(one.feeds)
            both.append(one)
        tasks = [asyncio.create_task(one.closings.run()) for one in both]
        yield both[0], both[1]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def kill(server: RedisServer) -> None:
    await server.kill()


async def freeze(server: RedisServer) -> None:
    server.freeze()


async def thaw(server: RedisServer) -> None:
    server.thaw()


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in less time."""
    for name in ("PING_SECONDS", "RECONNECT_SECONDS", "AWAY_SECONDS", "REDIS_SECONDS"):
        monkeypatch.setattr(app.bus.redis, name, getattr(app.bus.redis, name) / 4)


class Story:
    """What happens in one process, and is waited for in the other."""

    def __init__(self, here: Process, there: Process, stores: Stores) -> None:
        self._here, self._there, self._stores = here, there, stores
        self._closed: list[str] = []

    async def go_on(self, follower: Follower, what: str) -> None:
        """A Space is renamed, and a token logged out."""
        before = await self._stores.spaces.get("a")
        assert before
        after, events = await self._stores.spaces.save(before, [SpaceRenamed(at=NOW, title=what)])
        await self._here.feeds.announce("a", events)
        await follower.reaches(after)
        with self._there.closings.on(LoggedOut(what), lambda: self._closed.append(what)):
            await self._stores.revocations.revoke(what, NOW)
            await self._here.closings.announce(LoggedOut(what))
            await until(lambda: what in self._closed, f"{what}: the token's streams are closed")


@pytest.mark.parametrize(("goes", "comes"), [(kill, RedisServer.start), (freeze, thaw)])
async def test_an_outage_delays_and_loses_nothing(goes: Turn, comes: Turn) -> None:
    stores = memory_stores()
    await stores.spaces.add(space("a"))
    async with running_redis() as server, processes(server, stores) as (here, there):
        story, follower = Story(here, there, stores), Follower(there.feeds, "a")
        await follower.reaches(space("a"))
        await goes(server)
        await story.go_on(follower, "In the very moment")
        await until(lambda: not here.bus.is_up and not there.bus.is_up, "the loss is noticed")
        late = Follower(there.feeds, "a")
        await story.go_on(late, "While it is away")
        await comes(server)
        await until(lambda: here.bus.is_up and there.bus.is_up, "Redis is back")
        await story.go_on(late, "Afterwards")
        await follower.reaches(await stores.spaces.get("a"))
        assert follower.snapshots == late.snapshots == 1, "the ring had all that was missed"
        for one in (follower, late):
            await one.disconnect()


async def test_nobody_goes_on_speaking_because_of_an_outage() -> None:
    stores = memory_stores()
    await stores.spaces.add(space("a"))
    async with (
        running_redis() as server,
        processes(server, stores) as (here, there),
        there.feeds.voices("a"),
        here.feeds.voices("a"),
    ):
        here.feeds.speak("a", ANN)
        await until(lambda: there.feeds.speaking("a") == ANN, "Ann is heard of")
        await server.kill()
        await until(lambda: there.feeds.speaking("a") == SILENCE, "who speaks is not known any more")
        assert here.feeds.speaking("a") == ANN, "it is known where the sound is"


async def test_an_outage_is_said_once_by_each_kind_of_message(caplog: pytest.LogCaptureFixture) -> None:
    stores = memory_stores()
    async with running_redis() as server, processes(server, stores) as (here, _):
        await server.kill()
        await until(lambda: not here.bus.is_up, "the loss is noticed")
        for number in range(50):
            await here.closings.announce(LoggedOut(str(number)))
        assert caplog.text.count("not told of a closing") == 1
