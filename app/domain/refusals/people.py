"""Refusals about accounts."""

from __future__ import annotations

from app.domain.refusals.base import Refusal


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
