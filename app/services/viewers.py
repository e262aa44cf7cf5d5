"""Viewers: who is asking, from a bearer token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.roster import Person
from app.services.people import People
from app.services.ports import Tokens, Unauthenticated


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who has proved who they are, until `expires_at`."""

    person: Person
    expires_at: datetime


class Viewers:
    """The same for HTTP's Authorization header and a websocket's connection_init."""

    def __init__(self, people: People, tokens: Tokens) -> None:
        self._people = people
        self._tokens = tokens

    async def of(self, authorization: str | None) -> Viewer | None:
        """Who sends `Bearer <token>`; None without one (anonymous). Raises `Unauthenticated` for any other text."""
        if authorization is None:
            return None
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Authorization must read: Bearer <token>.")
        identity = await self._tokens.identify(token.strip())
        if identity.subject is not None:
            account = await self._people.of_subject(identity.subject, identity.handle, identity.display_name)
            return Viewer(account.person, identity.expires_at)
        known = await self._people.get(identity.person_id or "")
        if known is None:
            raise Unauthenticated("This token's account does not exist any more.")
        return Viewer(known.person, identity.expires_at)
