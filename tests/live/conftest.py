"""What the tests of bus and feeds share: a real Redis, and a bus of each kind."""

from collections.abc import AsyncIterator

import pytest

import app.bus.redis
from app.bus.bus import Bus
from tests.live.redis_server import RedisServer, running_redis
from tests.waiting import DEADLINE


@pytest.fixture(scope="session")
async def redis_server() -> AsyncIterator[RedisServer]:
    """One Redis for all tests that do not break it."""
    async with running_redis() as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
def bus_url(request: pytest.FixtureRequest, redis_server: RedisServer) -> str:
    """The address of each kind of bus in turn."""
    return "memory://" if request.param == "memory" else redis_server.url


@pytest.fixture
async def bus(bus_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bus]:
    """A connected bus of each kind, that takes no Redis for lost because a busy machine is slow."""
    for name in ("PING_SECONDS", "REDIS_SECONDS", "HEARD_SECONDS"):
        monkeypatch.setattr(app.bus.redis, name, DEADLINE)
    async with Bus(bus_url) as connected:
        yield connected
