"""Who may do what in a Space: SPEC's table of roles as one pure function."""

from __future__ import annotations

from enum import StrEnum, auto

from app.domain import refusals
from app.domain.roster import Role
from app.domain.spaces import Space, SpaceState


class Action(StrEnum):
    """What the table of roles allows or forbids."""

    START = auto()
    END = auto()
    RENAME = auto()
    SET_SPEAK_POLICY = auto()
    SET_CLIPPING_ALLOWED = auto()
    TRANSFER_HOST = auto()
    INVITE_COHOST = auto()
    INVITE_SPEAKER = auto()
    ANSWER_REQUESTS = auto()
    MUTE_OTHERS = auto()
    REMOVE_FROM_STAGE = auto()
    USE_MICROPHONE = auto()


_MODERATING = {Action.INVITE_SPEAKER, Action.ANSWER_REQUESTS, Action.MUTE_OTHERS, Action.REMOVE_FROM_STAGE}

_ALLOWED: dict[Role, set[Action]] = {
    Role.HOST: set(Action),
    Role.COHOST: {*_MODERATING, Action.USE_MICROPHONE},
    Role.SPEAKER: {Action.USE_MICROPHONE},
    Role.LISTENER: set(),
}


def may(space: Space, person_id: str | None, action: Action) -> bool:
    """Whether a person (None: anonymous) may act so in this Space, by their role alone."""
    return person_id is not None and action in _ALLOWED[space.role(person_id)]


def require(space: Space, person_id: str, action: Action) -> None:
    """Raises `NotPermitted` unless the person may act so."""
    if not may(space, person_id, action):
        raise refusals.NotPermitted(field="spaceId")


def has_power_over(space: Space, person_id: str, target_id: str) -> bool:
    """Whether a moderator may act on that person: nobody on the host, a co-host not on the other co-host."""
    target = space.role(target_id)
    return target is not Role.HOST and (target is not Role.COHOST or space.role(person_id) is Role.HOST)


def require_power_over(space: Space, person_id: str, target_id: str) -> None:
    """Raises `CannotTargetHost` or `NotPermitted` unless the moderator has power over that person."""
    if space.role(target_id) is Role.HOST:
        raise refusals.CannotTargetHost(field="userId")
    if not has_power_over(space, person_id, target_id):
        raise refusals.NotPermitted("Only the host may act on a co-host.", field="userId")


def may_see(space: Space, viewer_id: str | None) -> bool:
    """Whether a viewer (None: anonymous) may know of the Space: while PREPARING only the host and the invited."""
    if space.state is not SpaceState.PREPARING:
        return True
    return viewer_id is not None and (space.seat(viewer_id) is not None or space.invitation(viewer_id) is not None)


def may_moderate(space: Space, viewer_id: str | None) -> bool:
    """Whether a viewer sees the queue of requests and the pending invitations."""
    return may(space, viewer_id, Action.ANSWER_REQUESTS)
