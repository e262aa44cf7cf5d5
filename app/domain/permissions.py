"""Who may do what in a Space: SPEC's table of roles as one pure function, and what of it is possible now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from app.domain import refusals
from app.domain.clips import Clip
from app.domain.messages import DirectMessage
from app.domain.people import folded
from app.domain.posts import Post, SharedPost
from app.domain.roster import Person, Role, SpeakPolicy
from app.domain.spaces import Space, SpaceState


class Action(StrEnum):
    """What the table of roles allows or forbids."""

    START = auto()
    PREPARE = auto()
    RESCHEDULE = auto()
    CANCEL = auto()
    END = auto()
    DELETE = auto()
    DELETE_RECORDING = auto()
    READ_MODERATION_LOG = auto()
    RENAME = auto()
    CHANGE_SETTINGS = auto()
    SET_SPEAK_POLICY = auto()
    SET_CLIPPING_ALLOWED = auto()
    TRANSFER_HOST = auto()
    INVITE_COHOST = auto()
    INVITE_SPEAKER = auto()
    ANSWER_REQUESTS = auto()
    MUTE_OTHERS = auto()
    REMOVE_FROM_STAGE = auto()
    REMOVE_PARTICIPANT = auto()
    STEP_DOWN = auto()
    USE_MICROPHONE = auto()
    REQUEST_TO_SPEAK = auto()
    JOIN = auto()
    REACT = auto()
    CREATE_CLIP = auto()
    SHARE = auto()
    SHARE_POST = auto()
    REPORT = auto()
    GIVE_FEEDBACK = auto()
    LISTEN = auto()
    SET_REMINDER = auto()


_EVERYONE = {Action.LISTEN}
_WITH_AN_ACCOUNT = {
    *_EVERYONE,
    Action.JOIN,
    Action.REACT,
    Action.CREATE_CLIP,
    Action.SHARE,
    Action.SET_REMINDER,
    Action.REPORT,
    Action.GIVE_FEEDBACK,
}
_ON_STAGE = {*_WITH_AN_ACCOUNT, Action.USE_MICROPHONE, Action.SHARE_POST}
_MODERATING = {
    Action.INVITE_SPEAKER,
    Action.ANSWER_REQUESTS,
    Action.MUTE_OTHERS,
    Action.REMOVE_FROM_STAGE,
    Action.REMOVE_PARTICIPANT,
}

_ALLOWED: dict[Role, set[Action]] = {
    Role.HOST: set(Action) - {Action.STEP_DOWN, Action.REQUEST_TO_SPEAK},
    Role.COHOST: {*_ON_STAGE, *_MODERATING, Action.STEP_DOWN},
    Role.SPEAKER: {*_ON_STAGE, Action.STEP_DOWN},
    Role.LISTENER: {*_WITH_AN_ACCOUNT, Action.REQUEST_TO_SPEAK},
}

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
_AFTER_THE_END = {Action.DELETE_RECORDING}
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


def may(space: Space, person_id: str | None, action: Action) -> bool:
    """Whether a person (None: anonymous) may act so in this Space, by their role alone."""
    return action in (_EVERYONE if person_id is None else _ALLOWED[space.role(person_id)])


@dataclass(frozen=True, slots=True)
class Standing:
    """What a Space itself does not know of a viewer: whether they are or were in it, and who wants them there."""

    is_in: bool = False
    followed_by_host: bool = False
    blocked_by_host: bool = False
    removed: bool = False
    was_in: bool = False


def capabilities(space: Space, viewer_id: str | None, standing: Standing) -> frozenset[Action]:
    """What a viewer (None: anonymous) who may see the Space may do in it now.

    Nothing where the host blocks them, or where they were removed (though anyone may report anything to operators).

    An action that needs a target or a free seat may still find none.
    """
    if standing.blocked_by_host or standing.removed:
        return frozenset()
    allowed = {one for one in _POSSIBLE[space.state] if may(space, viewer_id, one)}
    return frozenset(one for one in allowed if _is_sensible(one, space, viewer_id, standing))


def _is_sensible(action: Action, space: Space, viewer_id: str | None, standing: Standing) -> bool:
    match action:
        case Action.JOIN:
            return may_enter(space, viewer_id)
        case Action.RESCHEDULE | Action.SET_REMINDER:
            return space.is_upcoming
        case Action.SET_CLIPPING_ALLOWED:
            return not space.never_clipped
        case Action.TRANSFER_HOST:
            return space.count(Role.COHOST) > 0
        case Action.REQUEST_TO_SPEAK:
            asking = viewer_id is not None and space.request(viewer_id) is not None
            return standing.is_in and not asking and _may_ask(space.speak_policy, standing)
        case Action.REACT:
            return standing.is_in
        case Action.CREATE_CLIP:
            there = standing.is_in or space.state is SpaceState.ENDED
            return there and space.keeps_recording and space.clipping_allowed
        case Action.DELETE_RECORDING:
            return space.keeps_recording
        case Action.SHARE:
            return _may_share_now(space, viewer_id, standing)
        case Action.GIVE_FEEDBACK:
            return standing.is_in or standing.was_in
        case Action.LISTEN:
            return space.state is SpaceState.LIVE or space.keeps_recording
        case _:
            return True


def _may_ask(policy: SpeakPolicy, standing: Standing) -> bool:
    return policy is SpeakPolicy.EVERYONE or (policy is SpeakPolicy.FOLLOWED_BY_HOST and standing.followed_by_host)


def _may_share_now(space: Space, viewer_id: str | None, standing: Standing) -> bool:
    """Its host always, whoever is in it while it is live, and after the end everyone."""
    there = space.state is SpaceState.LIVE and standing.is_in
    return there or space.host.id == viewer_id or space.state is SpaceState.ENDED


def require_share(space: Space, actor_id: str, standing: Standing) -> None:
    """Raises `NotAParticipant` or `NotPermitted` unless the person, who is not kept out, may tell of the Space."""
    if Action.SHARE in capabilities(space, actor_id, standing):
        return
    if space.state is SpaceState.LIVE:
        raise refusals.NotAParticipant("You are not in this Space: join it first.", field="spaceId")
    raise refusals.NotPermitted("Only its host may share this Space now.", field="spaceId")


def may_unshare(space: Space, actor_id: str, shared: SharedPost) -> bool:
    """Whether a person may take a Post down that is shown in the Space: whoever shared it, and moderators."""
    return shared.shared_by.id == actor_id or may_moderate(space, actor_id)


def may_read(post: Post, blocking: Collection[str]) -> bool:
    """Whether someone sees a Post: everyone does, with an account or not, but whom its author blocks (`blocking`)."""
    return post.author.id not in blocking


def may_read_message(message: DirectMessage, viewer_id: str | None) -> bool:
    """Whether someone sees a direct message: its two people alone."""
    return viewer_id in (message.sender.id, message.recipient.id)


def may_message(sender_id: str, recipient_id: str, blocks: Collection[tuple[str, str]]) -> bool:
    """Whether one person may write to another: not where either blocks the other (`blocks`: who blocks whom)."""
    return (sender_id, recipient_id) not in blocks and (recipient_id, sender_id) not in blocks


def may_delete(post: Post, actor_id: str) -> bool:
    """Whether a person may delete a Post: its author alone."""
    return post.author.id == actor_id


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
    """Whether a viewer (None: anonymous) may know of the Space: what was scheduled or live is public.

    Of one that was only ever PREPARING its host and the invited may know. A deleted one is nobody's.
    """
    if space.state is SpaceState.DELETED:
        return False
    public = space.schedule is not None or space.state in (SpaceState.LIVE, SpaceState.ENDED)
    return public or _is_expected(space, viewer_id)


def may_enter(space: Space, viewer_id: str | None) -> bool:
    """Whether a viewer may come in: into a live Space anyone, into a preparing one its host and the invited."""
    if space.state is SpaceState.PREPARING:
        return _is_expected(space, viewer_id)
    return space.state is SpaceState.LIVE


def _is_expected(space: Space, viewer_id: str | None) -> bool:
    if viewer_id is None:
        return False
    has_place = space.seat(viewer_id) or space.invitation(viewer_id)
    return viewer_id == space.host.id or has_place is not None


def operates(person: Person, operators: Collection[str]) -> bool:
    """Whether a person is one of the server's operators, who are named by handle, in any case."""
    return folded(person.handle) in {folded(one) for one in operators}


