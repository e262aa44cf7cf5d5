"""A Space that is not for someone is to them as one that there is not: whatever they do, they are answered the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import pytest
from graphql import GraphQLInputObjectType
from strawberry.relay import GlobalID
from strawberry.types.execution import ExecutionResult

from app.services.ports import Unauthenticated
from resolvers.operations import Api
from tests.resolvers.access.fields import QUERIES, SUBSCRIPTIONS
from tests.resolvers.access.mutations import MUTATIONS
from tests.resolvers.access.rows import space_gid
from tests.resolvers.access.scene import Scene, Who, set_scene
from tests.resolvers.access.test_access import SCHEMA

STRANGERS = (Who.LISTENER, Who.OTHER_HOST, Who.BLOCKED, Who.REMOVED, Who.OPERATOR, Who.EXPIRED, Who.ANONYMOUS)
NOWHERE = space_gid("nowhere")
OF_OPERATORS = {"moderationLog", "feedback"}
"""For operators whatever became of a Space."""


@pytest.fixture(params=["preparing", "called off", "deleted"])
async def scene(api: Api, request: pytest.FixtureRequest) -> Scene:
    """A scene with a Space that its host opened for a few, and it may be called off, or deleted, again."""
    scene = await set_scene(api)
    use_cases, host = scene.world.use_cases, scene.person(Who.HOST)
    if request.param == "called off":
        await use_cases.schedules.cancel(host, scene.preparing_id)
    if request.param == "deleted":
        await use_cases.deletion.delete(host, scene.preparing_id, confirmed=True)
    return scene


def takes_space(mutation: str) -> bool:
    """Whether the mutation is about one Space."""
    kind = SCHEMA.type_map[f"{mutation[0].upper()}{mutation[1:]}Input"]
    return isinstance(kind, GraphQLInputObjectType) and "spaceId" in kind.fields


@pytest.mark.parametrize("mutation", [one for one in MUTATIONS if takes_space(one)])
async def test_mutations(scene: Scene, mutation: str) -> None:
    title = mutation[0].upper() + mutation[1:]
    document = f"mutation($input: {title}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code message }} }} }}"
    arguments = await MUTATIONS[mutation].arrange(scene, Who.OUTSIDER)
    for who in STRANGERS:
        hidden, nothing = [
            await scene.execute(who, document, input=arguments | {"spaceId": space_id})
            for space_id in (space_gid(scene.preparing_id), NOWHERE)
        ]
        assert hidden == nothing, who


@pytest.mark.parametrize("query", [one for one, (selection, _) in QUERIES.items() if "$live" in selection])
async def test_queries(scene: Scene, query: str) -> None:
    document = f"query($live: ID!) {{ {QUERIES[query][0]} }}"
    for who in STRANGERS:
        if who is Who.OPERATOR and query in OF_OPERATORS:
            continue
        asked = [await scene.execute(who, document, live=one) for one in (space_gid(scene.preparing_id), NOWHERE)]
        assert asked[0] == asked[1], who


@pytest.mark.parametrize("stream", [one for one, (selection, _) in SUBSCRIPTIONS.items() if "$live" in selection])
async def test_subscriptions(scene: Scene, stream: str) -> None:
    document = f"subscription($live: ID!) {{ {SUBSCRIPTIONS[stream][0]} }}"
    for who in STRANGERS:
        asked = [await _first(scene, who, document, one) for one in (space_gid(scene.preparing_id), NOWHERE)]
        assert asked[0] == asked[1] != [], who


async def _first(scene: Scene, who: Who, document: str, space_id: str) -> Any:
    """The code of the error that a stream begins with."""
    try:
        context = await scene.callers[who].context()
    except Unauthenticated:
        return "UNAUTHENTICATED"
    stream = await scene.api.stream(document, variable_values={"live": space_id}, context_value=context)
    async with aclosing(stream):
        first = await anext(cast("AsyncIterator[ExecutionResult]", stream))
    return [(one.message, one.extensions) for one in first.errors or ()]


async def test_global_ids_of_other_kinds_lead_nowhere(scene: Scene) -> None:
    document = "query($id: ID!) { node(id: $id) { id } }"
    for kind in ("Clip", "Post", "DirectMessage", "Conversation", "Report", "User", "Audio"):
        data, _ = await scene.execute(Who.OPERATOR, document, id=str(GlobalID(kind, scene.space_id)))
        assert data == {"node": None}
