"""Personal events, as `viewerEvents` streams them."""

from __future__ import annotations

from typing import assert_never

import strawberry

from app.domain import personal
from resolvers.mapping.people import user
from resolvers.mapping.stage import invitation_of
from schema.personal import (
    BlockedSpeakerWarning,
    ConversationRead,
    DirectMessageReceived,
    DirectMessageSent,
    InvitationClosed,
    InvitationReceived,
    InvitationState,
    ReminderDue,
    ReminderKind,
    RemovedFromSpace,
    RequestOutcome,
    RoleChanged,
    ScheduledSpaceCanceled,
    ScheduledSpaceMoved,
    SpeakRequestClosed,
    SpeakRequestReceived,
    ViewerEvent,
)
from schema.stage import Role, SeatEnd


def personal_event(received: personal.Received) -> ViewerEvent:
    """An event of a person's stream."""
    version, happened = received.version, received.event
    at = happened.at
    match happened:
        case personal.DirectMessageReceived(message_id=message_id):
            return DirectMessageReceived(version=version, at=at, message_key=message_id)
        case personal.DirectMessageSent(message_id=message_id):
            return DirectMessageSent(version=version, at=at, message_key=message_id)
        case personal.ConversationRead(other_id=other_id):
            return ConversationRead(version=version, at=at, other_key=other_id)
        case _:
            return _about_space(version, happened)


def _about_space(version: int, happened: personal.FromSpace) -> ViewerEvent:
    at, key = happened.at, happened.space_id
    match happened:
        case personal.InvitationReceived(invitation=offer):
            return InvitationReceived(version=version, at=at, space_key=key, invitation=invitation_of(key, offer))
        case personal.InvitationClosed(invitation_id=offer_id, state=state):
            return InvitationClosed(
                version=version,
                at=at,
                space_key=key,
                invitation_id=strawberry.ID(offer_id),
                state=InvitationState[state.name],
            )
        case personal.SpeakRequestReceived(request=asked):
            return SpeakRequestReceived(
                version=version, at=at, space_key=key, request_id=strawberry.ID(asked.id), user=user(asked.person)
            )
        case personal.SpeakRequestClosed(request_id=asked_id, outcome=outcome):
            return SpeakRequestClosed(
                version=version,
                at=at,
                space_key=key,
                request_id=strawberry.ID(asked_id),
                outcome=RequestOutcome[outcome.name],
            )
        case personal.RoleChanged(role=role, end=end):
            reason = SeatEnd[end.name] if end else None
            return RoleChanged(version=version, at=at, space_key=key, role=Role[role.name], reason=reason)
        case personal.RemovedFromSpace():
            return RemovedFromSpace(version=version, at=at, space_key=key)
        case personal.BlockedSpeakerWarned(speaker=speaker):
            return BlockedSpeakerWarning(version=version, at=at, space_key=key, speaker=user(speaker))
        case personal.ReminderDue(kind=kind, scheduled_start=start):
            return ReminderDue(
                version=version, at=at, space_key=key, kind=ReminderKind[kind.name], scheduled_start=start
            )
        case personal.ScheduledSpaceMoved(scheduled_start=start):
            return ScheduledSpaceMoved(version=version, at=at, space_key=key, scheduled_start=start)
        case personal.ScheduledSpaceCanceled():
            return ScheduledSpaceCanceled(version=version, at=at, space_key=key)
        case _:
            assert_never(happened)
