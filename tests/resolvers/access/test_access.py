"""Every field of the API, tried by everyone who may ask: a new one without a row fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    is_introspection_type,
)
from strawberry.types.execution import ExecutionResult

from app.services.ports import Unauthenticated
from resolvers.operations import Api
from tests.domain.phrases import phrase
from tests.resolvers.access.fields import (
    AUDIO,
    CARRIED,
    CARRIED_INTERFACES,
    CARRIED_SUFFIXES,
    DRAFT,
    QUERIES,
    SPACE,
    SUBSCRIPTIONS,
)
from tests.resolvers.access.mutations import DENIALS, MUTATIONS
from tests.resolvers.access.objects import WALKS
from tests.resolvers.access.scene import Scene, Who, set_scene
from tests.resolvers.test_space_bar import at_work
from tests.waiting import until

SCHEMA = build_schema((Path(__file__).parents[3] / "schema" / "schema.graphql").read_text())
SELECTIONS = {"OBJECT": " { __typename }", "CONNECTION": "(first: 1) { edges { cursor } }"}


@pytest.fixture
async def scene(api: Api) -> Scene:
    """A fresh scene."""
    return await set_scene(api)


def fields_of(schema: GraphQLSchema, name: str) -> set[str]:
    """The names of a type's fields."""
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return set(kind.fields)


def test_every_field_has_a_row() -> None:
    assert fields_of(SCHEMA, "Mutation") == MUTATIONS.keys()
    assert fields_of(SCHEMA, "Query") == QUERIES.keys()
    assert fields_of(SCHEMA, "Subscription") == SUBSCRIPTIONS.keys()
    assert fields_of(SCHEMA, "Space") == SPACE.keys()
    assert fields_of(SCHEMA, "Audio") == {*AUDIO, "expiresAt"}


def test_so_has_every_type() -> None:
    roots = {"Mutation", "Query", "Subscription", "Space"}
    for name, kind in SCHEMA.type_map.items():
        if not isinstance(kind, GraphQLObjectType) or is_introspection_type(kind) or name in roots:
            continue
        carried = name in CARRIED or name in WALKS or name.endswith(CARRIED_SUFFIXES)
        assert carried or any(one.name in CARRIED_INTERFACES for one in kind.interfaces), f"{name} has no rows"


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_mutations(api: Api, mutation: str) -> None:
    title, row = mutation[0].upper() + mutation[1:], MUTATIONS[mutation]
    document = f"mutation($input: {title}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
    for who in Who:
        scene = await set_scene(api)
        arguments = await row.arrange(scene, who)
        before = await scene.world.spaces.get(scene.space_id)
        data, errors = await scene.execute(who, document, input=arguments)
        codes = errors or [one["code"] for one in data[mutation]["userErrors"]]
        if who in row.allowed:
            assert codes == [], f"{who} may not {mutation}: {codes}"
        else:
            assert set(codes) & DENIALS, f"{who} may {mutation}: {codes}"
            assert await scene.world.spaces.get(scene.space_id) == before


@pytest.mark.parametrize("query", QUERIES)
async def test_queries(scene: Scene, query: str) -> None:
    selection, allowed = QUERIES[query]
    await _shown_to(scene, allowed, f"{_head('query', selection)} {{ found: {selection} }}")


@pytest.mark.parametrize("selection", DRAFT)
async def test_drafts(scene: Scene, selection: str) -> None:
    await _shown_to(scene, DRAFT[selection], f"{_head('query', selection)} {{ found: {selection} }}")


@pytest.mark.parametrize("field", SPACE)
async def test_fields_of_a_space(scene: Scene, field: str) -> None:
    document = f"query($live: ID!) {{ space(id: $live) {{ found: {field}{selected('Space', field)} }} }}"
    await _shown_to(scene, SPACE[field], document, nullable=SPACE[field] == SPACE["id"])


@pytest.mark.parametrize("field", AUDIO)
async def test_addresses_of_sound(scene: Scene, field: str) -> None:
    await _shown_to(scene, AUDIO[field], f"query($live: ID!) {{ space(id: $live) {{ audio {{ found: {field} }} }} }}")


async def _shown_to(scene: Scene, allowed: frozenset[Who], document: str, *, nullable: bool = False) -> None:
    for who in Who:
        data, errors = await scene.execute(who, document, **scene.variables(document))
        shown = not errors and (nullable or _found(data) is not None)
        assert shown is (who in allowed), f"{who}: {data} {errors}"


def _head(operation: str, selection: str) -> str:
    declared = [f"${name}: ID!" for name in ("live", "clip", "draft") if f"${name}" in selection]
    return f"{operation}({', '.join(declared)})" if declared else operation


def _found(data: Any) -> Any:
    while isinstance(data, dict) and "found" not in data:
        [data] = data.values()
    return data and data["found"]


def selected(type_name: str, field: str) -> str:
    """What has to be selected of a field."""
    kind = SCHEMA.type_map[type_name]
    assert isinstance(kind, GraphQLObjectType)
    definition = kind.fields[field]
    inner = definition.type
    while hasattr(inner, "of_type"):
        inner = inner.of_type
    if not isinstance(inner, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType):
        return ""
    return SELECTIONS["CONNECTION" if "first" in definition.args else "OBJECT"]


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS)
async def test_subscriptions(scene: Scene, subscription: str) -> None:
    selection, allowed = SUBSCRIPTIONS[subscription]
    document = f"{_head('subscription', selection)} {{ {selection} }}"
    for who in Who:
        assert await _opens(scene, who, document) is (who in allowed), who


async def _opens(scene: Scene, who: Who, document: str) -> bool:
    """Whether a stream says something other than an error, when there is something to say."""
    feeds = scene.world.feeds
    try:
        context = await scene.callers[who].context()
    except Unauthenticated:
        return False
    stream = await scene.api.stream(document, variable_values=scene.variables(document), context_value=context)
    async with aclosing(stream), at_work(scene.callers[who]):
        results = cast("AsyncIterator[ExecutionResult]", stream)
        first = asyncio.ensure_future(anext(results))
        await until(lambda: first.done() or feeds.reader_came.is_set(), "the stream is open")
        feeds.reader_came.clear()
        feeds.send_batch(scene.space_id)
        feeds.caption(phrase("time and tide", space_id=scene.space_id))
        return not (await first).errors
