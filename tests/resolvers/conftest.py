"""The API over a server in memory, and people to use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from strawberry.types.execution import ExecutionResult

from app.services.people import Session
from resolvers.api import build_schema
from resolvers.operations import Api
from tests.fakes.world import World

Json = dict[str, Any]


@dataclass
class Caller:
    """Someone who uses the API; without a token anonymous."""

    api: Api
    world: World
    session: Session | None = None

    @property
    def id(self) -> str:
        """The caller's id as the use cases know it."""
        assert self.session
        return self.session.account.id

    async def execute(self, document: str, **variables: Any) -> ExecutionResult:
        """Runs an operation, whatever comes of it."""
        return await self.api.execute(document, variable_values=variables, context_value=await self.context())

    async def ask(self, document: str, **variables: Any) -> Any:
        """The one root field of an operation that succeeds."""
        result = await self.execute(document, **variables)
        assert not result.errors, result.errors
        assert result.data
        [field] = result.data.values()
        return field

    async def error(self, document: str, **variables: Any) -> Json:
        """The one error of an operation that fails."""
        result = await self.execute(document, **variables)
        assert result.errors
        [error] = result.errors
        return dict(error.formatted)

    async def do(self, mutation: str, **input: Any) -> Any:
        """The payload of a mutation in a Space: its id, version and errors."""
        name = mutation[0].upper() + mutation[1:]
        return await self.ask(
            f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ "
            "space { id version state title viewerRole speakRequestCount invitationCount "
            "viewerSpeakRequest { id position } viewerInvitation { id role } "
            "stage { user { id handle } role isMuted } } "
            "userErrors { code message field limit current } } }",
            input=input,
        )

    async def context(self) -> Any:
        """A context as the transports make one for each operation."""
        token = f"Bearer {self.session.token}" if self.session else None
        return self.world.context(await self.world.viewers.of(token), "192.0.2.1")


@pytest.fixture
def world() -> World:
    """A server in memory."""
    return World()


@pytest.fixture(scope="session")
def api() -> Api:
    """The schema."""
    return build_schema()


@pytest.fixture
def anyone(api: Api, world: World) -> Caller:
    """Someone without an account."""
    return Caller(api, world)


async def _person(api: Api, world: World, handle: str) -> Caller:
    return Caller(api, world, await world.sign_up(handle))


@pytest.fixture
async def host(api: Api, world: World) -> Caller:
    """Someone with an account."""
    return await _person(api, world, "hannah")


@pytest.fixture
async def guest(api: Api, world: World) -> Caller:
    """Someone else with an account."""
    return await _person(api, world, "gustav")


@pytest.fixture
async def other(api: Api, world: World) -> Caller:
    """A third person with an account."""
    return await _person(api, world, "olivia")


@pytest.fixture
async def operator(api: Api, world: World) -> Caller:
    """Someone whom the configuration names, in another case."""
    return await _person(api, world, "otto")


@pytest.fixture
async def live(host: Caller) -> str:
    """The id of a live, recorded Space of the host's."""
    created = await host.do("createSpace", title="Jazz tonight", recordingEnabled=True)
    space_id: str = created["space"]["id"]
    started = await host.do("startSpace", spaceId=space_id)
    assert started["userErrors"] == []
    return space_id
