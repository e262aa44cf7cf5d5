"""Idempotency: the key by which a client that repeats a command gets the first one's result."""

from __future__ import annotations

from app.domain import refusals

KEY_LENGTH = 64


def check_key(key: str) -> None:
    """Raises `InvalidIdempotencyKey` for an empty or overlong key."""
    if not 1 <= len(key) <= KEY_LENGTH:
        raise refusals.InvalidIdempotencyKey(field="idempotencyKey", limit=KEY_LENGTH, current=len(key))
