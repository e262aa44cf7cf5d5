"""What web and media process say to each other; `channel` carries it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from media.refusals import RefusalCode
from media.words import Word


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

    Whoever is on stage hears everyone else, whenever they are."""

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
class RecordingGoesOn:
    """A Space's sound is being written: told when that begins, and after each failure."""

    space_id: str


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
    | RecordingGoesOn
    | PartWritten
    | PhraseHeard
)
Message = Command | Answer | Event | Ready
