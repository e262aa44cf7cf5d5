"""What clients say over `spaces-audio.v1` beside sound: text frames of JSON, read strictly."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

Number = int | float | str | None
"""What a ping may carry, to be told from others by its pong."""


class Malformed(Exception):
    """A text frame that is no message of the protocol; the text says why."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first word of a client: what it is about to do. `speaks` None: whatever its address is good for."""

    speaks: bool | None
    hears: bool


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a pong."""

    number: Number


@dataclass(frozen=True, slots=True)
class Pong:
    """Answers the server's ping of that number."""

    number: Number


Message = Hello | Ping | Pong


def read(text: str) -> Message:
    """The message in a text frame; fields that it does not know are ignored. Raises `Malformed`."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Malformed("The message is not valid JSON") from None
    match message:
        case {"type": "hello"}:
            speaks, hears = message.get("speaks"), message.get("hears", True)
            if not isinstance(speaks, bool | None) or not isinstance(hears, bool):
                raise Malformed("The hello's speaks and hears are true or false")
            return Hello(speaks, hears)
        case {"type": "ping"}:
            return Ping(_number(message.get("number")))
        case {"type": "pong"}:
            return Pong(_number(message.get("number")))
    raise Malformed("The message's type is missing or unknown")


def _number(number: object) -> Number:
    if not isinstance(number, Number) or (isinstance(number, str) and len(number) > 64):
        raise Malformed("The message's number is not a number or short text")
    return number
