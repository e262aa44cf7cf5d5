"""Frames of graphql-transport-ws: whatever comes is a message or malformed, and never anything else."""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from app.web.transport_messages import Complete, ConnectionInit, Malformed, Message, Ping, Pong, Subscribe, read

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=8), VALUES, max_size=3)
TYPES = st.sampled_from(["connection_init", "ping", "pong", "subscribe", "complete", "next"])
IDS = st.text(min_size=1, max_size=8)


@given(st.text() | VALUES.map(json.dumps))
def test_any_text(text: str) -> None:
    with suppress(Malformed):
        assert isinstance(read(text), Message)


@given(st.fixed_dictionaries({}, optional={"type": TYPES | VALUES, "id": IDS | VALUES, "payload": OBJECTS | VALUES}))
def test_any_object(message: dict[str, object]) -> None:
    with suppress(Malformed):
        assert isinstance(read(json.dumps(message)), Message)


@given(IDS, st.text(), st.none() | st.text(), st.none() | OBJECTS, st.none() | OBJECTS)
def test_a_subscribe_is_read_as_it_was_sent(
    operation_id: str,
    query: str,
    name: str | None,
    variables: dict[str, object] | None,
    extensions: dict[str, object] | None,
) -> None:
    payload = {"query": query, "operationName": name, "variables": variables, "extensions": extensions}
    text = json.dumps({"type": "subscribe", "id": operation_id, "payload": payload})
    assert read(text) == Subscribe(operation_id, query, name, variables, extensions)


def test_the_short_messages() -> None:
    assert read('{"type": "connection_init"}') == ConnectionInit({})
    assert read('{"type": "connection_init", "payload": null}') == ConnectionInit({})
    assert read('{"type": "connection_init", "payload": {"a": 1}}') == ConnectionInit({"a": 1})
    assert read('{"type": "ping"}') == Ping()
    assert read('{"type": "pong", "payload": {}}') == Pong()
    assert read('{"type": "complete", "id": "1"}') == Complete("1")
