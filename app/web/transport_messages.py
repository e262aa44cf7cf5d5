"""What clients say over graphql-transport-ws, read strictly.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

Json = dict[str, Any]


class Malformed(Exception):
    """A frame that is no message of the protocol; the text says why."""


@dataclass(frozen=True, slots=True)
class ConnectionInit:
    """The first word of a client; the payload may hold its token."""

    payload: Json


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a pong."""


@dataclass(frozen=True, slots=True)
class Pong:
    """Answers a ping; means nothing more."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Starts an operation of any type under an id of the client's."""

    id: str
    query: str
    operation_name: str | None
    variables: Json | None
    extensions: Json | None
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Complete:
    """Ends an operation."""

    id: str


Message = ConnectionInit | Ping | Pong | Subscribe | Complete


def read(text: str) -> Message:
    """The message in a text frame. Raises `Malformed`."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Malformed("The message is not valid JSON") from None
    if not isinstance(message, dict):
        raise Malformed("The message is not a JSON object")
    match message.get("type"):
        case "connection_init":
            return ConnectionInit(_object(message, "payload") or {})
        case "ping":
            _object(message, "payload")
            return Ping()
        case "pong":
            _object(message, "payload")
            return Pong()
        case "subscribe":
            return _subscribe(_id(message), _object(message, "payload") or {})
        case "complete":
            return Complete(_id(message))
        case _:
            raise Malformed("The message's type is missing or unknown")


def _subscribe(message_id: str, payload: Json) -> Subscribe:
    query, operation_name, document_id = payload.get("query"), payload.get("operationName"), payload.get("documentId")
    variables, extensions = _object(payload, "variables"), _object(payload, "extensions")
    if not isinstance(document_id, str | None):
        raise Malformed("The payload's documentId is not a string")
    if query is None and (document_id is not None or "persistedQuery" in (extensions or {})):
        query = ""
    elif not isinstance(query, str):
        raise Malformed("The payload's query is not a string")
    if not isinstance(operation_name, str | None):
        raise Malformed("The payload's operationName is not a string")
    return Subscribe(message_id, query, operation_name, variables, extensions, document_id)


def _id(message: Json) -> str:
    message_id = message.get("id")
    if not isinstance(message_id, str) or not message_id:
        raise Malformed("The message's id is not a string, or empty")
    return message_id


def _object(message: Json, name: str) -> Json | None:
    value = message.get(name)
    if not isinstance(value, dict | None):
        raise Malformed(f"The message's {name} is not an object")
    return value
