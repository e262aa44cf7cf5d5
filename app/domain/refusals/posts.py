"""Refusals about Posts and messages."""

from __future__ import annotations

from app.domain.refusals.base import Refusal


class InvalidText(Refusal):
    code = "INVALID_TEXT"
    message = "A Post has 280 characters at most, a direct message 1000."


class EmptyPost(Refusal):
    code = "EMPTY_POST"
    message = "A Post without a card says something."


class PostNotFound(Refusal):
    code = "POST_NOT_FOUND"
    message = "There is no such Post, or it is not yours to see."


class SharedPostLimitReached(Refusal):
    code = "SHARED_POST_LIMIT_REACHED"
    message = "A Space shows 100 Posts at once at most: take one down first."


class EmptyMessage(Refusal):
    code = "EMPTY_MESSAGE"
    message = "A direct message without a card says something."


class InvalidRecipients(Refusal):
    code = "INVALID_RECIPIENTS"
    message = "Direct messages are sent to 1 to 20 people at once."


class MessageNotFound(Refusal):
    code = "MESSAGE_NOT_FOUND"
    message = "There is no such message in this conversation."


class CannotMessage(Refusal):
    code = "CANNOT_MESSAGE"
    message = "You cannot send direct messages to this person."
