"""Capabilities: what of all that someone may do in a Space is possible now."""

from __future__ import annotations

from app.domain import refusals
from app.domain.actions import Action
from app.domain.permissions import kept_out, may
from app.domain.roster import Role, SpeakPolicy
from app.domain.spaces import Space, SpaceState
from app.domain.standing import Standing

_WHILE_SCHEDULED = {Action.PREPARE}
_BEFORE_THE_START = {
    Action.START,
    Action.RESCHEDULE,
    Action.CANCEL,
    Action.CHANGE_SETTINGS,
    Action.SET_REMINDER,
    *_WHILE_SCHEDULED,
}
_OFF_THE_AIR = {Action.DELETE}
_AFTER_THE_END = {Action.DELETE_RECORDING, Action.UPDATE_RECORDING}
_WITH_SOUND = {Action.LISTEN, Action.CREATE_CLIP}
_LASTING = {Action.READ_MODERATION_LOG, Action.SHARE, Action.REPORT, Action.GIVE_FEEDBACK}
_AT_WORK = {Action.ANSWER_REQUESTS, Action.REQUEST_TO_SPEAK, Action.REACT, Action.SHARE_POST}
_WHILE_LIVE = {*_WITH_SOUND, *_AT_WORK, Action.END, Action.GIVE_FEEDBACK}

_IN_IT = {
    Action.JOIN,
    Action.TRANSFER_HOST,
    Action.MUTE_OTHERS,
    Action.REMOVE_FROM_STAGE,
    Action.STEP_DOWN,
    Action.USE_MICROPHONE,
}

_POSSIBLE: dict[SpaceState, set[Action]] = {
    SpaceState.SCHEDULED: set(Action) - _WHILE_LIVE - _AFTER_THE_END - _IN_IT,
    SpaceState.PREPARING: set(Action) - _WHILE_LIVE - _AFTER_THE_END - _WHILE_SCHEDULED,
    SpaceState.LIVE: set(Action) - _BEFORE_THE_START - _OFF_THE_AIR - _AFTER_THE_END,
    SpaceState.ENDED: {*_WITH_SOUND, *_OFF_THE_AIR, *_AFTER_THE_END, *_LASTING},
    SpaceState.CANCELED: {*_OFF_THE_AIR, Action.READ_MODERATION_LOG, Action.REPORT},
    SpaceState.EXPIRED: {*_OFF_THE_AIR, Action.READ_MODERATION_LOG, Action.REPORT},
    SpaceState.DELETED: set(),
}


def capabilities(viewer: Standing, space: Space) -> frozenset[Action]:
    """What a viewer who may see the Space may do in it now.

    Nothing where the host blocks them, or where they were removed (though anyone may report anything to operators).

    An action that needs a target or a free seat may still find none.
    """
    if kept_out(viewer):
        return frozenset()
    allowed = {one for one in _POSSIBLE[space.state] if may(viewer, one, space)}
    return frozenset(one for one in allowed if _is_sensible(one, viewer, space))


def _is_sensible(action: Action, viewer: Standing, space: Space) -> bool:
    match action:
        case Action.JOIN:
            return may_enter(viewer, space)
        case Action.RESCHEDULE | Action.SET_REMINDER:
            return space.is_upcoming
        case Action.SET_CLIPPING_ALLOWED:
            return not space.never_clipped
        case Action.TRANSFER_HOST:
            return space.count(Role.COHOST) > 0
        case Action.REQUEST_TO_SPEAK:
            asking = viewer.id is not None and space.request(viewer.id) is not None
            return viewer.is_in and not asking and _may_ask(viewer, space.speak_policy)
        case Action.REACT:
            return viewer.is_in
        case Action.CREATE_CLIP:
            there = viewer.is_in or space.state is SpaceState.ENDED
            return there and space.keeps_recording and space.clipping_allowed
        case Action.DELETE_RECORDING | Action.UPDATE_RECORDING:
            return space.keeps_recording
        case Action.SHARE:
            return _may_share_now(viewer, space)
        case Action.GIVE_FEEDBACK:
            return viewer.is_in or viewer.was_in
        case Action.LISTEN:
            return space.state is SpaceState.LIVE or space.keeps_recording
        case _:
            return True


def _may_ask(viewer: Standing, policy: SpeakPolicy) -> bool:
    return policy is SpeakPolicy.EVERYONE or (policy is SpeakPolicy.FOLLOWED_BY_HOST and viewer.followed_by_host)


def _may_share_now(viewer: Standing, space: Space) -> bool:
    """Its host always, whoever is in it while it is live, and after the end everyone."""
    there = space.state is SpaceState.LIVE and viewer.is_in
    return there or space.host.id == viewer.id or space.state is SpaceState.ENDED


def require_share(viewer: Standing, space: Space) -> None:
    """Raises `NotAParticipant` or `NotPermitted` unless the person, who is not kept out, may tell of the Space."""
    if Action.SHARE in capabilities(viewer, space):
        return
    if space.state is SpaceState.LIVE:
        raise refusals.NotAParticipant("You are not in this Space: join it first.", field="spaceId")
    raise refusals.NotPermitted("Only its host may share this Space now.", field="spaceId")


def may_enter(viewer: Standing, space: Space) -> bool:
    """Whether someone may come in now: into a live Space, or into a preparing one, where they may join that."""
    return space.state in (SpaceState.PREPARING, SpaceState.LIVE) and may(viewer, Action.JOIN, space)
