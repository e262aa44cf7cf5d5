"""Everything that can happen in a Space, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.posts import Post, SharedPost
from app.domain.recorded import Trim
from app.domain.roster import (
    Invitation,
    InvitationState,
    Person,
    RequestOutcome,
    Role,
    SeatEnd,
    SpeakPolicy,
    SpeakRequest,
)


class EndReason(StrEnum):
    """Why a Space ended."""

    HOST = "HOST"
    EMPTY = "EMPTY"
    OPERATOR = "OPERATOR"


class DeletionReason(StrEnum):
    """Why a recording is gone."""

    HOST = "HOST"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a Space at `at` (UTC)."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRescheduled(Event):
    """A scheduled Space has another start, or its start is said in another time zone."""

    start: datetime
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacePrepared(Event):
    """A scheduled Space opened to its host, who is in it, and to those it invites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceCanceled(Event):
    """The host called the Space off before its start; invitations are gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceExpired(Event):
    """The Space was not started in time and never will be; invitations are gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceStarted(Event):
    """The host went live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceEnded(Event):
    """The Space is over for good; stage, requests and invitations are gone."""

    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceDeleted(Event):
    """The Space is gone; what is left keeps its id from being given again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingDeleted(Event):
    """The recording of an ended Space is gone; clips, with sound of their own, are not."""

    reason: DeletionReason = DeletionReason.HOST


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingTrimmed(Event):
    """So much of the recording is heard from now on; the rest is kept."""

    trim: Trim


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFailed(Event):
    """The sound cannot be written at present; `reason` is a sentence. The Space goes on."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingResumed(Event):
    """The sound is being written again, after a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRenamed(Event):
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChanged(Event):
    """What is fixed from the start on, as it is since."""

    topics: tuple[str, ...]
    language: str | None
    recording_enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakPolicyChanged(Event):
    policy: SpeakPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ClippingAllowedChanged(Event):
    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLeft(Event):
    """The host is absent; the seat stays theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReturned(Event):
    """The host is back in their seat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTransferred(Event):
    """A co-host is the host, present, and the former host a co-host in their own seat."""

    host: Person
    former_host_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatGranted(Event):
    """A person took a seat, muted; someone seated before keeps their microphone's state and changes role."""

    person: Person
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatVacated(Event):
    person_id: str
    end: SeatEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneOpened(Event):
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneClosed(Event):
    """A microphone was closed, `by` its owner or a moderator."""

    person_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakRequested(Event):
    request: SpeakRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakRequestClosed(Event):
    request_id: str
    outcome: RequestOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationSent(Event):
    invitation: Invitation


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationClosed(Event):
    invitation_id: str
    state: InvitationState


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceChanged(Event):
    """How many listen: people with an account, and anonymous ones. At most 2 a second in a Space."""

    listeners: int
    anonymous: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostShared(Event):
    """A Post is shown to all. It is told as it is, so that no listener has to look it up; the Space keeps its id."""

    post: Post
    shared: SharedPost


@dataclass(frozen=True, slots=True, kw_only=True)
class PostUnshared(Event):
    """A Post is shown no longer: taken down, or deleted."""

    post_id: str


SpaceEvent = (
    SpaceRescheduled
    | SpacePrepared
    | SpaceCanceled
    | SpaceExpired
    | SpaceStarted
    | SpaceEnded
    | SpaceDeleted
    | RecordingDeleted
    | RecordingTrimmed
    | RecordingFailed
    | RecordingResumed
    | SpaceRenamed
    | SettingsChanged
    | SpeakPolicyChanged
    | ClippingAllowedChanged
    | HostLeft
    | HostReturned
    | HostTransferred
    | SeatGranted
    | SeatVacated
    | MicrophoneOpened
    | MicrophoneClosed
    | SpeakRequested
    | SpeakRequestClosed
    | InvitationSent
    | InvitationClosed
    | AudienceChanged
    | PostShared
    | PostUnshared
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with the version its Space has since."""

    version: int
    event: SpaceEvent
