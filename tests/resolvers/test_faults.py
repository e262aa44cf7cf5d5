"""Errors: everyone has a code, the server's own are hidden, and hostile documents cost nothing."""

from __future__ import annotations

import logging
import time

import pytest
from graphql import get_introspection_query, parse

from resolvers.limits import MAX_DEPTH, MAX_TOKENS, Measures
from tests.resolvers.conftest import Caller
from tests.resolvers.test_streams import EVENTS, streaming

SECONDS_PER_HOSTILE_DOCUMENT = 5.0


async def test_a_fault_is_logged_and_hidden(
    anyone: Caller, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(handle: str) -> None:
        raise RuntimeError("the password of the database is hunter2")

    monkeypatch.setattr(anyone.world.people, "by_handle", broken)
    with caplog.at_level(logging.ERROR, "resolvers.faults"):
        error = await anyone.error('{ user(handle: "x") { id } }')
    fault_id = error["extensions"]["faultId"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "hunter2" not in str(error)
    assert fault_id in error["message"]
    [record] = caplog.records
    assert fault_id in record.getMessage()
    assert record.exc_info
    assert "hunter2" in str(record.exc_info[1])


async def test_a_fault_in_a_mutation_is_no_user_error(
    guest: Caller, live: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(guest.world.spaces, "get", broken)
    document = "mutation($id: ID!) { joinSpace(input: {spaceId: $id}) { userErrors { code } } }"
    error = await guest.error(document, id=live)
    assert error["extensions"]["code"] == "INTERNAL"


async def test_a_fault_in_a_stream_is_hidden_too(
    host: Caller, live: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("hunter2")

    async with streaming(host, EVENTS, id=live) as results:
        monkeypatch.setattr("tests.fakes.clock.StoppedClock.__call__", lambda _: broken())
        result = await anext(results)
    assert result.errors
    assert [(one.extensions or {})["code"] for one in result.errors] == ["INTERNAL"]
    assert "hunter2" not in str(result.errors)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("", "BAD_REQUEST"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($x: Int!) { topics @skip(if: $x) }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($x: String!) { user(handle: $x) { id } }", "BAD_USER_INPUT"),
        ('mutation { leaveSpace(input: {spaceId: "U3BhY2U6eA=="}) { space { id } } }', "UNAUTHENTICATED"),
        ("{ " + "topics " * MAX_TOKENS + "}", "TOO_MANY_TOKENS"),
        ("{ viewer " * (MAX_TOKENS // 3) + "}" * (MAX_TOKENS // 3), "GRAPHQL_PARSE_FAILED"),
        ("{ node(id: " + "[" * 1900 + "1", "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_a_clients_mistake_has_a_code(anyone: Caller, document: str, code: str) -> None:
    async with streaming(anyone, document) as results:
        [result] = [one async for one in results]
    assert result.data is None
    assert result.errors
    assert [(one.extensions or {})["code"] for one in result.errors] == [code]


async def test_depth_is_limited(anyone: Caller) -> None:
    step = "clips(first: 1) { edges { node { space { "
    deep = '{ space(id: "U3BhY2U6eA==") { ' + step * 4 + "id" + " } } } }" * 4 + " } }"
    assert Measures(parse(deep)).all().depth == MAX_DEPTH + 2
    error = await anyone.error(deep)
    assert error["extensions"] == {"code": "DOCUMENT_TOO_DEEP", "limit": MAX_DEPTH, "current": MAX_DEPTH + 2}
    flat = '{ space(id: "U3BhY2U6eA==") { ' + step * 3 + "id" + " } } } }" * 3 + " } }"
    assert await anyone.ask(flat) is None


async def test_graphiql_can_ask_for_everything(anyone: Caller) -> None:
    document = get_introspection_query(specified_by_url=True, input_value_deprecation=True, schema_description=True)
    assert Measures(parse(document)).all().depth <= MAX_DEPTH
    assert (await anyone.ask(document))["queryType"]["name"] == "Query"


def fragments(count: int) -> str:
    """Fragments that each use the next one twice: 2 ** count fields if they were written out."""
    chain = "".join(
        f"fragment f{n} on Query {{ a{n}: node(id: 1) {{ ...g{n} }} ...f{n + 1} ...f{n + 1} }}\n"
        f"fragment g{n} on Node {{ id }}\n"
        for n in range(count)
    )
    return f"query {{ ...f0 }}\n{chain}fragment f{count} on Query {{ topics }}"


@pytest.mark.parametrize(
    "document",
    [
        fragments(40),
        "query { ...a } fragment a on Query { ...b ...b } fragment b on Query { ...a ...a }",
        "query { ...a }" + "".join(f" fragment a{n} on Query {{ ...a{n + 1} }}" for n in range(240)),
    ],
)
async def test_fragments_are_measured_once(anyone: Caller, document: str) -> None:
    started = time.process_time()
    await anyone.execute(document)
    assert time.process_time() - started < SECONDS_PER_HOSTILE_DOCUMENT


async def test_a_document_answers_the_same_the_second_time(anyone: Caller) -> None:
    for document in ("{ topics }", "{ nothing }", "{"):
        first, second = await anyone.execute(document), await anyone.execute(document)
        assert (first.data, str(first.errors)) == (second.data, str(second.errors))
