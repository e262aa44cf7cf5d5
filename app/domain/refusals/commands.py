"""Refusals that any command may meet."""

from __future__ import annotations

from app.domain.refusals.base import Refusal


class RateLimited(Refusal):
    code = "RATE_LIMITED"
    message = "Too many at once; try again in a moment."


class InvalidIdempotencyKey(Refusal):
    code = "INVALID_IDEMPOTENCY_KEY"
    message = "An idempotency key has 1 to 64 characters."


class Busy(Refusal):
    code = "BUSY"
    message = "Too many people changed this Space at the same moment; nothing was changed, try again."
