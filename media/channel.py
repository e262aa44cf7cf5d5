"""The control channel between web and media process: messages, as lines of JSON, over a connected stream."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any, Final, get_args, get_origin

import orjson

from media.control import Message, PhraseHeard, Refusal
from media.refusals import RefusalCode
from media.words import Word

MAX_LINE: Final = 256 * 1024
"""Bytes of one message: a session description of 64 KiB, escaped, fits."""


class ControlError(ValueError):
    """A line that is no message. `id` is the request's, where it could be read."""

    def __init__(self, text: str, id: int | None = None) -> None:
        super().__init__(text)
        self.id = id


_KINDS: Final[Mapping[str, type[Message]]] = {kind.__name__: kind for kind in get_args(Message)}


@dataclass(frozen=True, slots=True)
class Frame:
    """A message, and the request (chosen by the web process) that it is or answers; events have none."""

    message: Message
    id: int | None = None


def encode(frame: Frame) -> bytes:
    """One line, with its end. Raises `ControlError` where it would be longer than MAX_LINE."""
    kind = type(frame.message).__name__
    line = orjson.dumps({"id": frame.id, "kind": kind, "body": frame.message}, option=orjson.OPT_APPEND_NEWLINE)
    if len(line) > MAX_LINE:
        raise ControlError(f"{kind} is longer than {MAX_LINE} bytes", frame.id)
    return line


def decode(line: bytes) -> Frame:
    """The message of a line. Raises `ControlError` for anything that `encode` would not have written."""
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ControlError("not JSON") from error
    match content:
        case {"id": int() | None as id, "kind": str(name), "body": dict(body)} if not isinstance(id, bool):
            return Frame(_message(name, body, id), id)
    raise ControlError("no message: id, kind and body are needed")


def _message(name: str, body: dict[str, Any], id: int | None) -> Message:
    kind = _KINDS.get(name)
    if kind is None:
        raise ControlError(f"unknown kind {name!r}", id)
    wanted = {field.name: field.type for field in fields(kind)}
    if body.keys() != wanted.keys():
        raise ControlError(f"{name} has other fields than {sorted(wanted)}", id)
    for field, annotation in wanted.items():
        if not _fits(body[field], annotation):
            raise ControlError(f"{name}.{field} is not {annotation}", id)
    if kind is Refusal:
        body["code"] = RefusalCode(body["code"])
    if kind is PhraseHeard:
        body["words"] = [Word(**word) for word in body["words"]]
    return kind(**body)


def _are_fields(body: dict[str, Any], kind: Any) -> bool:
    wanted = {field.name: field.type for field in fields(kind)}
    return body.keys() == wanted.keys() and all(_fits(body[name], one) for name, one in wanted.items())


def _fits(value: object, annotation: Any) -> bool:
    if annotation is RefusalCode:
        return value in set(RefusalCode)
    if get_origin(annotation) is Mapping:
        inner = get_args(annotation)[1]
        return isinstance(value, dict) and all(_fits(one, inner) for one in value.values())
    if get_origin(annotation) is Sequence:
        inner = get_args(annotation)[0]
        return isinstance(value, list) and all(isinstance(one, dict) and _are_fields(one, inner) for one in value)
    if annotation is float:
        return type(value) in (float, int)
    return type(value) is annotation


class Channel:
    """One end of the control channel, over a connected stream. Sending never waits; one task receives."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, message: Message, id: int | None = None) -> None:
        """Sends in order of calls. To an end that is gone it does nothing; that is seen by `receive`."""
        if not self._writer.is_closing():
            self._writer.write(encode(Frame(message, id)))

    async def receive(self) -> Frame | None:
        """The next message; None when the other end is gone.

        Raises `ControlError` for a line that is none, after which the next may be received. Cancel-safe.
        """
        try:
            line = await self._reader.readline()
        except ValueError as error:
            raise ControlError(f"longer than {MAX_LINE} bytes") from error
        except ConnectionError:
            return None
        return decode(line) if line.endswith(b"\n") else None

    async def close(self) -> None:
        """Closes this end, after what was sent; the other end receives None."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()
