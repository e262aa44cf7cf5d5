"""Who stands where in a Space: roles, seats, raised hands and invitations, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may do in a Space; everyone without a seat is a listener."""

    HOST = "HOST"
    COHOST = "COHOST"
    SPEAKER = "SPEAKER"
    LISTENER = "LISTENER"


class SpeakPolicy(StrEnum):
    """Who may ask for a seat; the later, the fewer."""

    EVERYONE = "EVERYONE"
    FOLLOWED_BY_HOST = "FOLLOWED_BY_HOST"
    INVITED_ONLY = "INVITED_ONLY"

    def tightens(self, before: SpeakPolicy) -> bool:
        """Whether fewer may ask than under the policy before."""
        order = list(SpeakPolicy)
        return order.index(self) > order.index(before)


class RequestOutcome(StrEnum):
    """How a request to speak ended."""

    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


class InvitationState(StrEnum):
    """Where an invitation to the stage stands; all but PENDING are final."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class SeatEnd(StrEnum):
    """Why a seat on the stage became free."""

    LEFT = "LEFT"
    REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a Space shows them: the names they had when they took their place in it."""

    id: str
    handle: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One place on the stage; `muted` is what the server enforces, not what a client says of itself."""

    person: Person
    role: Role
    muted: bool
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class SpeakRequest:
    """A listener's raised hand."""

    id: str
    person: Person
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A pending offer of a seat; it persists until it is answered or revoked, or the Space ends."""

    id: str
    person: Person
    role: Role
    invited_by: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """How many seats of each kind a Space has, besides the host's one."""

    cohosts: int = 2
    speakers: int = 10

    @property
    def stage(self) -> int:
        """Everyone on stage at once: host, co-hosts and speakers."""
        return 1 + self.cohosts + self.speakers

    def seats(self, role: Role) -> int:
        """Seats of a role that is given away (COHOST or SPEAKER)."""
        return self.cohosts if role is Role.COHOST else self.speakers
