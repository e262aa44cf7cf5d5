"""Refusals, as payloads carry them."""

from __future__ import annotations

from app.domain.refusals import Refusal
from schema.errors import ErrorCode, UserError


def user_error(refusal: Refusal) -> UserError:
    """A refusal as payloads carry it."""
    return UserError(
        code=ErrorCode[refusal.code],
        message=refusal.text,
        field=refusal.field,
        limit=refusal.limit,
        current=refusal.current,
    )
