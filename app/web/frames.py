"""Frames: what is sent to many at once, as websocket frames that are put together once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

TEXT = 0x81
"""A text frame that is a whole message (RFC 6455, 5.2)."""
SHORT, MEDIUM = 126, 65536
"""Below the first a length is one byte, below the second three, else nine."""
PING, PONG = 0x89, 0x8A
MASKED = 0x80
"""In the second byte of all that clients send."""


def header(length: int) -> bytes:
    """Of an unmasked text frame with so many bytes, which is what servers send."""
    if length < SHORT:
        return bytes((TEXT, length))
    if length < MEDIUM:
        return bytes((TEXT, 126)) + length.to_bytes(2)
    return bytes((TEXT, 127)) + length.to_bytes(8)


class Frame(NamedTuple):
    """What a client sent: its first byte, what is in it, and where the next frame begins."""

    kind: int
    content: bytes
    end: int


def whole(data: bytes, start: int) -> Frame | None:
    """The frame at `start`, if all of it is there and it is one of the short and the medium ones, masked."""
    if len(data) < start + 6 or data[start + 1] < MASKED:
        return None
    length, at = data[start + 1] - MASKED, start + 2
    if length == SHORT:
        length, at = int.from_bytes(data[at : at + 2]), at + 2
        if length < SHORT:
            return None
    elif length > SHORT:
        return None
    end = at + 4 + length
    if len(data) < end:
        return None
    return Frame(data[start], apply_mask(data[at + 4 : end], data[at : at + 4]), end)


ENDING = b"}"
"""Follows the payload of a `next`."""


def opening(operation_id: bytes) -> bytes:
    """The beginning of every `next` of an operation, of whose id this is the JSON; its payload follows."""
    return b'{"id":%b,"type":"next","payload":' % operation_id


class Batch:
    """Some messages in order, all but their openings: payloads, each with its `ENDING`."""

    def __init__(self, endings: Sequence[bytes]) -> None:
        self.endings = endings
        self._headers: dict[int, list[bytes]] = {}

    def frames(self, opening: bytes) -> bytes:
        """All of them for one client."""
        headers = self._headers.get(len(opening))
        if headers is None:
            headers = [header(len(opening) + len(ending)) for ending in self.endings]
            self._headers[len(opening)] = headers
        if len(headers) == 1:
            return b"".join((headers[0], opening, self.endings[0]))
        parts: list[bytes] = []
        for head, ending in zip(headers, self.endings, strict=True):
            parts += (head, opening, ending)
        return b"".join(parts)

    def messages(self, opening: bytes) -> list[str]:
        """The same as texts, for servers that make the frames themselves."""
        return [(opening + ending).decode() for ending in self.endings]
