"""What the tests of the whole server share: one server, an identity provider it trusts, and people who use both."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import httpx2
import pytest

from tests.media.sounds import chirps
from tests.server.running import RunningServer, running
from tests.whole.people import Person
from tests.whole.provider import Provider, running_provider
from tests.whole.rooms import connected, live_space

CHIRP_SECONDS, CHIRP_TIMES = 180, 4
"""More than the tests before those of clips take on a busy machine."""
CHIRP_LEVEL = 0.2

Newcomer = Callable[[str], Awaitable[Person]]

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """An identity provider."""
    with running_provider() as one:
        yield one


@pytest.fixture(scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> AsyncIterator[RunningServer]:
    """The server of all tests that neither break nor configure it."""
    data = tmp_path_factory.mktemp("server") / "data"
    async with running(data, HEARTBEAT_SECONDS="1", MEDIA_ADDRESSES="127.0.0.1", **provider.environment) as one:
        yield one


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    """Connections enough for everyone at once."""
    async with httpx2.AsyncClient(timeout=30, limits=httpx2.Limits(max_connections=100)) as client:
        yield client


@dataclass(frozen=True)
class Matinee:
    """A recorded Space in which chirps have been heard since the tests began."""

    host: Person
    space_id: str


@pytest.fixture(scope="session")
async def matinee(server: RunningServer, http: httpx2.AsyncClient, provider: Provider) -> AsyncIterator[Matinee]:
    """Begins with the first person of all, so that 30 s are recorded when the tests of clips come."""
    host = await Person(http, server.url).of_token(provider.token("matinee"))
    space_id = await live_space(host, recordingEnabled=True)
    await host.do("setMuted", spaceId=space_id, muted=False)
    async with connected((await host.audio(space_id))["whipUrl"]) as microphone:
        sound = chirps(CHIRP_SECONDS, CHIRP_LEVEL)
        assert all(microphone.say(sound) for _ in range(CHIRP_TIMES))
        yield Matinee(host, space_id)


@pytest.fixture
def anyone(server: RunningServer, http: httpx2.AsyncClient, matinee: Matinee) -> Person:
    """Someone without an account."""
    return Person(http, server.url)


@pytest.fixture
def newcomer(anyone: Person, provider: Provider) -> Newcomer:
    """Makes someone whom nobody has seen before."""

    async def come(name: str) -> Person:
        return await anyone.of_token(provider.token(f"{name}{next(_numbers)}"))

    return come
