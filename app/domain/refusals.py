"""Refusals: every broken rule by its own name, with what a client needs to explain it."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """A rule said no and nothing changed.

    `code` is the API's name of the rule, `message` a sentence for people, `field` the input field it is about,
    `limit` and `current` the figures where the rule has them. Several refusals of one command travel in an
    `ExceptionGroup`.
    """

    code: ClassVar[str]
    message: ClassVar[str]

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        limit: int | None = None,
        current: int | None = None,
    ) -> None:
        self.text = message or self.message
        self.field = field
        self.limit = limit
        self.current = current
        super().__init__(self.text)


class NotPermitted(Refusal):
    code = "NOT_PERMITTED"
    message = "Your role in this Space does not allow that."


class SpaceNotFound(Refusal):
    code = "SPACE_NOT_FOUND"
    message = "There is no such Space, or it is not open to you yet."


class SpaceNotLive(Refusal):
    code = "SPACE_NOT_LIVE"
    message = "The Space is not live."


class SpaceAlreadyStarted(Refusal):
    code = "SPACE_ALREADY_STARTED"
    message = "The Space has been started already."


class NotScheduled(Refusal):
    code = "NOT_SCHEDULED"
    message = "The Space is not scheduled, or not any more."


class ScheduleLimitReached(Refusal):
    code = "SCHEDULE_LIMIT_REACHED"
    message = "You have as many scheduled Spaces as one may have at once."


class StartInPast(Refusal):
    code = "START_IN_PAST"
    message = "A scheduled Space starts in the future."


class StartTooFar(Refusal):
    code = "START_TOO_FAR"
    message = "A Space is scheduled at most 30 days ahead."


class UnknownTimeZone(Refusal):
    code = "UNKNOWN_TIME_ZONE"
    message = "A time zone is an IANA name such as `Europe/Berlin`."


class SpaceEnded(Refusal):
    code = "SPACE_ENDED"
    message = "The Space has ended; nothing in it can change any more."


class SpaceIsLive(Refusal):
    code = "SPACE_IS_LIVE"
    message = "A live Space cannot be deleted: end it first."


class ConfirmationRequired(Refusal):
    code = "CONFIRMATION_REQUIRED"
    message = "That cannot be undone: say so with `confirm: true`."


class FieldLockedAfterLive(Refusal):
    code = "FIELD_LOCKED_AFTER_LIVE"
    message = "Once the Space has started only its title can be updated."


class NotAParticipant(Refusal):
    code = "NOT_A_PARTICIPANT"
    message = "That person is not in the Space."


class AlreadyOnStage(Refusal):
    code = "ALREADY_ON_STAGE"
    message = "That person has this seat already."


class NotOnStage(Refusal):
    code = "NOT_ON_STAGE"
    message = "That person is not on the stage."


class CannotTargetHost(Refusal):
    code = "CANNOT_TARGET_HOST"
    message = "The host can be neither muted, moved nor removed by others."


class NotACohost(Refusal):
    code = "NOT_A_COHOST"
    message = "A Space can be handed over to one of its co-hosts only."


class BlockedByHost(Refusal):
    code = "BLOCKED_BY_HOST"
    message = "The host of this Space has blocked you."


class RemovedFromSpace(Refusal):
    code = "REMOVED_FROM_SPACE"
    message = "You were removed from this Space and cannot come back."


class RequestsClosed(Refusal):
    code = "REQUESTS_CLOSED"
    message = "In this Space people speak by invitation only."


class NotFollowedByHost(Refusal):
    code = "NOT_FOLLOWED_BY_HOST"
    message = "In this Space only people whom the host follows may ask to speak."


class RequestNotFound(Refusal):
    code = "REQUEST_NOT_FOUND"
    message = "There is no such pending request to speak."


class InvitationNotFound(Refusal):
    code = "INVITATION_NOT_FOUND"
    message = "There is no such pending invitation."


class CohostLimitReached(Refusal):
    code = "COHOST_LIMIT_REACHED"
    message = "All co-host seats are taken or promised."


class SpeakerLimitReached(Refusal):
    code = "SPEAKER_LIMIT_REACHED"
    message = "All speaker seats are taken."


class SeatTaken(Refusal):
    code = "SEAT_TAKEN"
    message = "The seat you were invited to has been taken meanwhile; you are in the Space as a listener."


class InvalidTitle(Refusal):
    code = "INVALID_TITLE"
    message = "A title has 1 to 70 characters."


class TooManyTopics(Refusal):
    code = "TOO_MANY_TOPICS"
    message = "A Space has at most 3 topics."


class UnknownTopic(Refusal):
    code = "UNKNOWN_TOPIC"
    message = "That is not one of this server's topics."


class InvalidLanguage(Refusal):
    code = "INVALID_LANGUAGE"
    message = "A language is a BCP 47 tag such as `en` or `pt-BR`."


class UserNotFound(Refusal):
    code = "USER_NOT_FOUND"
    message = "There is no such user."


class CannotTargetSelf(Refusal):
    code = "CANNOT_TARGET_SELF"
    message = "That can be done to others only, not to oneself."


class CannotFollow(Refusal):
    code = "CANNOT_FOLLOW"
    message = "You cannot follow this person."


class InvalidHandle(Refusal):
    code = "INVALID_HANDLE"
    message = "A handle has 3 to 15 characters out of A-Z, a-z, 0-9 and _."


class HandleTaken(Refusal):
    code = "HANDLE_TAKEN"
    message = "That handle belongs to someone else."


class InvalidDisplayName(Refusal):
    code = "INVALID_DISPLAY_NAME"
    message = "A display name has 1 to 50 characters."


class InvalidBio(Refusal):
    code = "INVALID_BIO"
    message = "A bio has 160 characters at most."


class InvalidPassword(Refusal):
    code = "INVALID_PASSWORD"
    message = "A password has 8 to 128 characters."


class BadCredentials(Refusal):
    code = "BAD_CREDENTIALS"
    message = "Handle and password do not match."


class RateLimited(Refusal):
    code = "RATE_LIMITED"
    message = "Too many at once; try again in a moment."


class UnknownReaction(Refusal):
    code = "UNKNOWN_REACTION"
    message = "That is not one of this Space's reactions."


class RecordingDisabled(Refusal):
    code = "RECORDING_DISABLED"
    message = "This Space is not recorded, so there is nothing to clip."


class RecordingDeleted(Refusal):
    code = "RECORDING_DELETED"
    message = "The host has deleted the recording of this Space."


class RecordingLocked(Refusal):
    code = "RECORDING_LOCKED"
    message = "Whether a Space is recorded is fixed when it starts."


class ClippingDisabled(Refusal):
    code = "CLIPPING_DISABLED"
    message = "The host does not allow clips of this Space."


class ClippingLocked(Refusal):
    code = "CLIPPING_LOCKED"
    message = "Clips were off when the Space started, so they stay off."


class ClipTooLong(Refusal):
    code = "CLIP_TOO_LONG"
    message = "A clip lasts 30 seconds at most."


class ClipOutOfRange(Refusal):
    code = "CLIP_OUT_OF_RANGE"
    message = "The recording does not cover that range."


class InvalidText(Refusal):
    code = "INVALID_TEXT"
    message = "A Post has 280 characters at most, a direct message 1000."


class EmptyPost(Refusal):
    code = "EMPTY_POST"
    message = "A Post without a card says something."


class PostNotFound(Refusal):
    code = "POST_NOT_FOUND"
    message = "There is no such Post, or it is not yours to see."


class ClipNotFound(Refusal):
    code = "CLIP_NOT_FOUND"
    message = "There is no such clip, or it is not yours to see."


class SharedPostLimitReached(Refusal):
    code = "SHARED_POST_LIMIT_REACHED"
    message = "A Space shows 100 Posts at once at most: take one down first."


class EmptyMessage(Refusal):
    code = "EMPTY_MESSAGE"
    message = "A direct message without a card says something."


class InvalidRecipients(Refusal):
    code = "INVALID_RECIPIENTS"
    message = "Direct messages are sent to 1 to 20 people at once."


class CannotMessage(Refusal):
    code = "CANNOT_MESSAGE"
    message = "You cannot send direct messages to this person."


class ReportRequired(Refusal):
    code = "REPORT_REQUIRED"
    message = "To report someone, say what about."


class ReportNotFound(Refusal):
    code = "REPORT_NOT_FOUND"
    message = "There is no such report."


class ReportResolved(Refusal):
    code = "REPORT_RESOLVED"
    message = "That report has been resolved otherwise."


class TextTooLong(Refusal):
    code = "TEXT_TOO_LONG"
    message = "That text is too long."


class InvalidRating(Refusal):
    code = "INVALID_RATING"
    message = "A rating is 1 to 5."


class AudioUnavailable(Refusal):
    code = "AUDIO_UNAVAILABLE"
    message = "The sound of this Space cannot be reached at the moment; try again."


class InvalidIdempotencyKey(Refusal):
    code = "INVALID_IDEMPOTENCY_KEY"
    message = "An idempotency key has 1 to 64 characters."


class Busy(Refusal):
    code = "BUSY"
    message = "Too many people changed this Space at the same moment; nothing was changed, try again."