def require_operator(is_operator: bool) -> None:
    """Raises `NotPermitted` for whom the configuration does not name as an operator."""
    if not is_operator:
        raise refusals.NotPermitted("That is for operators of this server.")


def require_log_reader(space: Space, person_id: str, *, is_operator: bool) -> None:
    """The moderation log is for those whom the table allows, and for operators whatever became of the Space.

    Raises `SpaceNotFound`, `NotPermitted`.
    """
    if is_operator:
        return
    if not may_see(space, person_id):
        raise refusals.SpaceNotFound(field="spaceId")
    require(space, person_id, Action.READ_MODERATION_LOG)


def may_read_feedback_summary(space: Space, viewer_id: str | None, *, is_operator: bool) -> bool:
    """Whether a viewer sees how many gave feedback, and what rating on average."""
    return is_operator or viewer_id == space.host.id


def may_moderate(space: Space, viewer_id: str | None) -> bool:
    """Whether a viewer sees the queue of requests and the pending invitations."""
    return may(space, viewer_id, Action.ANSWER_REQUESTS)


def may_see_clip(clip: Clip, viewer_id: str | None, now: datetime) -> bool:
    """Whether a viewer (None: anonymous) may know of a clip: a draft is its creator's alone, while it lasts."""
    if clip.is_gone(now) or not clip.is_cut:
        return False
    return not clip.is_draft or viewer_id == clip.creator_id


def may_publish_clip(clip: Clip, viewer_id: str | None) -> bool:
    """Whether a viewer who sees the clip may post it: who cut it, also where clipping was turned off since."""
    return viewer_id == clip.creator_id


def may_delete_clip(clip: Clip, host_id: str | None, viewer_id: str | None) -> bool:
    """Whether a viewer who sees the clip may delete it: who cut it, and the host of the Space it is from."""
    return viewer_id is not None and viewer_id in (clip.creator_id, host_id)


def may_count_reminders(space: Space, viewer_id: str | None) -> bool:
    """Whether a viewer knows how many people want to be reminded of the Space: its host."""
    return viewer_id == space.host.id
