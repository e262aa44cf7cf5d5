"""Passwords and tokens without cryptography, for tests of the use cases."""

from datetime import datetime, timedelta

from app.services.ports import Clock, Identity, MediaGrant, Unauthenticated

SESSION = timedelta(days=30)
ADDRESS = timedelta(minutes=10)


class PlainPasswords:
    """`Passwords` that only look hashed; `work` counts the expensive calls that a real one would have made."""

    def __init__(self) -> None:
        self.work = 0

    async def hash(self, password: str) -> str:
        self.work += 1
        return f"hash of {password}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        self.work += 1
        return password_hash == f"hash of {password}"


class MemoryTokens:
    """`Tokens` that are looked up in dicts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._identities: dict[str, Identity] = {}
        self._grants: dict[str, tuple[MediaGrant, datetime]] = {}

    def for_person(self, person_id: str) -> tuple[str, datetime]:
        token, expires_at = f"token-{len(self._identities) + 1}", self._clock() + SESSION
        self._identities[token] = Identity(expires_at, token, person_id=person_id)
        return token, expires_at

    def for_subject(self, subject: str, handle: str, display_name: str) -> str:
        """A token as an outside provider would give it."""
        token = f"outside-{len(self._identities) + 1}"
        self._identities[token] = Identity(
            self._clock() + SESSION, token, subject=subject, handle=handle, display_name=display_name
        )
        return token

    async def identify(self, token: str) -> Identity:
        identity = self._identities.get(token)
        if identity is None or identity.expires_at <= self._clock():
            raise Unauthenticated("This token is not good, or not any more.")
        return identity

    def for_media(self, grant: MediaGrant) -> tuple[str, datetime]:
        token, expires_at = f"media-{len(self._grants) + 1}", self._clock() + ADDRESS
        self._grants[token] = (grant, expires_at)
        return token, expires_at

    def media_grant(self, token: str) -> MediaGrant | None:
        grant, expires_at = self._grants.get(token, (None, self._clock()))
        return grant if expires_at > self._clock() else None

    def seal(self, *words: str) -> str:
        return "-".join(("sealed", *words))
