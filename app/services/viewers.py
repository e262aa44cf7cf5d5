"""Viewers: who is asking, from a bearer token."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.domain import refusals
from app.domain.permissions import operates
from app.domain.roster import Person
from app.domain.standing import Standing
from app.services.closings import Closings
from app.services.known_viewers import KnownViewers
from app.services.people import People
from app.services.ports import Clock, Identity, LoggedOut, Tokens, Unauthenticated
from app.services.stores import RevocationStore


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who has proved who they are, until `expires_at`; operators of the server have power in every Space."""

    person: Person
    expires_at: datetime
    token_id: str
    is_operator: bool = False

    @property
    def standing(self) -> Standing:
        """How they stand to any object, as far as that is known of them without asking."""
        return Standing(self.person.id, is_operator=self.is_operator)


class Viewers:
    """The same for HTTP's Authorization header and a websocket's connection_init."""

    def __init__(
        self,
        people: People,
        tokens: Tokens,
        revocations: RevocationStore,
        closings: Closings,
        *,
        operators: Collection[str],
        clock: Clock,
    ) -> None:
        self._people = people
        self._tokens = tokens
        self._revocations = revocations
        self._closings = closings
        self._operators = operators
        self._known = KnownViewers(closings, clock)

    def at_hand(self, authorization: str) -> Viewer | None:
        """Who sends this, if they were looked up some seconds ago (`KNOWN_FOR`) and have not logged out since.

        None says nothing. For those who only look: whatever changes something is decided by `of`.
        """
        return self._known.get(authorization)

    async def of(self, authorization: str | None) -> Viewer | None:
        """Who sends `Bearer <token>`; None without one (anonymous). Raises `Unauthenticated` for any other text."""
        if authorization is None:
            return None
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Authorization must read: Bearer <token>.")
        identity = await self._tokens.identify(token.strip())
        return await self._known.look_up(authorization, identity.token_id, partial(self._checked, identity))

    async def _checked(self, identity: Identity) -> Viewer:
        if await self._revocations.revoked([identity.token_id]):
            raise Unauthenticated("This token was logged out: log in again.")
        return await self._viewer(identity)

    async def _viewer(self, identity: Identity) -> Viewer:
        if identity.subject is not None:
            account = await self._people.of_subject(identity.subject, identity.handle, identity.display_name)
            return self._shown(account.person, identity)
        known = await self._people.get(identity.person_id or "")
        if known is None:
            raise Unauthenticated("This token's account does not exist any more.")
        return self._shown(known.person, identity)

    def _shown(self, person: Person, identity: Identity) -> Viewer:
        return Viewer(person, identity.expires_at, identity.token_id, operates(person, self._operators))

    async def log_out(self, viewer: Viewer, token: str | None) -> None:
        """Ends a token of the viewer's (None: the one they came with) for good, and all that is open by it at once.

        Raises `BadCredentials` for a token that is not theirs.
        """
        ended = viewer if token is None else await self._own(viewer, token)
        await self._revocations.revoke(ended.token_id, ended.expires_at)
        await self._closings.announce(LoggedOut(ended.token_id))

    async def _own(self, viewer: Viewer, token: str) -> Viewer:
        try:
            named = await self._viewer(await self._tokens.identify(token))
        except Unauthenticated:
            named = None
        if named is None or named.person.id != viewer.person.id:
            raise refusals.BadCredentials("That is not a token of yours.", field="token")
        return named
