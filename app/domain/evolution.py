"""Evolution: the one place where a Space changes. `life`, `stage`, `attendance` and others decide what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import assert_never

from app.domain.events import (
    AudienceChanged,
    ClippingAllowedChanged,
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
from app.domain.recorded import RecordingFailure
from app.domain.roster import Role, Seat
from app.domain.spaces import Schedule, Space, SpaceState


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
