"""Errors: broken rules, as data of a mutation's payload."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(description="The rule that said no.")
class ErrorCode(Enum):
    """The rule that said no."""

    NOT_PERMITTED = strawberry.enum_value("NOT_PERMITTED", description="Your role in this Space does not allow that.")
    SPACE_NOT_FOUND = strawberry.enum_value(
        "SPACE_NOT_FOUND", description="There is no such Space, or it is not open to you yet."
    )
    SPACE_NOT_LIVE = strawberry.enum_value("SPACE_NOT_LIVE", description="The Space is not live.")
    SPACE_ALREADY_STARTED = strawberry.enum_value(
        "SPACE_ALREADY_STARTED", description="The Space has been started already."
    )
    NOT_SCHEDULED = strawberry.enum_value("NOT_SCHEDULED", description="The Space is not scheduled, or not any more.")
    SCHEDULE_LIMIT_REACHED = strawberry.enum_value(
        "SCHEDULE_LIMIT_REACHED", description="You have as many scheduled Spaces as one may have at once."
    )
    START_IN_PAST = strawberry.enum_value("START_IN_PAST", description="A scheduled Space starts in the future.")
    START_TOO_FAR = strawberry.enum_value("START_TOO_FAR", description="A Space is scheduled at most 30 days ahead.")
    UNKNOWN_TIME_ZONE = strawberry.enum_value(
        "UNKNOWN_TIME_ZONE", description="A time zone is an IANA name such as `Europe/Berlin`."
    )
    SPACE_ENDED = strawberry.enum_value(
        "SPACE_ENDED",
        description="The Space has ended, or was canceled or has expired; nothing in it can change any more.",
    )
    SPACE_IS_LIVE = strawberry.enum_value("SPACE_IS_LIVE", description="A live Space cannot be deleted: end it first.")
    CONFIRMATION_REQUIRED = strawberry.enum_value(
        "CONFIRMATION_REQUIRED", description="That cannot be undone: say so with `confirm: true`."
    )
    FIELD_LOCKED_AFTER_LIVE = strawberry.enum_value(
        "FIELD_LOCKED_AFTER_LIVE", description="Once the Space has started only its title can be updated."
    )
    NOT_A_PARTICIPANT = strawberry.enum_value("NOT_A_PARTICIPANT", description="That person is not in the Space.")
    ALREADY_ON_STAGE = strawberry.enum_value("ALREADY_ON_STAGE", description="That person has this seat already.")
    NOT_ON_STAGE = strawberry.enum_value("NOT_ON_STAGE", description="That person is not on the stage.")
    CANNOT_TARGET_HOST = strawberry.enum_value(
        "CANNOT_TARGET_HOST", description="The host can be neither muted, moved nor removed by others."
    )
    NOT_A_COHOST = strawberry.enum_value(
        "NOT_A_COHOST", description="A Space can be handed over to one of its co-hosts only."
    )
    BLOCKED_BY_HOST = strawberry.enum_value(
        "BLOCKED_BY_HOST", description="The host of this Space has blocked you, or the person you name."
    )
    REMOVED_FROM_SPACE = strawberry.enum_value(
        "REMOVED_FROM_SPACE",
        description="You, or the person you name, were removed from this Space and cannot come back.",
    )
    REQUESTS_CLOSED = strawberry.enum_value(
        "REQUESTS_CLOSED", description="In this Space people speak by invitation only."
    )
    NOT_FOLLOWED_BY_HOST = strawberry.enum_value(
        "NOT_FOLLOWED_BY_HOST", description="In this Space only people whom the host follows may ask to speak."
    )
    REQUEST_NOT_FOUND = strawberry.enum_value(
        "REQUEST_NOT_FOUND", description="There is no such pending request to speak."
    )
    INVITATION_NOT_FOUND = strawberry.enum_value(
        "INVITATION_NOT_FOUND", description="There is no such pending invitation."
    )
    COHOST_LIMIT_REACHED = strawberry.enum_value(
        "COHOST_LIMIT_REACHED", description="All co-host seats are taken or promised."
    )
    SPEAKER_LIMIT_REACHED = strawberry.enum_value("SPEAKER_LIMIT_REACHED", description="All speaker seats are taken.")
    SEAT_TAKEN = strawberry.enum_value(
        "SEAT_TAKEN",
        description="The seat you were invited to has been taken meanwhile; you are in the Space as a listener.",
    )
    INVALID_TITLE = strawberry.enum_value("INVALID_TITLE", description="A title has 1 to 70 characters.")
    TOO_MANY_TOPICS = strawberry.enum_value("TOO_MANY_TOPICS", description="A Space has at most 3 topics.")
    UNKNOWN_TOPIC = strawberry.enum_value("UNKNOWN_TOPIC", description="That is not one of this server's topics.")
    INVALID_LANGUAGE = strawberry.enum_value(
        "INVALID_LANGUAGE", description="A language is a BCP 47 tag such as `en` or `pt-BR`."
    )
    USER_NOT_FOUND = strawberry.enum_value("USER_NOT_FOUND", description="There is no such user.")
    CANNOT_TARGET_SELF = strawberry.enum_value(
        "CANNOT_TARGET_SELF", description="That can be done to others only, not to oneself."
    )
    CANNOT_FOLLOW = strawberry.enum_value("CANNOT_FOLLOW", description="You cannot follow this person.")
    INVALID_HANDLE = strawberry.enum_value(
        "INVALID_HANDLE", description="A handle has 3 to 15 characters out of A-Z, a-z, 0-9 and _."
    )
    HANDLE_TAKEN = strawberry.enum_value("HANDLE_TAKEN", description="That handle belongs to someone else.")
    INVALID_DISPLAY_NAME = strawberry.enum_value(
        "INVALID_DISPLAY_NAME", description="A display name has 1 to 50 characters."
    )
    INVALID_BIO = strawberry.enum_value("INVALID_BIO", description="A bio has 160 characters at most.")
    INVALID_PASSWORD = strawberry.enum_value("INVALID_PASSWORD", description="A password has 8 to 128 characters.")
    BAD_CREDENTIALS = strawberry.enum_value("BAD_CREDENTIALS", description="Handle and password do not match.")
    RATE_LIMITED = strawberry.enum_value("RATE_LIMITED", description="Too many at once; try again in a moment.")
    UNKNOWN_REACTION = strawberry.enum_value(
        "UNKNOWN_REACTION", description="That is not one of this Space's reactions."
    )
    RECORDING_DISABLED = strawberry.enum_value(
        "RECORDING_DISABLED", description="This Space is not recorded, so there is nothing to clip."
    )
    RECORDING_DELETED = strawberry.enum_value(
        "RECORDING_DELETED", description="The host has deleted the recording of this Space."
    )
    RECORDING_LOCKED = strawberry.enum_value(
        "RECORDING_LOCKED", description="Whether a Space is recorded is fixed when it starts."
    )
    TRIM_OUT_OF_RANGE = strawberry.enum_value(
        "TRIM_OUT_OF_RANGE", description="The recording does not reach there, or would end before it starts."
    )
    TRIM_TOO_SHORT = strawberry.enum_value(
        "TRIM_TOO_SHORT", description="At least a second of a recording stays: `limit`, in ms."
    )
    CLIPPING_DISABLED = strawberry.enum_value(
        "CLIPPING_DISABLED", description="The host does not allow clips of this Space."
    )
    CLIPPING_LOCKED = strawberry.enum_value(
        "CLIPPING_LOCKED", description="Clips were off when the Space started, so they stay off."
    )
    CLIP_TOO_LONG = strawberry.enum_value("CLIP_TOO_LONG", description="A clip lasts 30 seconds at most.")
    CLIP_OUT_OF_RANGE = strawberry.enum_value(
        "CLIP_OUT_OF_RANGE",
        description="The recording, as it is trimmed, does not cover that range.",
    )
    INVALID_TEXT = strawberry.enum_value(
        "INVALID_TEXT", description="A Post has 280 characters at most, a direct message 1000."
    )
    EMPTY_POST = strawberry.enum_value("EMPTY_POST", description="A Post without a card says something.")
    POST_NOT_FOUND = strawberry.enum_value(
        "POST_NOT_FOUND", description="There is no such Post, or it is not yours to see."
    )
    CLIP_NOT_FOUND = strawberry.enum_value(
        "CLIP_NOT_FOUND", description="There is no such clip, or it is not yours to see."
    )
    SHARED_POST_LIMIT_REACHED = strawberry.enum_value(
        "SHARED_POST_LIMIT_REACHED", description="A Space shows 100 Posts at once at most: take one down first."
    )
    EMPTY_MESSAGE = strawberry.enum_value(
        "EMPTY_MESSAGE", description="A direct message without a card says something."
    )
    INVALID_RECIPIENTS = strawberry.enum_value(
        "INVALID_RECIPIENTS", description="Direct messages are sent to 1 to 20 people at once."
    )
    MESSAGE_NOT_FOUND = strawberry.enum_value(
        "MESSAGE_NOT_FOUND", description="There is no such message in this conversation."
    )
    CANNOT_MESSAGE = strawberry.enum_value(
        "CANNOT_MESSAGE", description="You cannot send direct messages to this person; then nobody is sent one."
    )
    REPORT_REQUIRED = strawberry.enum_value("REPORT_REQUIRED", description="To report someone, say what about.")
    REPORT_NOT_FOUND = strawberry.enum_value("REPORT_NOT_FOUND", description="There is no such report.")
    REPORT_RESOLVED = strawberry.enum_value("REPORT_RESOLVED", description="That report has been resolved otherwise.")
    TEXT_TOO_LONG = strawberry.enum_value("TEXT_TOO_LONG", description="That text is too long.")
    INVALID_RATING = strawberry.enum_value("INVALID_RATING", description="A rating is 1 to 5.")
    RENDERING_BUSY = strawberry.enum_value(
        "RENDERING_BUSY", description="As many clips wait to be rendered as may; try again in a minute."
    )
    AUDIO_UNAVAILABLE = strawberry.enum_value(
        "AUDIO_UNAVAILABLE", description="The sound of this Space cannot be reached at the moment; try again."
    )
    INVALID_IDEMPOTENCY_KEY = strawberry.enum_value(
        "INVALID_IDEMPOTENCY_KEY", description="An idempotency key has 1 to 64 characters."
    )
    BUSY = strawberry.enum_value(
        "BUSY", description="Too many people changed this Space at the same moment; nothing was changed, try again."
    )


@strawberry.type(description="A rule that said no. Where there is one, nothing was changed, unless its code says so.")
class UserError:
    """A rule that said no."""

    code: ErrorCode = strawberry.field(description="Which rule.")
    message: str = strawberry.field(description="What to tell the person, in English.")
    field: str | None = strawberry.field(description="The input field it is about; null if none in particular.")
    limit: int | None = strawberry.field(description="The most that is allowed; null where the rule has no figure.")
    current: int | None = strawberry.field(description="What it is or would be; null where the rule has no figure.")
