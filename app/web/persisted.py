"""Persisted documents: a client names a text by its SHA-256 instead of sending it.

Two ways that clients have: Apollo's and urql's `extensions.persistedQuery`, by which a text is sent once with its hash
and from then on the hash alone (https://www.apollographql.com/docs/apollo-server/performance/apq), and `documentId`
(https://github.com/graphql/graphql-over-http, persisted documents). Both find what was sent, and what the operator
gives the server at its start.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import GraphQLError

MAX_TEXTS: Final = 1000
"""Texts that clients sent; the one used longest ago gives way, and its client sends it again."""
MAX_CHARS: Final = 4 << 20
"""Of these texts together."""
PREFIX: Final = "sha256:"


class PersistedDocuments:
    """The texts of this process. `given` are always there, by whatever names the operator gave them."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._given = dict(given or {})
        self._sent: OrderedDict[str, str] = OrderedDict()
        self._chars = 0

    def text(self, query: str, document_id: str | None, extensions: Mapping[str, Any] | None) -> str:
        """The text that a request means, and keeps it if it came with its hash.

        Raises `GraphQLError`: `PERSISTED_QUERY_NOT_FOUND`, upon which clients send the text, or `BAD_REQUEST`.
        """
        digest = _digest(document_id, extensions)
        if digest is None:
            return query
        if not query:
            return self._known(digest)
        if document_id is not None:
            raise _bad("Give either `query` or `documentId`.")
        if sha256(query.encode()).hexdigest() != digest:
            raise _bad("The hash of `extensions.persistedQuery` is not that of `query`.")
        self._keep(digest, query)
        return query

    def _known(self, digest: str) -> str:
        text = self._given.get(digest) or self._sent.get(digest)
        if text is None:
            # Clients look for this message, or for the code.
            raise GraphQLError("PersistedQueryNotFound", extensions={"code": "PERSISTED_QUERY_NOT_FOUND"})
        if digest in self._sent:
            self._sent.move_to_end(digest)
        return text

    def _keep(self, digest: str, text: str) -> None:
        if digest not in self._sent:
            self._chars += len(text)
        self._sent[digest] = text
        self._sent.move_to_end(digest)
        while len(self._sent) > MAX_TEXTS or self._chars > MAX_CHARS:
            _, dropped = self._sent.popitem(last=False)
            self._chars -= len(dropped)


def given_in(path: Path) -> dict[str, str]:
    """The texts in an operator's file: as Relay writes it, an object of ids and texts, or Apollo's manifest.

    Raises `ValueError` for any other file.
    """
    said = orjson.loads(path.read_bytes())
    if isinstance(said, dict) and isinstance(said.get("operations"), list):
        said = {one["id"]: one["body"] for one in said["operations"]}
    if not isinstance(said, dict) or not all(isinstance(text, str) for text in said.values()):
        raise ValueError(f"{path} holds no persisted documents: it must be an object of ids and texts.")
    return {name.removeprefix(PREFIX): text for name, text in said.items()}


def _digest(document_id: str | None, extensions: Mapping[str, Any] | None) -> str | None:
    if document_id is not None:
        return document_id.removeprefix(PREFIX)
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(digest, str) or persisted.get("version") != 1:
        raise _bad("`extensions.persistedQuery` must have `version` 1 and a `sha256Hash`.")
    return digest


def _bad(text: str) -> GraphQLError:
    return GraphQLError(text, extensions={"code": "BAD_REQUEST"})
