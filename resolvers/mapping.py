"""Mapping: the one translation of the domain into the schema."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import assert_never

import strawberry
from strawberry.relay import GlobalID

from app.domain import clips, events, moderation, reactions, roster, spaces
from app.domain.people import Account
from app.domain.permissions import Action
from app.domain.refusals import Refusal
from app.services import audio
from schema.capabilities import Capability
from schema.clips import Clip
from schema.context import SpaceLinks
from schema.errors import ErrorCode, UserError
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
    SeatGranted,
    SeatVacated,
    SettingsChanged,
    SpaceDeleted,
    SpaceEnded,
    SpaceEvent,
    SpaceRenamed,
    SpaceSnapshot,
    SpaceStarted,
    SpeakPolicyChanged,
    SpeakRequestsChanged,
)
from schema.moderation import ModerationAction, ModerationEntry
from schema.people import Profile, User
from schema.reactions import ReactionCount, ReactionTally
from schema.spaces import Audio, EndReason, HostPresence, Limits, Space, SpaceState
from schema.stage import Invitation, InvitationRole, Participant, Role, SeatEnd, SpeakPolicy, SpeakRequest


def user_error(refusal: Refusal) -> UserError:
    """A refusal as payloads carry it."""
    return UserError(
        code=ErrorCode[refusal.code],
        message=refusal.text,
        field=refusal.field,
        limit=refusal.limit,
        current=refusal.current,
    )


def user(person: roster.Person) -> User:
    """A user as a Space knows them."""
    return User(key=person.id, handle=person.handle, display_name=person.display_name)


def user_of(account: Account) -> User:
    """A user with their profile."""
    return User(
        key=account.id, handle=account.handle, display_name=account.display_name, known_profile=profile(account)
    )


def profile(account: Account) -> Profile:
    """What only the account knows."""
    return Profile(
        bio=account.bio,
        created_at=account.created_at,
        follower_count=account.follower_count,
        following_count=account.following_count,
    )


def _user_id(person_id: str) -> GlobalID:
    return GlobalID(type_name=User.__name__, node_id=person_id)


def space(
    space: spaces.Space,
    *,
    viewer_id: str | None,
    limits: roster.Limits,
    available_reactions: Collection[str],
    url: str,
    links: SpaceLinks,
) -> Space:
    """A Space as one viewer sees it."""
    own_invitation = space.invitation(viewer_id) if viewer_id else None
    own_request = space.request(viewer_id) if viewer_id else None
    return Space(
        key=space.id,
        version=space.version,
        title=space.title,
        topics=list(space.topics),
        language=space.language,
        state=SpaceState[space.state.name],
        url=url,
        host=user(space.host),
        host_presence=HostPresence.ABSENT if space.host_absent_since else HostPresence.PRESENT,
        host_absent_since=space.host_absent_since,
        recording_enabled=space.recording_enabled,
        is_recording=space.recording_enabled and space.state is spaces.SpaceState.LIVE,
        clipping_allowed=space.clipping_allowed,
        speak_policy=SpeakPolicy[space.speak_policy.name],
        limits=Limits(cohosts=limits.cohosts, speakers=limits.speakers, stage=limits.stage),
        available_reactions=list(available_reactions),
        created_at=space.created_at,
        started_at=space.started_at,
        ended_at=space.ended_at,
        end_reason=EndReason[space.end_reason.name] if space.end_reason else None,
        stage=[participant(seat) for seat in space.stage],
        listener_count=space.listeners,
        anonymous_listener_count=space.anonymous,
        participant_count=len(space.stage) + space.listeners + space.anonymous,
        speak_request_count=len(space.requests),
        invitation_count=len(space.invitations),
        viewer_role=Role[(space.role(viewer_id) if viewer_id else roster.Role.LISTENER).name],
        viewer_invitation=invitation(space, own_invitation) if own_invitation else None,
        viewer_speak_request=speak_request(space, own_request) if own_request else None,
        links=links,
    )


def capabilities(actions: Collection[Action]) -> list[Capability]:
    """What a viewer may do, in the order of the schema."""
    return [one for one in Capability if Action[one.name] in actions]


def participant(seat: roster.Seat) -> Participant:
    """A seat with who is in it."""
    return Participant(user=user(seat.person), role=Role[seat.role.name], is_muted=seat.muted, seated_at=seat.taken_at)


def speak_request(space: spaces.Space, request: roster.SpeakRequest) -> SpeakRequest:
    """A request of this Space, with its place in the queue."""
    return SpeakRequest(
        id=strawberry.ID(request.id),
        user=user(request.person),
        asked_at=request.asked_at,
        position=space.requests.index(request) + 1,
    )


def invitation(space: spaces.Space, invitation: roster.Invitation) -> Invitation:
    """An invitation to this Space's stage."""
    return Invitation(
        id=strawberry.ID(invitation.id),
        user=user(invitation.person),
        role=InvitationRole[invitation.role.name],
        sent_at=invitation.sent_at,
        space_key=space.id,
        invited_by_key=invitation.invited_by,
    )


