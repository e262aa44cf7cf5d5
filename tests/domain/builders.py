"""Spaces and people for the tests of the rules, said in a line each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain import stage
from app.domain.events import SpaceEvent
from app.domain.evolution import evolve
from app.domain.roster import Invitation, Limits, Person, Role, Seat, SpeakPolicy, SpeakRequest
from app.domain.spaces import Space, SpaceState

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
SMALL = Limits(cohosts=2, speakers=3)


def person(name: str) -> Person:
    """A person whose id and handle are their name."""
    return Person(name, name, name.capitalize())


def space(
    state: SpaceState = SpaceState.LIVE,
    *,
    cohosts: Collection[str] = (),
    speakers: Collection[str] = (),
    asking: Sequence[str] = (),
    invited: Mapping[str, Role] | None = None,
    open_microphones: Collection[str] = (),
    **changes: Any,
) -> Space:
    """A Space of hana's, with these people on its stage, in its queue and invited; ids: `r-NAME` and `i-NAME`."""
    roles = {"hana": Role.HOST} | dict.fromkeys(cohosts, Role.COHOST) | dict.fromkeys(speakers, Role.SPEAKER)
    fields: dict[str, Any] = {
        "id": "space",
        "version": 1,
        "host": person("hana"),
        "title": "On tides",
        "topics": (),
        "language": None,
        "recording_enabled": True,
        "clipping_allowed": True,
        "speak_policy": SpeakPolicy.EVERYONE,
        "state": state,
        "created_at": NOW,
        "started_at": NOW if state in (SpaceState.LIVE, SpaceState.ENDED) else None,
        "stage": tuple(Seat(person(name), role, name not in open_microphones, NOW) for name, role in roles.items()),
        "requests": tuple(SpeakRequest(f"r-{name}", person(name), NOW) for name in asking),
        "invitations": tuple(
            Invitation(f"i-{name}", person(name), role, "hana", NOW) for name, role in (invited or {}).items()
        ),
    }
    if state is SpaceState.ENDED:
        fields |= {"ended_at": NOW, "stage": (), "requests": (), "invitations": ()}
    return Space(**(fields | changes))


def after(before: Space, events: Sequence[SpaceEvent]) -> Space:
    """The state that a decision leads to."""
    return evolve(before, events)[0]


def ask(room: Space, who: Person) -> Space:
    """The room with that person's hand up as well."""
    return after(room, stage.request_to_speak(room, who, request_id=f"r-{who.id}", now=NOW))


def accept(room: Space, request_id: str, limits: Limits = SMALL) -> Space:
    """The room after the host granted that request."""
    return after(room, stage.accept_request(room, room.host, request_id, limits, LATER))


def invite(room: Space, who: Person, role: Role) -> Space:
    """The room after the host offered that person a seat."""
    offered = stage.invite(room, room.host, who, role, invitation_id=f"new-{who.id}", limits=SMALL, now=NOW)
    return after(room, offered)


def take(room: Space, who: Person, limits: Limits = SMALL) -> Space:
    """The room after that person accepted their invitation."""
    invitation = room.invitation(who.id)
    assert invitation
    return after(room, stage.accept_invitation(room, who, invitation.id, limits, LATER))
