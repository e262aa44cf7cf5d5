"""Upgrades: the opening handshake of a websocket (RFC 6455, 4.2), where the request is as clients send it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Final

Headers = Sequence[tuple[bytes, bytes]]

GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY: Final = re.compile(rb"[A-Za-z0-9+/]{22}==")
"""16 bytes in base64."""
OPTIONS: Final = re.compile(rb"[a-zA-Z-]+(, *[a-zA-Z-]+)*")
"""What clients write as Connection."""
MAX_HEADERS: Final = 64
MAX_HEAD: Final = 8192
"""Bytes of all values together."""
JUDGED: Final = frozenset((b"content-length", b"transfer-encoding", b"expect"))
"""Headers that a websocket's request has no use for: what becomes of them is not decided here."""
ONCE: Final = frozenset((b"connection", b"upgrade", b"sec-websocket-key", b"sec-websocket-version", b"origin"))


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A request that is granted by `accept`; `url` is as it was sent, names of headers are in lower case."""

    url: bytes
    headers: Headers
    accept: bytes

    @property
    def subprotocols(self) -> list[str]:
        """What the client offers to speak, in its order."""
        offered = [value.decode("latin-1") for name, value in self.headers if name == b"sec-websocket-protocol"]
        return [one.strip() for value in offered for one in value.split(",")]


def granted(method: str, version: str, url: bytes, headers: Headers) -> Upgrade | None:
    """The upgrade, of a request that asks for one. None where anything is unusual or wrong: let a library answer it."""
    if method != "GET" or version != "1.1" or not url.startswith(b"/") or not url.isascii():
        return None
    if len(headers) > MAX_HEADERS or sum(len(value) for _, value in headers) + len(url) > MAX_HEAD:
        return None
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in JUDGED or (name in ONCE and name in found):
            return None
        found[name] = value
    connection, key = found.get(b"connection", b"").lower(), found.get(b"sec-websocket-key", b"")
    if found.get(b"upgrade", b"").lower() != b"websocket" or not OPTIONS.fullmatch(connection):
        return None
    if b"upgrade" not in connection.replace(b" ", b"").split(b","):
        return None
    if found.get(b"sec-websocket-version") != b"13" or not KEY.fullmatch(key):
        return None
    return Upgrade(url, headers, b64encode(sha1(key + GUID, usedforsecurity=False).digest()))


def response(accept: bytes, subprotocol: str | None, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """What grants it: from here on the connection is a websocket."""
    lines = [
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ",
        accept,
        b"\r\n",
    ]
    for name, value in headers:
        lines += (name, b": ", value, b"\r\n")
    if subprotocol:
        lines += (b"sec-websocket-protocol: ", subprotocol.encode("latin-1"), b"\r\n")
    lines.append(b"\r\n")
    return b"".join(lines)
