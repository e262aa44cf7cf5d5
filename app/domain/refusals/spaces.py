"""Refusals about a Space as a whole."""

from __future__ import annotations

from app.domain.refusals.base import Refusal


class SpaceNotFound(Refusal):
    code = "SPACE_NOT_FOUND"
    message = "There is no such Space, or it is not open to you yet."


class SpaceNotLive(Refusal):
    code = "SPACE_NOT_LIVE"
    message = "The Space is not live."


class SpaceAlreadyStarted(Refusal):
    code = "SPACE_ALREADY_STARTED"
    message = "The Space has been started already."


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
