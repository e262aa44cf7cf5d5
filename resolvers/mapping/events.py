"""Events, as `spaceEvents` streams them."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from app.domain import events, roster, spaces
from resolvers.mapping.people import user_id
from resolvers.mapping.posts import post_id as post_global_id
from resolvers.mapping.posts import shared_post
from resolvers.mapping.stage import participant
from schema.events import (
    AudienceChanged,
    ClippingAllowedChanged,
    Heartbeat,
    HostLeft,
    HostReturned,
    HostTransferred,
    InvitationsChanged,
    MicrophoneClosed,
    MicrophoneOpened,
    PostShared,
    PostUnshared,
    RecordingDeleted,
    RecordingEnd,
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
    SpaceSnapshot,
    SpaceStarted,
    SpeakPolicyChanged,
    SpeakRequestsChanged,
)
from schema.spaces import EndReason, Space
from schema.stage import SeatEnd, SpeakPolicy


def snapshot(space: Space, at: datetime) -> SpaceSnapshot:
    """The state a stream starts from."""
    return SpaceSnapshot(version=space.version, at=at, space=space, resumed=False)


def heartbeat(version: int, at: datetime) -> Heartbeat:
    """A sign of life."""
    return Heartbeat(version=version, at=at)


def event(numbered: events.Numbered, space: spaces.Space) -> SpaceEvent:
    """An event, with what it alone does not say taken from the Space after it (or after a later one)."""
    version, happened = numbered.version, numbered.event
    at = happened.at
    match happened:
        case events.SpaceRescheduled(start=start, time_zone=time_zone):
            return SpaceRescheduled(version=version, at=at, scheduled_start=start, time_zone=time_zone)
        case events.SpacePrepared():
            return SpacePrepared(version=version, at=at, participant=participant(_host_seat(happened, space)))
        case events.SpaceCanceled():
            return SpaceCanceled(version=version, at=at)
        case events.SpaceExpired():
            return SpaceExpired(version=version, at=at)
        case events.SpaceStarted():
            return SpaceStarted(version=version, at=at)
        case events.SpaceEnded(reason=reason):
            return SpaceEnded(version=version, at=at, end_reason=EndReason[reason.name])
        case events.SpaceDeleted():
            return SpaceDeleted(version=version, at=at)
        case events.RecordingDeleted():
            return RecordingDeleted(version=version, at=at, reason=RecordingEnd[happened.reason.name])
        case events.RecordingTrimmed(trim=trim):
            return RecordingTrimmed(
                version=version, at=at, start_offset_ms=trim.start_ms or None, end_offset_ms=trim.end_ms
            )
        case events.RecordingFailed(reason=failure):
            return RecordingFailed(version=version, at=at, reason=failure)
        case events.RecordingResumed():
            return RecordingResumed(version=version, at=at)
        case events.SpaceRenamed(title=title):
            return SpaceRenamed(version=version, at=at, title=title)
        case events.SettingsChanged(topics=topics, language=language, recording_enabled=recording):
            return SettingsChanged(
                version=version, at=at, topics=list(topics), language=language, recording_enabled=recording
            )
        case events.SpeakPolicyChanged(policy=policy):
            return SpeakPolicyChanged(version=version, at=at, speak_policy=SpeakPolicy[policy.name])
        case events.ClippingAllowedChanged(allowed=allowed):
            return ClippingAllowedChanged(version=version, at=at, clipping_allowed=allowed)
        case events.HostLeft():
            return HostLeft(version=version, at=at)
        case events.HostReturned():
            return HostReturned(version=version, at=at)
        case events.HostTransferred(host=host, former_host_id=former_id):
            return HostTransferred(version=version, at=at, host_id=user_id(host.id), former_host_id=user_id(former_id))
        case events.SeatGranted():
            return SeatGranted(version=version, at=at, participant=participant(_seat(happened, space)))
        case events.SeatVacated(person_id=person_id, end=end):
            return SeatVacated(version=version, at=at, user_id=user_id(person_id), reason=SeatEnd[end.name])
        case events.MicrophoneOpened(person_id=person_id):
            return MicrophoneOpened(version=version, at=at, user_id=user_id(person_id))
        case events.MicrophoneClosed(person_id=person_id, by=by):
            return MicrophoneClosed(version=version, at=at, user_id=user_id(person_id), closed_by_id=user_id(by))
        case events.SpeakRequested() | events.SpeakRequestClosed():
            return SpeakRequestsChanged(version=version, at=at, pending_count=len(space.requests))
        case events.InvitationSent() | events.InvitationClosed():
            return InvitationsChanged(version=version, at=at, pending_count=len(space.invitations))
        case events.AudienceChanged(listeners=listeners, anonymous=anonymous):
            return AudienceChanged(version=version, at=at, listener_count=listeners, anonymous_listener_count=anonymous)
        case events.PostShared(post=post, shared=shared):
            return PostShared(version=version, at=at, shared_post=shared_post(shared, post))
        case events.PostUnshared(post_id=post_id):
            return PostUnshared(version=version, at=at, post_id=post_global_id(post_id))
        case _:
            assert_never(happened)


def _host_seat(prepared: events.SpacePrepared, space: spaces.Space) -> roster.Seat:
    known = space.seat(space.host.id)
    return known or roster.Seat(space.host, roster.Role.HOST, muted=True, taken_at=prepared.at)


def _seat(granted: events.SeatGranted, space: spaces.Space) -> roster.Seat:
    known = space.seat(granted.person.id)
    return known or roster.Seat(granted.person, granted.role, muted=True, taken_at=granted.at)
