"""Spaces, as one viewer sees them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.domain import roster, schedules, spaces
from app.domain.actions import Action
from app.domain.voices import Voices
from app.services import audio
from resolvers.mapping.people import user
from resolvers.mapping.stage import STAGES, invitation, speak_request
from schema.audio import Audio
from schema.capabilities import Capability
from schema.context import SpaceLinks
from schema.spaces import EndReason, HostPresence, Limits, Space, SpaceState
from schema.stage import Role, SpeakPolicy


def space(
    space: spaces.Space,
    *,
    viewer_id: str | None,
    limits: roster.Limits,
    available_reactions: Collection[str],
    url: str,
    ics_url: str,
    now: datetime,
    voices: Voices,
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
        host_presence=HostPresence.PRESENT if _is_host_there(space) else HostPresence.ABSENT,
        host_absent_since=space.host_absent_since,
        recording_enabled=space.recording_enabled,
        recording_deleted_at=space.recording_deleted_at,
        is_recording=space.recording_enabled and space.state is spaces.SpaceState.LIVE and not space.is_failing,
        clipping_allowed=space.clipping_allowed,
        speak_policy=SpeakPolicy[space.speak_policy.name],
        limits=Limits(cohosts=limits.cohosts, speakers=limits.speakers, stage=limits.stage),
        available_reactions=list(available_reactions),
        scheduled_start=space.schedule.start if space.schedule else None,
        time_zone=space.schedule.time_zone if space.schedule else None,
        is_overdue=schedules.is_overdue(space, now),
        ics_url=ics_url if space.schedule else None,
        created_at=space.created_at,
        started_at=space.started_at,
        ended_at=space.ended_at,
        end_reason=EndReason[space.end_reason.name] if space.end_reason else None,
        stage=STAGES.show(space.stage, voices),
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


def _is_host_there(space: spaces.Space) -> bool:
    return space.host_absent_since is None and space.state is not spaces.SpaceState.SCHEDULED


def capabilities(actions: Collection[Action]) -> list[Capability]:
    """What a viewer may do, in the order of the schema."""
    return [one for one in Capability if Action[one.name] in actions]


def audio_of(addresses: audio.AudioAddresses) -> Audio:
    """A viewer's addresses of sound."""
    return Audio(
        hls_url=addresses.hls_url,
        whep_url=addresses.whep_url,
        whip_url=addresses.whip_url,
        socket_url=addresses.socket_url,
        expires_at=addresses.expires_at,
        hls_variants_url=addresses.variants_url,
    )
