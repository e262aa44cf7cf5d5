"""A real uvicorn on a real socket, serving the API over a server in memory."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.services.people import Session
from app.web.graphql import Front, graphql_endpoint, graphql_routes
from app.web.page import HEAD
from app.web.persisted import PersistedDocuments
from app.web.rates import Rates
from app.web.serving import bind, serving
from resolvers.api import build_schema
from resolvers.broadcasts import Broadcasts
from tests.fakes.world import World


class CountingFront(Front):
    """`asked` counts what came by ASGI: what is answered at once does not."""

    asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await super().__call__(scope, receive, send)


@dataclass(frozen=True)
class Served:
    """Where the API is, and the world behind it."""

    world: World
    url: str
    http: httpx2.AsyncClient
    rates: Rates
    front: CountingFront

    @property
    def socket_url(self) -> str:
        """The same for websockets."""
        return self.url.replace("http", "ws", 1)


@pytest.fixture(scope="session")
async def _served() -> AsyncIterator[Served]:
    async with serving_in_memory() as one:
        yield one


@pytest.fixture(scope="session")
async def _served_plainly() -> AsyncIterator[Served]:
    """By uvicorn's own websockets, which take ASGI's messages and no frames."""
    async with AsyncExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("app.web.serving.Socket", WebSocketsSansIOProtocol)
            one = await stack.enter_async_context(serving_in_memory())
        yield one


@asynccontextmanager
async def serving_in_memory(trusted_proxies: Sequence[str] = ()) -> AsyncIterator[Served]:
    """The API on a port of its own."""
    world, rates = World(keeps=True), Rates.of(per_viewer=100, per_address=1000)
    schema = build_schema()
    graphql = graphql_endpoint(
        schema,
        authenticate=world.viewers.of,
        recognize=world.viewers.at_hand,
        context_of=world.context,
        closings=world.use_cases.closings,
        clock=world.clock,
        broadcasts=Broadcasts(schema, world.use_cases.streams, lambda: world.context(None, "")),
        rates=rates,
        persisted=PersistedDocuments({"given": "{ topics }"}),
    )
    with bind("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
        front = CountingFront(Starlette(routes=graphql_routes(graphql)), graphql)
        async with (
            serving(front, listening, trusted_proxies),
            httpx2.AsyncClient(timeout=10) as http,
        ):
            yield Served(world, url, http, rates, front)


@pytest.fixture
def sockets() -> str:
    """What carries websockets: "frames", ours, or "messages", as any ASGI server has them."""
    return "frames"


@pytest.fixture
def served(
    _served: Served, _served_plainly: Served, sockets: str, caplog: pytest.LogCaptureFixture
) -> Iterator[Served]:
    """The API at an address. Whatever a client does, the server logs no error."""
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(caplog.handler)
    yield _served if sockets == "frames" else _served_plainly
    logger.removeHandler(caplog.handler)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.fixture
async def host(served: Served) -> Session:
    """Someone with an account."""
    return await _person(served, "host")


@pytest.fixture
async def guest(served: Served) -> Session:
    """Someone else with an account."""
    return await _person(served, "guest")


async def _person(served: Served, name: str) -> Session:
    return await served.world.sign_up(f"{name}{served.world.clock():%H%M%S%f}"[:15])


@pytest.fixture
async def live(served: Served, host: Session) -> str:
    """The global id of a live Space of the host's."""
    headers = {"Authorization": f"Bearer {host.token}"}
    document = 'mutation { createSpace(input: {title: "Jazz"}) { space { id } } }'
    created = await served.http.post(served.url, json={"query": document}, headers=headers)
    space_id: str = created.json()["data"]["createSpace"]["space"]["id"]
    document = "mutation($id: ID!) { startSpace(input: {spaceId: $id}) { userErrors { code } } }"
    await served.http.post(served.url, json={"query": document, "variables": {"id": space_id}}, headers=headers)
    return space_id


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The client as `make client` leaves it, as far as the server knows it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-1a2b.js").write_text("let a")
    (tmp_path / "index.html").write_text(
        f'<head>{HEAD}<script src="/client/assets/index-1a2b.js"></script><link href="/static/icon.svg"></head>'
    )
    return tmp_path
