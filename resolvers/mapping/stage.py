"""The stage: seats, raised hands and invitations, as the schema shows them."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from app.domain import roster, spaces, voices
from resolvers.lasting import Lasting
from resolvers.mapping.people import user, user_id
from schema.stage import Invitation, InvitationRole, Participant, Role, SpeakRequest, Voice


def participant(seat: roster.Seat, voices: voices.Voices = voices.SILENCE) -> Participant:
    """A seat with who is in it, and what is heard of them."""
    heard = voices.of(seat.person.id)
    return Participant(
        user=user(seat.person),
        role=Role[seat.role.name],
        is_muted=seat.muted,
        seated_at=seat.taken_at,
        is_speaking=heard.speaking,
        level=heard.level,
    )


class Stages:
    """The stages shown last: a Space that many look at has one for all of them, until it or a voice changes."""

    def __init__(self, room: int = 256) -> None:
        self._room = room
        self._shown: dict[int, tuple[Sequence[roster.Seat], voices.Voices, Lasting[Participant]]] = {}

    def show(self, stage: Sequence[roster.Seat], heard: voices.Voices) -> list[Participant]:
        """Everyone on it. By identity: the seats are kept, so that no other stage can have their place in memory."""
        known = self._shown.get(id(stage))
        if known is None or known[1] != heard:
            known = (stage, heard, Lasting(participant(seat, heard) for seat in stage))
            self._shown.pop(id(stage), None)
            self._shown[id(stage)] = known
            if len(self._shown) > self._room:
                del self._shown[next(iter(self._shown))]
        return known[2]


STAGES = Stages()


def voice(heard: voices.Voice) -> Voice:
    """What is heard of someone."""
    return Voice(user_id=user_id(heard.person_id), is_speaking=heard.speaking, level=heard.level)


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
    return invitation_of(space.id, invitation)


def invitation_of(space_id: str, invitation: roster.Invitation) -> Invitation:
    """An invitation to the stage of the Space of this id."""
    return Invitation(
        id=strawberry.ID(invitation.id),
        user=user(invitation.person),
        role=InvitationRole[invitation.role.name],
        sent_at=invitation.sent_at,
        space_key=space_id,
        invited_by_key=invitation.invited_by,
    )
