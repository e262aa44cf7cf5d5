"""Permissions: who may do and see what, as one pure function over (viewer, action, object)."""

from __future__ import annotations

from collections.abc import Collection
from typing import assert_never, overload

from app.domain import refusals
from app.domain.actions import (
    ALLOWED,
    Action,
    AnyAction,
    ClipAction,
    MessageAction,
    ParticipantAction,
    PersonAction,
    PostAction,
    RemovedAction,
    ServerAction,
    SharedPostAction,
    View,
)
from app.domain.clips import Clip
from app.domain.messages import DirectMessage
from app.domain.people import folded
from app.domain.posts import Post
from app.domain.roster import Person, Role
from app.domain.spaces import Space, SpaceState
from app.domain.standing import SERVER, Object, Participant, Removed, Server, Shown, Standing


@overload
def may(viewer: Standing, action: Action | View, on: Space) -> bool: ...
@overload
def may(viewer: Standing, action: ParticipantAction, on: Participant) -> bool: ...
@overload
def may(viewer: Standing, action: RemovedAction, on: Removed) -> bool: ...
@overload
def may(viewer: Standing, action: SharedPostAction, on: Shown) -> bool: ...
@overload
def may(viewer: Standing, action: ClipAction, on: Clip) -> bool: ...
@overload
def may(viewer: Standing, action: PostAction, on: Post) -> bool: ...
@overload
def may(viewer: Standing, action: MessageAction, on: DirectMessage) -> bool: ...
@overload
def may(viewer: Standing, action: PersonAction, on: Person) -> bool: ...
@overload
def may(viewer: Standing, action: ServerAction, on: Server) -> bool: ...
def may(viewer: Standing, action: AnyAction, on: Object) -> bool:
    """Whether the viewer may do this to, or see this of, the object: all authority is decided here.

    What the object's state makes of it (too late, no seat left) is not asked. On an object of another kind nobody may.
    """
    match action:
        case Action():
            return isinstance(on, Space) and _may_act(viewer, action, on)
        case View():
            return isinstance(on, Space) and _may_view(viewer, action, on)
        case ParticipantAction():
            return isinstance(on, Participant) and _has_power_over(viewer, action, on)
        case RemovedAction():
            return isinstance(on, Removed) and _may_undo(viewer, action, on)
        case SharedPostAction():
            return isinstance(on, Shown) and _may_take_down(viewer, action, on)
        case ClipAction():
            return isinstance(on, Clip) and _may_use_clip(viewer, action, on)
        case PostAction():
            return isinstance(on, Post) and _may_use_post(viewer, action, on)
        case MessageAction():
            return isinstance(on, DirectMessage) and _is_between(viewer, action, on)
        case PersonAction():
            return isinstance(on, Person) and _may_approach(viewer, action, on)
        case ServerAction():
            return isinstance(on, Server) and _may_operate(viewer, action)
        case _:
            assert_never(action)


def kept_out(viewer: Standing) -> refusals.Refusal | None:
    """Why a viewer may not be in a Space, or listen to it: `RemovedFromSpace`, or `BlockedByHost`; None if they may.

    Anonymous people are nobody's to block or remove.
    """
    if viewer.id is None:
        return None
    if viewer.removed:
        return refusals.RemovedFromSpace(field="spaceId")
    return refusals.BlockedByHost(field="spaceId") if viewer.blocked else None


def _may_act(viewer: Standing, action: Action, space: Space) -> bool:
    """By the table; but nobody acts in a Space that they may not know of, and who is kept out only reports it."""
    if not _may_know(viewer, space) or (action is not Action.REPORT and kept_out(viewer)):
        return False
    if action is Action.JOIN and space.state is SpaceState.PREPARING and not _is_expected(viewer, space):
        return False
    return _role(viewer, space) in ALLOWED[action]


def _may_view(viewer: Standing, view: View, space: Space) -> bool:
    match view:
        case View.SPACE:
            return _may_know(viewer, space)
        case View.LISTED | View.CLIPS:
            return _may_know(viewer, space) and not viewer.blocked
        case View.TRANSCRIPT:
            return _may_know(viewer, space) and kept_out(viewer) is None
        case View.QUEUE:
            return _may_act(viewer, Action.ANSWER_REQUESTS, space)
        case View.REMINDER_COUNT:
            return viewer.id == space.host.id
        case View.FEEDBACK_SUMMARY:
            return viewer.is_operator or viewer.id == space.host.id
        case View.MODERATION_LOG:
            # Operators read it whatever became of the Space.
            return viewer.is_operator or _may_act(viewer, Action.READ_MODERATION_LOG, space)
        case _:
            assert_never(view)


def _may_know(viewer: Standing, space: Space) -> bool:
    """What was scheduled or live is public; of one that was only ever PREPARING its host and the invited may know.

    A deleted one is nobody's.
    """
    if space.state is SpaceState.DELETED:
        return False
    public = space.schedule is not None or space.state in (SpaceState.LIVE, SpaceState.ENDED)
    return public or _is_expected(viewer, space)


