"""What the media process refuses, and why: one exception that travels over the control channel."""

from enum import StrEnum


class RefusalCode(StrEnum):
    """The reasons, as they are named on the control channel."""

    MALFORMED = "malformed"
    """The session description or candidate cannot be read."""
    NOT_ACCEPTABLE = "not_acceptable"
    """It can be read, but offers something other than one stream of Opus over secure RTP, in the right direction."""
    NOT_ON_AIR = "not_on_air"
    """The Space is not on air here."""
    NOT_ON_STAGE = "not_on_stage"
    """The person has no seat on this Space's stage."""
    UNKNOWN_SESSION = "unknown_session"
    """No such session, or no longer."""
    TOO_LARGE = "too_large"
    """A frame of sound is longer than any needs to be."""
    TOO_FAST = "too_fast"
    """A client sends more sound than there is time."""
    FAILED = "failed"
    """A fault of the server's own; its log has the details."""


class Refused(Exception):
    """A command that is not carried out. `message` is one line for a person, naming the rule."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
