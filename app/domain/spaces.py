"""Spaces: what one is, and the one place where its state changes. `life`, `stage` and `attendance` decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from app.domain import refusals
from app.domain.events import (
    AudienceChanged,
    ClippingAllowedChanged,
    EndReason,
    HostLeft,
    HostReturned,
    HostTransferred,
    InvitationClosed,
    InvitationSent,
    MicrophoneClosed,
    MicrophoneOpened,
    Numbered,
    PostShared,
    PostUnshared,
    RecordingDeleted,
    RecordingFailed,
    RecordingResumed,
    RecordingTrimmed,
    SeatGranted,
    SeatVacated,
    SettingsChanged,
    SpaceCanceled,
    SpaceDeleted,
    SpaceEnded,
    SpaceEvent,
    SpaceExpired,
    SpacePrepared,
    SpaceRenamed,
    SpaceRescheduled,
    SpaceStarted,
    SpeakPolicyChanged,
    SpeakRequestClosed,
    SpeakRequested,
)
from app.domain.posts import SharedPost
from app.domain.recorded import WHOLE, RecordingFailure, Trim
from app.domain.roster import Invitation, Person, Role, Seat, SpeakPolicy, SpeakRequest


class SpaceState(StrEnum):
    """Where a Space is in its life. Nobody sees a DELETED one: it is a tombstone that keeps its id taken."""

    SCHEDULED = "SCHEDULED"
    PREPARING = "PREPARING"
    LIVE = "LIVE"
    ENDED = "ENDED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    DELETED = "DELETED"


_OVER = {
    SpaceState.ENDED: refusals.SpaceEnded.message,
    SpaceState.CANCELED: "The Space was canceled; nothing in it can change any more.",
    SpaceState.EXPIRED: "The Space was not started in time and has expired; nothing in it can change any more.",
    SpaceState.DELETED: refusals.SpaceEnded.message,
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a Space is to start, by UTC and by the clock of whose time zone (an IANA name) its host chose it.

    `chosen_at`: since when the start is this one. `sequence` goes up with every change that a calendar shows, the
    last one at `changed_at`.
    """

    start: datetime
    time_zone: str
    chosen_at: datetime
    changed_at: datetime
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Space:
    """One Space: settings, state, the stage, raised hands and invitations. Listeners are not in it, only their number.

    `version` starts at 1 and goes up by one with every event, so that a state and the events after its version make
    the later state. `never_clipped`: clipping was off when it went live, and stays off. `empty_since`: when the last
    one in a live Space left, as far as it was told. While SCHEDULED nobody is in it, not even its host.
    """

    id: str
    version: int
    host: Person
    title: str
    topics: tuple[str, ...]
    language: str | None
    recording_enabled: bool
    clipping_allowed: bool
    speak_policy: SpeakPolicy
    state: SpaceState
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    host_absent_since: datetime | None = None
    stage: tuple[Seat, ...] = ()
    requests: tuple[SpeakRequest, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    listeners: int = 0
    anonymous: int = 0
    counted_at: datetime | None = None
    never_clipped: bool = False
    empty_since: datetime | None = None
    recording_deleted_at: datetime | None = None
    shared_posts: tuple[SharedPost, ...] = ()
    schedule: Schedule | None = None
    trim: Trim = WHOLE
    recording_failure: RecordingFailure | None = None

    def seat(self, person_id: str) -> Seat | None:
        """The person's seat on the stage, if they have one."""
        return next((seat for seat in self.stage if seat.person.id == person_id), None)

    def role(self, person_id: str) -> Role:
        """The person's role: the host's is for good; whoever has no seat is a LISTENER, in the Space or not."""
        if person_id == self.host.id:
            return Role.HOST
        seat = self.seat(person_id)
        return seat.role if seat else Role.LISTENER

    def count(self, role: Role) -> int:
        """Seats of a role that are taken."""
        return sum(seat.role is role for seat in self.stage)

    def invitation(self, person_id: str) -> Invitation | None:
        """The pending invitation of a person: nobody has more than one."""
        return next((one for one in self.invitations if one.person.id == person_id), None)

    def request(self, person_id: str) -> SpeakRequest | None:
        """The pending request of a person: nobody has more than one."""
        return next((one for one in self.requests if one.person.id == person_id), None)

    def shared_post(self, post_id: str) -> SharedPost | None:
        """The Post as it is shown in this Space, if it is."""
        return next((one for one in self.shared_posts if one.post_id == post_id), None)

    @property
    def is_over(self) -> bool:
        """Whether nothing will ever happen in the Space any more, but its deletion."""
        return self.state in _OVER

    @property
    def is_upcoming(self) -> bool:
        """Whether the Space is scheduled and has not started, its green room open or not."""
        return self.schedule is not None and self.state in (SpaceState.SCHEDULED, SpaceState.PREPARING)

    @property
    def keeps_recording(self) -> bool:
        """Whether what is heard in it is recorded, or was and has not been deleted since."""
        return self.recording_enabled and self.recording_deleted_at is None

    @property
    def is_failing(self) -> bool:
        """Whether sound that should be recorded is not being written, or was not when the Space ended."""
        return self.recording_failure is not None and self.recording_failure.resumed_at is None

    @property
    def is_empty(self) -> bool:
        """Whether, by what is told, nobody is in the live Space: a seat but the absent host's is somebody there."""
        seated = len(self.stage) - (self.host_absent_since is not None)
        return self.state is SpaceState.LIVE and not (seated or self.listeners or self.anonymous)

    def require_open(self) -> None:
        """Raises `SpaceEnded` where nothing may change any more."""
        if self.is_over:
            raise refusals.SpaceEnded(_OVER[self.state], field="spaceId")

    def require_live(self) -> None:
        """Raises `SpaceEnded` or `SpaceNotLive` unless the Space is live."""
        self.require_open()
        if self.state is not SpaceState.LIVE:
            raise refusals.SpaceNotLive(field="spaceId")


def evolve(space: Space, events: Iterable[SpaceEvent]) -> tuple[Space, list[Numbered]]:
    """The state after `events`, in order, and each event with the version it led to."""
    numbered = []
    for event in events:
        space = apply(space, event)
        numbered.append(Numbered(space.version, event))
    return space, numbered


def apply(space: Space, event: SpaceEvent) -> Space:
    """The state after `event`, one version later: the only place where a Space changes. Never refuses."""
    after = _revised(replace(_changed(space, event), version=space.version + 1), event)
    return replace(after, empty_since=(space.empty_since or event.at) if after.is_empty else None)


_SHOWN_BY_CALENDARS = (
    SpaceRescheduled,
    SpaceRenamed,
    SettingsChanged,
    HostTransferred,
    SpaceCanceled,
    SpaceExpired,
)


def _revised(space: Space, event: SpaceEvent) -> Space:
    if space.schedule is None or not isinstance(event, _SHOWN_BY_CALENDARS):
        return space
    schedule = replace(space.schedule, sequence=space.schedule.sequence + 1, changed_at=event.at)
    return replace(space, schedule=schedule)


def _changed(space: Space, event: SpaceEvent) -> Space:
    match event:
        case SpaceRescheduled():
            return _rescheduled(space, event)
        case SpacePrepared():
            seat = Seat(space.host, Role.HOST, muted=True, taken_at=event.at)
            return replace(space, state=SpaceState.PREPARING, stage=(seat,))
        case SpaceCanceled():
            return replace(_emptied(space), state=SpaceState.CANCELED)
        case SpaceExpired():
            return replace(_emptied(space), state=SpaceState.EXPIRED)
        case SpaceStarted():
            live = replace(space, state=SpaceState.LIVE, started_at=event.at)
            return replace(live, never_clipped=not space.clipping_allowed)
        case SpaceEnded():
            return replace(_emptied(space), state=SpaceState.ENDED, ended_at=event.at, end_reason=event.reason)
        case SpaceDeleted():
            gone = replace(_emptied(space), title="", topics=(), language=None, schedule=None, shared_posts=())
            return replace(gone, state=SpaceState.DELETED)
        case RecordingDeleted():
            return replace(space, recording_deleted_at=event.at)
        case RecordingTrimmed():
            return replace(space, trim=event.trim)
        case RecordingFailed():
            return replace(space, recording_failure=RecordingFailure(event.reason, event.at))
        case RecordingResumed():
            failure = space.recording_failure
            return replace(space, recording_failure=failure and replace(failure, resumed_at=event.at))
        case SpaceRenamed():
            return replace(space, title=event.title)
        case SettingsChanged(topics=topics, language=language, recording_enabled=recording):
            return replace(space, topics=topics, language=language, recording_enabled=recording)
        case SpeakPolicyChanged():
            return replace(space, speak_policy=event.policy)
        case ClippingAllowedChanged():
            return replace(space, clipping_allowed=event.allowed)
        case HostLeft():
            return replace(space, host_absent_since=event.at)
        case HostReturned():
            return replace(space, host_absent_since=None)
        case HostTransferred():
            return _handed_over(space, event)
        case SeatGranted():
            return _seated(space, event)
        case SeatVacated():
            return replace(space, stage=tuple(one for one in space.stage if one.person.id != event.person_id))
        case MicrophoneOpened():
            return _muted(space, event.person_id, muted=False)
        case MicrophoneClosed():
            return _muted(space, event.person_id, muted=True)
        case SpeakRequested():
            return replace(space, requests=(*space.requests, event.request))
        case SpeakRequestClosed():
            return replace(space, requests=tuple(one for one in space.requests if one.id != event.request_id))
        case InvitationSent():
            return replace(space, invitations=(*space.invitations, event.invitation))
        case InvitationClosed():
            left = tuple(one for one in space.invitations if one.id != event.invitation_id)
            return replace(space, invitations=left)
        case AudienceChanged():
            return replace(space, listeners=event.listeners, anonymous=event.anonymous, counted_at=event.at)
        case PostShared():
            return replace(space, shared_posts=(*space.shared_posts, event.shared))
        case PostUnshared():
            left_shared = tuple(one for one in space.shared_posts if one.post_id != event.post_id)
            return replace(space, shared_posts=left_shared)
        case _:
            assert_never(event)


def _emptied(space: Space) -> Space:
    return replace(space, stage=(), requests=(), invitations=(), listeners=0, anonymous=0)


def _rescheduled(space: Space, event: SpaceRescheduled) -> Space:
    known = space.schedule
    if known and known.start == event.start:
        return replace(space, schedule=replace(known, time_zone=event.time_zone))
    schedule = Schedule(event.start, event.time_zone, event.at, event.at, known.sequence if known else 0)
    return replace(space, schedule=schedule)


def _handed_over(space: Space, event: HostTransferred) -> Space:
    space = _reseated(space, event.former_host_id, lambda seat: replace(seat, role=Role.COHOST))
    space = _reseated(space, event.host.id, lambda seat: replace(seat, role=Role.HOST))
    return replace(space, host=event.host, host_absent_since=None)


def _seated(space: Space, event: SeatGranted) -> Space:
    if space.seat(event.person.id) is None:
        seat = Seat(event.person, event.role, muted=True, taken_at=event.at)
        return replace(space, stage=(*space.stage, seat))
    return _reseated(space, event.person.id, lambda seat: replace(seat, role=event.role))


def _muted(space: Space, person_id: str, *, muted: bool) -> Space:
    return _reseated(space, person_id, lambda seat: replace(seat, muted=muted))


def _reseated(space: Space, person_id: str, change: Callable[[Seat], Seat]) -> Space:
    return replace(space, stage=tuple(change(seat) if seat.person.id == person_id else seat for seat in space.stage))
