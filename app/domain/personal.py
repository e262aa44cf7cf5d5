"""Personal events: what is told to one person alone, whatever Space it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.roster import Invitation, InvitationState, Person, RequestOutcome, Role, SeatEnd, SpeakRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that concerns one person, at `at` (UTC)."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationReceived(Happened):
    """They are offered a seat."""

    space_id: str
    invitation: Invitation


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationClosed(Happened):
    """An offer that they had, or made, is closed."""

    space_id: str
    invitation_id: str
    state: InvitationState


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakRequestReceived(Happened):
    """Someone raised a hand in a Space that they moderate."""

    space_id: str
    request: SpeakRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakRequestClosed(Happened):
    """A hand of theirs, or one in a Space that they moderate, is down."""

    space_id: str
    request_id: str
    outcome: RequestOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChanged(Happened):
    """They have another role in a Space; `end`: why they lost their seat, where they did."""

    space_id: str
    role: Role
    end: SeatEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedFromSpace(Happened):
    """A moderator put them out of a Space."""

    space_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedSpeakerWarned(Happened):
    """Someone they block took the stage of a Space that they are in."""

    space_id: str
    speaker: Person


class ReminderKind(StrEnum):
    """How close a scheduled start is."""

    SOON = "SOON"
    NOW = "NOW"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDue(Happened):
    """A Space that they wanted to be reminded of starts soon, or now."""

    space_id: str
    kind: ReminderKind
    scheduled_start: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledSpaceMoved(Happened):
    """A Space that they wanted to be reminded of has another time."""

    space_id: str
    scheduled_start: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledSpaceCanceled(Happened):
    """A Space that they wanted to be reminded of will not take place."""

    space_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectMessageReceived(Happened):
    """Someone wrote to them."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectMessageSent(Happened):
    """On one of their devices they wrote to someone."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRead(Happened):
    """On one of their devices they read what someone wrote to them, up to a message."""

    other_id: str
    message_id: str


FromSpace = (
    InvitationReceived
    | InvitationClosed
    | SpeakRequestReceived
    | SpeakRequestClosed
    | RoleChanged
    | RemovedFromSpace
    | BlockedSpeakerWarned
    | ReminderDue
    | ScheduledSpaceMoved
    | ScheduledSpaceCanceled
)
PersonalEvent = FromSpace | DirectMessageReceived | DirectMessageSent | ConversationRead


@dataclass(frozen=True, slots=True)
class Delivery:
    """A personal event on its way. `key` names its cause: what is delivered twice is received once."""

    person_id: str
    key: str
    event: PersonalEvent


@dataclass(frozen=True, slots=True)
class Received:
    """A personal event with the version that the person's stream has since."""

    version: int
    event: PersonalEvent
