"""Actions: all that can be done to, or seen of, each kind of object, and SPEC's table of roles."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Final, assert_never

from app.domain.roster import Role


class Action(StrEnum):
    """What is done in a Space: what the table of roles allows or forbids."""

    START = auto()
    PREPARE = auto()
    RESCHEDULE = auto()
    CANCEL = auto()
    END = auto()
    DELETE = auto()
    DELETE_RECORDING = auto()
    UPDATE_RECORDING = auto()
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


class View(StrEnum):
    """What is seen of a Space, not done in it.

    `LISTED`: the Space among others, in a list or a bar. `QUEUE`: who asks, who is invited, and who was removed.
    """

    SPACE = auto()
    LISTED = auto()
    CLIPS = auto()
    TRANSCRIPT = auto()
    QUEUE = auto()
    REMINDER_COUNT = auto()
    FEEDBACK_SUMMARY = auto()
    MODERATION_LOG = auto()


class ParticipantAction(StrEnum):
    """What is done to a person in a Space."""

    MODERATE = auto()


class RemovedAction(StrEnum):
    """What is done about a person who was removed from a Space."""

    READMIT = auto()


class SharedPostAction(StrEnum):
    """What is done to a Post that a Space shows."""

    UNSHARE = auto()


class ClipAction(StrEnum):
    """What is done with a clip."""

    SEE = auto()
    HEAR = auto()
    RENDER = auto()
    PUBLISH = auto()
    DELETE = auto()


class PostAction(StrEnum):
    """What is done with a Post."""

    READ = auto()
    DELETE = auto()


class MessageAction(StrEnum):
    """What is done with a direct message."""

    READ = auto()


class PersonAction(StrEnum):
    """What one person does to another."""

    FOLLOW = auto()
    MESSAGE = auto()


class ServerAction(StrEnum):
    """What is done to the server as a whole."""

    READ_REPORTS = auto()
    RESOLVE_REPORT = auto()
    READ_FEEDBACK = auto()
    END_SPACE = auto()


AnyAction = (
    Action
    | View
    | ParticipantAction
    | RemovedAction
    | SharedPostAction
    | ClipAction
    | PostAction
    | MessageAction
    | PersonAction
    | ServerAction
)

Party = Role | None
"""A column of the table; None: whoever has no account."""

_HOST: Final = frozenset[Party]({Role.HOST})
_MODERATORS: Final = frozenset[Party]({Role.HOST, Role.COHOST})
_STAGE: Final = frozenset[Party]({Role.HOST, Role.COHOST, Role.SPEAKER})
_GUESTS: Final = frozenset[Party]({Role.COHOST, Role.SPEAKER})
_LISTENERS: Final = frozenset[Party]({Role.LISTENER})
_ACCOUNTS: Final = frozenset[Party](Role)
_EVERYONE: Final = frozenset[Party]({*Role, None})


def _allowed(action: Action) -> frozenset[Party]:
    match action:
        case Action.START | Action.PREPARE | Action.RESCHEDULE | Action.CANCEL | Action.END | Action.DELETE:
            return _HOST
        case Action.DELETE_RECORDING | Action.READ_MODERATION_LOG | Action.RENAME | Action.CHANGE_SETTINGS:
            return _HOST
        case Action.UPDATE_RECORDING:
            return _HOST
        case Action.SET_SPEAK_POLICY | Action.SET_CLIPPING_ALLOWED | Action.TRANSFER_HOST | Action.INVITE_COHOST:
            return _HOST
        case Action.INVITE_SPEAKER | Action.ANSWER_REQUESTS | Action.MUTE_OTHERS:
            return _MODERATORS
        case Action.REMOVE_FROM_STAGE | Action.REMOVE_PARTICIPANT:
            return _MODERATORS
        case Action.USE_MICROPHONE | Action.SHARE_POST:
            return _STAGE
        case Action.STEP_DOWN:
            return _GUESTS
        case Action.REQUEST_TO_SPEAK:
            return _LISTENERS
        case Action.JOIN | Action.REACT | Action.CREATE_CLIP | Action.SHARE | Action.REPORT | Action.GIVE_FEEDBACK:
            return _ACCOUNTS
        case Action.SET_REMINDER:
            return _ACCOUNTS
        case Action.LISTEN:
            return _EVERYONE
        case _:
            assert_never(action)


ALLOWED: Final[Mapping[Action, frozenset[Party]]] = {one: _allowed(one) for one in Action}
"""SPEC's table: who may act so in a Space, by their role alone."""
