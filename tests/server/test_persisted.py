"""Persisted documents: Apollo's and urql's way and `documentId`, over HTTP and over sockets."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import GraphQLError
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app.web import persisted
from app.web.persisted import MAX_TEXTS, PersistedDocuments, given_in
from tests.server.conftest import Served

TOPICS = {"data": {"topics": ["Music", "Tech", "News", "Art"]}}


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def apq(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}


async def post(served: Served, **payload: Any) -> Any:
    return (await served.http.post(served.url, json=payload)).json()


def codes(answer: Any) -> list[str]:
    return [one["extensions"]["code"] for one in answer["errors"]]


async def test_a_text_is_sent_once_and_named_from_then_on(served: Served) -> None:
    text = "query Once { topics }"
    unknown = await post(served, extensions=apq(text))
    assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
    assert codes(unknown) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert await post(served, query=text, extensions=apq(text)) == TOPICS
    assert await post(served, extensions=apq(text)) == TOPICS
    assert await post(served, documentId=f"sha256:{digest(text)}") == TOPICS
    response = await served.http.get(served.url, params={"extensions": orjson.dumps(apq(text)).decode()})
    assert response.json() == TOPICS


async def test_what_the_operator_gave_is_there_by_its_name(served: Served) -> None:
    assert await post(served, documentId="given") == TOPICS
    assert codes(await post(served, documentId="not given")) == ["PERSISTED_QUERY_NOT_FOUND"]


@pytest.mark.parametrize(
    "payload",
    [
        {"query": "{ topics }", "extensions": apq("{ other }")},
        {"query": "{ topics }", "documentId": digest("{ topics }")},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": digest("{ topics }")}}},
        {"extensions": {"persistedQuery": "x"}},
        {"documentId": 5},
        {"variables": {}},
    ],
)
async def test_what_does_not_fit_is_refused(served: Served, payload: dict[str, Any]) -> None:
    assert codes(await post(served, **payload)) == ["BAD_REQUEST"]


async def test_over_sockets_too(served: Served) -> None:
    text = "query OverSockets { topics }"
    payloads = [{"extensions": apq(text)}, {"query": text, "extensions": apq(text)}, {"documentId": digest(text)}]
    answers = []
    async with connect(served.socket_url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send('{"type":"connection_init"}')
        await socket.recv()
        for number, payload in enumerate(payloads):
            await socket.send(orjson.dumps({"id": str(number), "type": "subscribe", "payload": payload}).decode())
            answers.append(orjson.loads(await socket.recv()))
            if answers[-1]["type"] == "next":
                assert orjson.loads(await socket.recv())["type"] == "complete"
    assert [one["type"] for one in answers] == ["error", "next", "next"]
    assert codes({"errors": answers[0]["payload"]}) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert answers[2]["payload"] == TOPICS


def test_there_is_room_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = PersistedDocuments()
    texts = [f"query Q{number} {{ topics }}" for number in range(MAX_TEXTS + 1)]
    for text in texts:
        assert documents.text(text, None, apq(text)) == text
    with pytest.raises(GraphQLError, match="PersistedQueryNotFound"):
        documents.text("", digest(texts[0]), None)
    assert documents.text("", digest(texts[1]), None) == texts[1]
    monkeypatch.setattr(persisted, "MAX_CHARS", 100)
    documents.text(texts[0], None, apq(texts[0]))
    with pytest.raises(GraphQLError, match="PersistedQueryNotFound"):
        documents.text("", digest(texts[500]), None)
    assert documents.text("", digest(texts[0]), None) == texts[0]


def test_files_of_relay_and_apollo(tmp_path: Path) -> None:
    relay, apollo, other = tmp_path / "relay.json", tmp_path / "apollo.json", tmp_path / "other.json"
    relay.write_text('{"sha256:ab": "{ topics }"}')
    apollo.write_text(
        '{"format": "apollo-persisted-query-manifest", "operations": [{"id": "ab", "body": "{ topics }"}]}'
    )
    other.write_text('["{ topics }"]')
    assert given_in(relay) == given_in(apollo) == {"ab": "{ topics }"}
    with pytest.raises(ValueError, match="persisted documents"):
        given_in(other)
