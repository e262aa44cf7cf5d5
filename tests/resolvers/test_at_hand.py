"""What is at hand is what an execution would answer, for everyone, whatever has happened since it was answered last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import orjson
import pytest
from graphql import execute, parse, print_ast, print_schema, visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries
from strawberry.relay import from_base64
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.domain.voices import SILENCE, Voice, Voices
from resolvers.api import build_schema
from resolvers.at_hand import LARGE, MAX_ANSWERS, Answers
from tests.fakes.world import World
from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import DELETE, raise_hands, user_id
from tests.resolvers.test_server_plans import Meaning

API: Final = build_schema()
DOCUMENTS: Final = queries(
    print_schema(API._schema),
    fields=["space"],
    allow_null=False,
    custom_scalars={"DateTime": st.just(nodes.String("2031-05-01T00:00:00Z"))},
)
STAGE: Final = """
query Stage($id: ID!, $full: Boolean = true) {
  space(id: $id) { ...Card stage @include(if: $full) { user { id handle } isMuted isSpeaking level } again: title }
}
fragment Card on Space { __typename id title listenerCount host { displayName } ... on Node { id } }
"""
OVERDUE: Final = "query($id: ID!) { space(id: $id) { title isOverdue } }"
MINE: Final = "query($id: ID!) { one: space(id: $id) { title viewerRole } other: space(id: $id) { viewerRole } }"
BESIDE: Final = "query($id: ID!) { topics space(id: $id) { title } }"
LINKS: Final = "query($id: ID!) { space(id: $id) { title reactionCounts { emoji count } } }"
SCHEDULE: Final = """mutation($start: DateTime!) { scheduleSpace(input: {
  title: "Soon", scheduledStart: $start, timeZone: "UTC"}) { space { id } userErrors { code } } }"""

Change = Callable[[], Awaitable[Any]]


@pytest.fixture
def world() -> World:
    """A server that keeps up with what is asked for."""
    return World(keeps=True)


async def executed(document: str, caller: Caller, **variables: Any) -> Any:
    """The answer of graphql-core."""
    result: Any = execute(
        API._schema,
        parse(document),
        context_value=await caller.context(),
        variable_values=variables,
        executor_class=StrawberryGraphQLCoreExecutionContext,
        operation_extensions=None,
    )
    result = result if hasattr(result, "data") else await result
    return {"data": result.data, **({"errors": len(result.errors)} if result.errors else {})}


async def at_hand(document: str, caller: Caller, **variables: Any) -> Any:
    """What is at hand; None: nothing is."""
    found = API.at_hand(document, variables, None, await caller.context())
    return None if found is None else orjson.loads(found)


async def learned(document: str, caller: Caller, **variables: Any) -> None:
    """The document has come twice, and the Space has been read."""
    for _ in range(2):
        await API.execute(document, variable_values=variables, context_value=await caller.context())


async def agree(document: str, caller: Caller, **variables: Any) -> bool:
    """Asserts that both answer the same at one moment; whether it was at hand."""
    now = caller.world.clock.now
    expected = await executed(document, caller, **variables)
    caller.world.clock.now = now
    found = await at_hand(document, caller, **variables)
    caller.world.clock.now = now
    assert await at_hand(document, caller, **variables) == found
    assert found in (None, orjson.loads(orjson.dumps(expected)))
    return found is not None


def changes(host: Caller, guest: Caller, live: str) -> Mapping[str, Change]:
    """What may happen to a Space."""
    [_, space_id] = from_base64(live)
    loud = Voices((Voice(host.id, speaking=True, level=0.5),))

    async def spoken(voices: Voices) -> None:
        host.world.feeds.speak(space_id, voices)

    return {
        "nothing": lambda: spoken(SILENCE),
        "a voice": lambda: spoken(loud),
        "silence": lambda: spoken(SILENCE),
        "a microphone": lambda: host.do("setMuted", spaceId=live, muted=False),
        "a name": lambda: host.do("updateSpace", spaceId=live, title="Blues"),
        "someone comes": lambda: guest.do("joinSpace", spaceId=live),
        "the end": lambda: host.do("endSpace", spaceId=live),
    }


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=DOCUMENTS)
async def test_any_document_by_anyone(host: Caller, guest: Caller, anyone: Caller, live: str, text: str) -> None:
    document = print_ast(visit(parse(text), Meaning({"Space": live})))
    await learned(document, host)
    for caller in (host, guest, anyone):
        await agree(document, caller)


@pytest.mark.parametrize("document", [STAGE, OVERDUE, MINE])
async def test_every_change_is_seen_at_once_by_everyone(
    host: Caller, guest: Caller, anyone: Caller, live: str, document: str
) -> None:
    await learned(document, anyone, id=live)
    for name, change in changes(host, guest, live).items():
        await change()
        for caller in (anyone, host, guest):
            assert await agree(document, caller, id=live), name


async def test_an_answer_is_made_once_while_nothing_changes(host: Caller, anyone: Caller, live: str) -> None:
    await learned(STAGE, anyone, id=live)
    API.answers = Answers()
    for caller in (anyone, host):
        assert await agree(STAGE, caller, id=live)
    assert len(API.answers._kept) == 1
    assert await agree(STAGE, anyone, id=live, full=False) is False, "another plan, which nobody has made yet"
    for document in (MINE, OVERDUE):
        await learned(document, anyone, id=live)
        assert await agree(document, anyone, id=live)
    assert len(API.answers._kept) == 1, "what is each viewer's, or changes with time, is kept for nobody"


async def test_time_alone_makes_a_space_overdue(host: Caller, anyone: Caller) -> None:
    start = host.world.clock.now + timedelta(hours=1)
    space_id = (await host.ask(SCHEDULE, start=start.isoformat()))["space"]["id"]
    await learned(OVERDUE, anyone, id=space_id)
    assert (await at_hand(OVERDUE, anyone, id=space_id))["data"]["space"]["isOverdue"] is False
    host.world.clock.advance(timedelta(minutes=61))
    assert (await at_hand(OVERDUE, anyone, id=space_id))["data"]["space"]["isOverdue"] is True


async def test_who_may_not_see_it_gets_nothing_of_what_others_got(host: Caller, guest: Caller, anyone: Caller) -> None:
    created = await host.do("createSpace", title="Not yet")
    space_id = created["space"]["id"]
    await learned(STAGE, host, id=space_id)
    for caller, sees in ((host, True), (guest, False), (anyone, False)):
        assert await agree(STAGE, caller, id=space_id) is sees
    invited = await host.do("inviteToStage", spaceId=space_id, userId=await user_id(guest), role="SPEAKER")
    assert invited["userErrors"] == []
    assert await agree(STAGE, guest, id=space_id)
    await host.ask(DELETE, id=space_id, sure=True)
    for caller in (host, guest, anyone):
        assert not await agree(STAGE, caller, id=space_id)


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (STAGE, {"id": "nonsense"}),
        (STAGE, {"id": "VXNlcjp4"}),
        (STAGE, {"id": "U3BhY2U6eA=="}),
        (STAGE, {"id": 7}),
        (STAGE, {"id": None}),
        (BESIDE, {}),
        (LINKS, {}),
        ("query($id: ID!) { space(id: $id) { title } } query B { topics }", {}),
        ("{ space(id: 7) { title } }", {}),
        ("{ __schema { queryType { name } } }", {}),
        ("subscription($id: ID!) { spaceEvents(spaceId: $id) { version } }", {}),
    ],
)
async def test_whatever_else_is_executed(host: Caller, live: str, document: str, variables: Any) -> None:
    await host.execute(STAGE, id=live)
    for _ in range(3):
        assert await at_hand(document, host, **({"id": live} | variables)) is None
        if not document.startswith("subscription"):
            await API.execute(document, variable_values={"id": live} | variables, context_value=await host.context())


async def test_one_of_several_operations_is_at_hand_by_its_name(host: Caller, live: str) -> None:
    document = "query A($id: ID!) { space(id: $id) { title } } query B { topics }"
    context = await host.context()
    for _ in range(3):
        await API.execute(document, variable_values={"id": live}, context_value=context, operation_name="A")
    found = API.at_hand(document, {"id": live}, "A", context)
    assert found == b'{"data":{"space":{"title":"Jazz tonight"}}}'
    assert API.at_hand(document, {"id": live}, "B", context) is None


async def test_an_id_in_the_document_is_as_good_as_a_variable(host: Caller, anyone: Caller, live: str) -> None:
    document = f'{{ space(id: "{live}") {{ title }} }}'
    await learned(document, anyone)
    assert await agree(document, anyone)


async def test_an_execution_takes_what_is_at_hand_too(host: Caller, guest: Caller, live: str) -> None:
    await raise_hands(live, guest)
    await learned(MINE, guest, id=live)
    result = await API.execute(MINE, variable_values={"id": live}, context_value=await guest.context())
    assert (result.data, result.errors) == ((await executed(MINE, guest, id=live))["data"], None)


def test_answers_are_bounded_and_the_ones_used_last_stay() -> None:
    answers = Answers(max_bytes=30)
    for key in "abc":
        answers.put(key, 1, b"0123456789")
    assert answers.get("a", 1) == b"0123456789"
    assert answers.get("a", 2) is None, "of something else"
    answers.put("d", 1, b"0123456789")
    assert [key for key in "abcd" if answers.get(key, 1)] == ["a", "c", "d"]
    answers.put("d", 2, b"x" * 5)
    assert answers._bytes == 25
    answers.put("d", 3, b"x" * (LARGE + 1))
    assert (answers.get("d", 3), answers._bytes) == (None, 20)
    many = Answers()
    for number in range(MAX_ANSWERS + 5):
        many.put(number, 1, b"")
    assert len(many._kept) == MAX_ANSWERS
