"""The control channel between web and media process: its messages, and their form as lines of JSON."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any, Final, get_args, get_origin

import orjson

from media.refusals import RefusalCode

MAX_LINE: Final = 256 * 1024
"""Bytes of one message: a session description of 64 KiB, escaped, fits."""


class ControlError(ValueError):
    """A line that is no message. `id` is the request's, where it could be read."""

    def __init__(self, text: str, id: int | None = None) -> None:
        super().__init__(text)
        self.id = id


@dataclass(frozen=True, slots=True)
class Open:
    """Puts a Space on air with a new take in `folder`; `keep`: it is recorded. On air already: no change."""

    space_id: str
    folder: str
    keep: bool


@dataclass(frozen=True, slots=True)
class SetStage:
    """The whole stage: who may be heard, and whose microphone is open. One of an older version changes nothing."""

    space_id: str
    version: int
    microphones: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Close:
    """Takes a Space off air and finalises its take; one that is not on air is no error."""

    space_id: str


@dataclass(frozen=True, slots=True)
class OfferMicrophone:
    """A WHIP offer of someone on stage; answered with `Answered`."""

    space_id: str
    person_id: str
    sdp: str


@dataclass(frozen=True, slots=True)
class OfferListener:
    """A WHEP offer of someone (empty: without an account) who may listen; answered with `Answered`.

    Whoever is on stage hears everyone else, whenever they are; others count against the process's limit."""

    space_id: str
    person_id: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Trickle:
    """More ICE candidates of a session."""

    space_id: str
    session_id: str
    fragment: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Ends a session; one that is gone is no error."""

    space_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class SetOpus:
    """Whether there is an Opus rendition of the Space's sound; none at first. Of one that is not on air, no error."""

    space_id: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class GetStats:
    """Asks for `Stats`."""


@dataclass(frozen=True, slots=True)
class Done:
    """The command is obeyed: by the mixer, too."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to an offer."""

    session_id: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures by name, counted from its start, of each Space (`space id`) and microphone (`space id/person id`)."""

    figures: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The command was not carried out, and nothing was changed by it."""

    code: RefusalCode
    message: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The process takes commands."""


@dataclass(frozen=True, slots=True)
class MicrophoneConnected:
    """A person's microphone is connected: what it sends is heard, if it is open."""

    space_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class MicrophoneDisconnected:
    """A person's microphone is gone: hung up, cut off or lost."""

    space_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A session of a microphone, or of a listener, was made; told before its offer is answered."""

    space_id: str
    person_id: str
    session_id: str
    listens: bool


@dataclass(frozen=True, slots=True)
class SessionOver:
    """A session is over: hung up, cut off or lost."""

    session_id: str


@dataclass(frozen=True, slots=True)
class VoicesChanged:
    """Everyone who is not silent: whether they speak, and their level from 0 to 1 (`media.voices.Voice`)."""

    space_id: str
    speaking: Mapping[str, bool]
    levels: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RecordingFailed:
    """A Space's sound is not being written: listeners wait until it is again, which is tried by itself."""

    space_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class PartWritten:
    """Listeners can load a new part of the Space's sound in this format (`media.formats`)."""

    space_id: str
    format: str


Command = Open | SetStage | Close | OfferMicrophone | OfferListener | Trickle | HangUp | GetStats | SetOpus
Answer = Done | Answered | Stats | Refusal
Event = (
    MicrophoneConnected
    | MicrophoneDisconnected
    | SessionOpened
    | SessionOver
    | VoicesChanged
    | RecordingFailed
    | PartWritten
)
Message = Command | Answer | Event | Ready

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
    return kind(**body)


def _fits(value: object, annotation: Any) -> bool:
    if annotation is RefusalCode:
        return value in set(RefusalCode)
    if get_origin(annotation) is Mapping:
        inner = get_args(annotation)[1]
        return isinstance(value, dict) and all(_fits(one, inner) for one in value.values())
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
