"""What server processes tell each other about a Space."""

import logging
from dataclasses import dataclass
from typing import Final

import orjson

from app.domain.events import Numbered
from app.domain.reactions import ReactionTally
from app.domain.transcripts import Phrase
from app.domain.voices import Voices
from app.services.plain import Plain

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """Events in order of their versions, a batch of reactions, phrases, or who speaks now."""

    events: tuple[Numbered, ...] = ()
    reactions: tuple[ReactionTally, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    voices: Voices | None = None


_MESSAGES: Final = Plain(Message)


def encode(message: Message) -> bytes:
    """JSON in UTF-8."""
    return orjson.dumps(_MESSAGES.encode(message))


def decode(data: bytes) -> Message | None:
    """The message, or None for what a process of another version may have sent: to be healed like a lost one."""
    try:
        return _MESSAGES.decode(orjson.loads(data))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.warning("a message of %d bytes cannot be read: %r", len(data), error)
        return None