def _is_expected(viewer: Standing, space: Space) -> bool:
    if viewer.id is None:
        return False
    has_place = space.seat(viewer.id) or space.invitation(viewer.id)
    return viewer.id == space.host.id or has_place is not None


def _role(viewer: Standing, space: Space) -> Role | None:
    return None if viewer.id is None else space.role(viewer.id)


def _has_power_over(viewer: Standing, action: ParticipantAction, on: Participant) -> bool:
    match action:
        case ParticipantAction.MODERATE:
            own, target = _role(viewer, on.space), on.space.role(on.person_id)
            equal_or_above = (Role.HOST,) if own is Role.HOST else (Role.HOST, Role.COHOST)
            return own in (Role.HOST, Role.COHOST) and target not in equal_or_above
        case _:
            assert_never(action)


def _may_undo(viewer: Standing, action: RemovedAction, on: Removed) -> bool:
    match action:
        case RemovedAction.READMIT:
            # A co-host those whom they alone removed.
            theirs_alone = on.removal.by.id == viewer.id and not on.removal.others_too
            moderates = _may_act(viewer, Action.REMOVE_PARTICIPANT, on.space)
            return moderates and (theirs_alone or _role(viewer, on.space) is Role.HOST)
        case _:
            assert_never(action)


def _may_take_down(viewer: Standing, action: SharedPostAction, on: Shown) -> bool:
    match action:
        case SharedPostAction.UNSHARE:
            return on.post.shared_by.id == viewer.id or _may_act(viewer, Action.ANSWER_REQUESTS, on.space)
        case _:
            assert_never(action)


def _may_use_clip(viewer: Standing, action: ClipAction, clip: Clip) -> bool:
    """Of a draft only who cut it knows; a public one is kept from whom the host of its Space blocks."""
    is_own = viewer.id == clip.creator_id
    seen = is_own or not (clip.is_draft or viewer.blocked)
    match action:
        case ClipAction.SEE:
            return seen
        case ClipAction.HEAR:
            return seen and not viewer.blocked
        case ClipAction.RENDER:
            return viewer.id is not None and seen and not viewer.blocked
        case ClipAction.PUBLISH:
            # Also where clipping was turned off since.
            return is_own and not viewer.blocked
        case ClipAction.DELETE:
            return is_own or (viewer.id is not None and viewer.hosts)
        case _:
            assert_never(action)


def _may_use_post(viewer: Standing, action: PostAction, post: Post) -> bool:
    match action:
        case PostAction.READ:
            return not viewer.blocked
        case PostAction.DELETE:
            return post.author.id == viewer.id
        case _:
            assert_never(action)


def _is_between(viewer: Standing, action: MessageAction, message: DirectMessage) -> bool:
    match action:
        case MessageAction.READ:
            return viewer.id in (message.sender.id, message.recipient.id)
        case _:
            assert_never(action)


def _may_approach(viewer: Standing, action: PersonAction, person: Person) -> bool:
    match action:
        case PersonAction.FOLLOW | PersonAction.MESSAGE:
            return viewer.id not in (None, person.id) and not (viewer.blocked or viewer.blocks)
        case _:
            assert_never(action)


def _may_operate(viewer: Standing, action: ServerAction) -> bool:
    match action:
        case (
            ServerAction.READ_REPORTS
            | ServerAction.RESOLVE_REPORT
            | ServerAction.READ_FEEDBACK
            | ServerAction.END_SPACE
        ):
            return viewer.is_operator
        case _:
            assert_never(action)


def require(actor: Person, action: Action, space: Space) -> None:
    """Raises `NotPermitted` unless the person may act so."""
    if not may(Standing(actor.id), action, space):
        raise refusals.NotPermitted(field="spaceId")


def require_power_over(actor: Person, target_id: str, space: Space) -> None:
    """Raises `CannotTargetHost` or `NotPermitted` unless the moderator has power over that person."""
    if space.role(target_id) is Role.HOST:
        raise refusals.CannotTargetHost(field="userId")
    if not may(Standing(actor.id), ParticipantAction.MODERATE, Participant(space, target_id)):
        raise refusals.NotPermitted("Only the host may act on a co-host.", field="userId")


def require_visible(space: Space | None, viewer_id: str | None) -> Space:
    """The Space. Raises `SpaceNotFound` where there is none, or none that the viewer (None: anonymous) may know of."""
    if space is None or not may(Standing(viewer_id), View.SPACE, space):
        raise refusals.SpaceNotFound(field="spaceId")
    return space


def require_operator(viewer: Standing, action: ServerAction) -> None:
    """Raises `NotPermitted` for whom the configuration does not name as an operator."""
    if not may(viewer, action, SERVER):
        raise refusals.NotPermitted("That is for operators of this server.")


def operates(person: Person, operators: Collection[str]) -> bool:
    """Whether a person is one of the server's operators, who are named by handle, in any case."""
    return folded(person.handle) in {folded(one) for one in operators}