def moderation_entry(entry: moderation.LogEntry) -> ModerationEntry:
    """An entry of a moderation log."""
    return ModerationEntry(
        actor=user(entry.actor),
        target=user(entry.target),
        action=ModerationAction[entry.measure.name],
        reason=entry.reason,
        at=entry.at,
        version=entry.version,
    )


def clip(clip: clips.Clip, *, signed_url: Callable[[], str]) -> Clip:
    """A clip; its address is signed when it is asked for."""
    return Clip(
        key=clip.id,
        start_offset_ms=clip.start_offset_ms,
        duration_ms=clip.duration_ms,
        sample_count=clip.samples,
        waveform=list(clip.waveform),
        created_at=clip.created_at,
        creator_key=clip.creator_id,
        space_key=clip.space_id,
        signed_url=signed_url,
    )


def audio_of(addresses: audio.AudioAddresses) -> Audio:
    """A viewer's addresses of sound."""
    return Audio(hls_url=addresses.hls_url, whip_url=addresses.whip_url, expires_at=addresses.expires_at)


def reaction_counts(counts: Mapping[str, int], available: Iterable[str]) -> list[ReactionCount]:
    """The reactions sent so far; those that are not available any more come last."""
    ordered = dict.fromkeys((*available, *counts))
    return [ReactionCount(emoji=emoji, count=counts[emoji]) for emoji in ordered if emoji in counts]


def reaction_tally(tally: reactions.ReactionTally) -> ReactionTally:
    """One emoji of a batch."""
    return ReactionTally(emoji=tally.emoji, count=tally.count, senders=[user(one) for one in tally.people])


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
        case events.SpaceStarted():
            return SpaceStarted(version=version, at=at)
        case events.SpaceEnded(reason=reason):
            return SpaceEnded(version=version, at=at, end_reason=EndReason[reason.name])
        case events.SpaceDeleted():
            return SpaceDeleted(version=version, at=at)
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
            return HostTransferred(
                version=version, at=at, host_id=_user_id(host.id), former_host_id=_user_id(former_id)
            )
        case events.SeatGranted():
            return SeatGranted(version=version, at=at, participant=participant(_seat(happened, space)))
        case events.SeatVacated(person_id=person_id, end=end):
            return SeatVacated(version=version, at=at, user_id=_user_id(person_id), reason=SeatEnd[end.name])
        case events.MicrophoneOpened(person_id=person_id):
            return MicrophoneOpened(version=version, at=at, user_id=_user_id(person_id))
        case events.MicrophoneClosed(person_id=person_id, by=by):
            return MicrophoneClosed(version=version, at=at, user_id=_user_id(person_id), closed_by_id=_user_id(by))
        case events.SpeakRequested() | events.SpeakRequestClosed():
            return SpeakRequestsChanged(version=version, at=at, pending_count=len(space.requests))
        case events.InvitationSent() | events.InvitationClosed():
            return InvitationsChanged(version=version, at=at, pending_count=len(space.invitations))
        case events.AudienceChanged(listeners=listeners, anonymous=anonymous):
            return AudienceChanged(version=version, at=at, listener_count=listeners, anonymous_listener_count=anonymous)
        case _:
            assert_never(happened)


def _seat(granted: events.SeatGranted, space: spaces.Space) -> roster.Seat:
    known = space.seat(granted.person.id)
    return known or roster.Seat(granted.person, granted.role, muted=True, taken_at=granted.at)
