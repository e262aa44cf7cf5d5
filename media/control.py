"""What web and media process say to each other, and its form as lines of JSON; `channel` carries it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, get_args, get_origin

import orjson

from media.refusals import RefusalCode
from media.words import Word

MAX_LINE: Final = 256 * 1024
"""Bytes of one message: a session description of 64 KiB, escaped, fits."""


class ControlError(ValueError):
    """A line that is no message. `id` is the request's, where it could be read."""

    def __init__(self, text: str, id: int | None = None) -> None:
        super().__init__(text)
        self.id = id


@dataclass(frozen=True, slots=True)
class Open:
    """Puts a Space on air with a new take in `folder`; `keep`: it is recorded. On air already: no change.

    `language` is what is spoken there, a tag of BCP 47; "" where nobody said it.
    """

    space_id: str
    folder: str
    keep: bool
    language: str = ""


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
class JoinMicrophone:
    """Someone on stage sends a microphone on a line of the link (`media.link`); answered with `Joined`."""

    space_id: str
    person_id: str
    line: int


@dataclass(frozen=True, slots=True)
class JoinListener:
    """Someone who may listen hears on a line of the link, by the rules of `OfferListener`; answered with `Joined`."""

    space_id: str
    person_id: str
    line: int


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
class Joined:
    """The session of a line, which is connected."""

    session_id: str


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures by name, counted from its start, of each Space (`space id`) and microphone (`space id/person id`).

    Where there are captions, `captions` are of what puts them into words.
    """

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


@dataclass(frozen=True, slots=True)
class PhraseHeard:
    """What a person said, in words with their times in ms on the recording's clock, which had come to `heard_at_ms`."""

    space_id: str
    person_id: str
    language: str
    heard_at_ms: int
    words: Sequence[Word]


Command = (
    Open
    | SetStage
    | Close
    | OfferMicrophone
    | OfferListener
    | JoinMicrophone
    | JoinListener
    | Trickle
    | HangUp
    | GetStats
    | SetOpus
)
Answer = Done | Answered | Joined | Stats | Refusal
Event = (
    MicrophoneConnected
    | MicrophoneDisconnected
    | SessionOpened
    | SessionOver
    | VoicesChanged
    | RecordingFailed
    | PartWritten
    | PhraseHeard
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
