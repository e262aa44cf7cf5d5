"""What a query asks of MongoDB does not grow with the page: every field of a Space, and every query of README."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, build_schema, get_named_type, is_leaf_type
from strawberry.relay import GlobalID

from app.domain.clips import Clip
from app.domain.roster import Invitation, Role, Seat, SpeakRequest
from app.mongod import Mongod
from app.services.stores import Node
from app.store.database import Database, open_database
from app.store.stores import mongo_stores
from resolvers.operations import Api
from tests.domain_values import NOW, person, space
from tests.fakes.world import World
from tests.indexed import RECORDER
from tests.resolvers.conftest import Caller

ROOT = Path(__file__).parents[2]
SCHEMA = build_schema((ROOT / "schema" / "schema.graphql").read_text())
QUERIES = dict(re.findall(r"```graphql\nquery (\w+)(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL))
FEW, MANY = 2, 20
ENOUGH = 17
"""A query of a page may ask this often, if it selects all that one field leads to."""


@dataclass
class Asked:
    """A database with Spaces of many hosts, and someone who asks for them."""

    database: Database
    viewer: Caller

    async def commands(self, document: str, **variables: Any) -> int:
        """How many commands an operation that succeeds takes."""
        context = await self.viewer.context()
        before = RECORDER.asked[self.database.name]
        result = await self.viewer.api.execute(document, variable_values=variables, context_value=context)
        assert not result.errors, result.errors
        return RECORDER.asked[self.database.name] - before


@pytest.fixture(scope="module")
async def asked(api: Api, mongod: Mongod) -> AsyncIterator[Asked]:
    """`MANY` live Spaces, each with another host, a speaker, a listener, a raised hand, a reaction and a clip."""
    async with open_database(mongod.uri, name="test_queries") as database:
        yield await filled(api, database)


async def filled(api: Api, database: Database) -> Asked:
    world = World(stores=mongo_stores(database))
    viewer = Caller(api, world, await world.sign_up("viewer"))
    own, stores = person("viewer"), world.stores
    own = replace(own, id=viewer.id)
    until = world.clock() + timedelta(hours=1)
    for number in range(MANY):
        space_id, names = f"space{number:02}", [f"{role}{number:02}" for role in ("host", "speaker", "listener")]
        for name in names:
            await world.sign_up(name)
        accounts = [await stores.people.by_handle(name) for name in names]
        host, speaker, listener = (one.person for one in accounts if one)
        live = replace(
            space(space_id),
            host=host,
            recording_enabled=True,
            listeners=1,
            stage=(Seat(host, Role.HOST, True, NOW), Seat(speaker, Role.SPEAKER, True, NOW)),
            requests=(SpeakRequest("r", own, NOW),),
            invitations=(Invitation("i", own, Role.SPEAKER, host.id, NOW),),
        )
        await stores.spaces.add(live)
        await stores.follows.add(viewer.id, host.id, NOW)
        await stores.attendance.join(space_id, listener, now=NOW, until=until)
        await stores.reactions.add(space_id, {"👏": 1})
        await stores.airings.claim(space_id, Node("elsewhere", "https://b.example"), now=world.clock(), until=until)
        await stores.clips.add(clip_of(space_id, viewer.id))
    return Asked(database, viewer)


def clip_of(space_id: str, creator_id: str) -> Clip:
    return Clip(
        id=f"clip-{space_id}",
        space_id=space_id,
        creator_id=creator_id,
        start_offset_ms=0,
        duration_ms=1000,
        samples=48_000,
        waveform=(0.5,),
        created_at=NOW,
    )


def selected(field: GraphQLField, *, deep: bool = True) -> str:
    """Of an object all that needs no argument, and a page of what comes in pages; empty for what is no object."""
    kind = get_named_type(field.type)
    arguments = "(first: 1)" if "first" in field.args else ""
    if is_leaf_type(kind):
        return arguments
    if not isinstance(kind, GraphQLObjectType):
        return f"{arguments} {{ __typename }}"
    if "edges" in kind.fields:
        node = get_named_type(kind.fields["edges"].type)
        assert isinstance(node, GraphQLObjectType)
        return f"{arguments} {{ edges {{ node {selected(node.fields['node'], deep=deep)} }} }}"
    return f"{arguments} {{ {' '.join(_parts(kind, deep=deep))} }}"


def _parts(kind: GraphQLObjectType | GraphQLInterfaceType, *, deep: bool) -> Iterator[str]:
    for name, field in kind.fields.items():
        if is_leaf_type(get_named_type(field.type)):
            yield name
        elif deep and "first" not in field.args:
            yield name + selected(field, deep=False)


def fields_of(name: str) -> dict[str, GraphQLField]:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return dict(kind.fields)


@pytest.mark.parametrize("field", sorted(fields_of("Space")))
async def test_a_field_of_many_spaces_is_asked_for_as_often_as_of_few(asked: Asked, field: str) -> None:
    node = field + selected(fields_of("Space")[field])
    document = "query($first: Int!) { spaces(first: $first) { edges { node { %s } } } }" % node  # noqa: UP031
    few, many = await asked.commands(document, first=FEW), await asked.commands(document, first=MANY)
    assert few == many <= ENOUGH, document


async def test_so_is_the_space_bar(asked: Asked) -> None:
    entry = selected(fields_of("SpaceBarEntryEdge")["node"])
    document = "query($first: Int!) { viewer { spaceBar(first: $first) { edges { node %s } } } }" % entry  # noqa: UP031
    few, many = await asked.commands(document, first=FEW), await asked.commands(document, first=MANY)
    assert few == many <= 2 * ENOUGH


@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_of_the_readme_takes_a_few_commands(asked: Asked, name: str) -> None:
    variables = {"spaceId": str(GlobalID("Space", "space00"))} if "$spaceId" in QUERIES[name] else {}
    assert await asked.commands(f"query {name}{QUERIES[name]}", **variables) <= 5


def test_the_readme_has_queries() -> None:
    assert {"Audio", "LiveSpaces"} <= QUERIES.keys()
