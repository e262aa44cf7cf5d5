"""Passwords without the cost of hashing."""

from __future__ import annotations


class PlainPasswords:
    """The `Passwords` port; the hash is the password itself, reversed."""

    async def hash(self, password: str) -> str:
        return password[::-1]

    async def verify(self, password_hash: str | None, password: str) -> bool:
        return password_hash == password[::-1]
