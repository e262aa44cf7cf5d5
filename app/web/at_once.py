"""At once: POSTs of queries whose answer is at hand, from the bytes of the request to those of the answer.

What is asked most, a Space that this process keeps up with, needs neither a task nor ASGI. Whatever is not the usual
POST, is refused, or needs anything looked up says so by None, and goes the long way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from app.web.asking import Door
from app.web.requests import ACCEPTS_KEPT, EVENTS, GRAPHQL, JSON, MAX_BODY, asked_in, media_types

Headers = Sequence[tuple[bytes, bytes]]
HEAD: Final = b"access-control-allow-origin: *\r\nvary: Accept\r\ncontent-type: %b; charset=utf-8\r\n"


class AtOnce:
    """The same answers as `GraphQLEndpoint`'s, by the same rules."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def answer(self, headers: Headers, body: bytes, address: str | None) -> tuple[bytes, bytes] | None:
        """Header lines and the body of a 200, for the names and values of a POST; names are in small letters.

        None: ask the endpoint, nothing has been counted or changed. Never waits or raises.
        """
        try:
            return self._answer(dict(headers), len(headers), body, address)
        except Exception:
            return None  # the endpoint finds the same, and says so

    def _answer(
        self, headers: dict[bytes, bytes], count: int, body: bytes, address: str | None
    ) -> tuple[bytes, bytes] | None:
        head = _head(headers.get(b"accept", b""))
        usual = len(headers) == count and _is_json(headers.get(b"content-type", b"")) and len(body) <= MAX_BODY
        if head is None or not usual:
            return None
        asked, door = asked_in(body), self._door
        viewer, authorization = None, headers.get(b"authorization")
        if authorization is not None:
            viewer = door.recognize(authorization.decode("latin-1"))
            if viewer is None:
                return None
        if (asked.extensions or {}).get("cost"):
            return None
        text = door.persisted.text(asked.query, asked.document_id, asked.extensions)
        context = door.context_of(viewer, address or "unknown")
        answer = door.schema.at_hand(text, asked.variables, asked.operation_name, context)
        if answer is None:
            return None
        door.rates.take(address, viewer.person.id if viewer else None, asyncio.get_running_loop().time())
        return head, answer


@lru_cache(maxsize=ACCEPTS_KEPT)
def _head(accept: bytes) -> bytes | None:
    """For a client that accepts this; None for one that wants a stream."""
    accepted = media_types(accept.decode("latin-1"))
    return None if EVENTS in accepted else HEAD % (GRAPHQL if GRAPHQL in accepted else JSON).encode()


@lru_cache(maxsize=ACCEPTS_KEPT)
def _is_json(content_type: bytes) -> bool:
    return content_type.partition(b";")[0].strip().lower() == JSON.encode()
