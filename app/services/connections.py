"""Connections: sessions of sound that are open here, and their end as soon as the right to them is gone."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack

from app.domain import refusals
from app.services.admission import Admission
from app.services.closings import Closings
from app.services.media_engine import MediaEngine, MediaRefused, MediaUnavailable
from app.services.ports import Evicted, LoggedOut, MediaGrant, Removed
from app.services.stores import RevocationStore, SpaceStore

log = logging.getLogger(__name__)


class Connections:
    """Sessions end with their Space, and microphones with their seat, by the sound itself; here, with their person's
    eviction from the Space and with the log-out of the token they came with.
    """

    def __init__(
        self,
        closings: Closings,
        admission: Admission,
        spaces: SpaceStore,
        revocations: RevocationStore,
        media: MediaEngine,
    ) -> None:
        self._closings = closings
        self._admission = admission
        self._spaces = spaces
        self._revocations = revocations
        self._media = media
        self._group: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Watches the sessions that are given to `keep`, for ever; cancelled, it leaves them to the sound's own end."""
        try:
            async with asyncio.TaskGroup() as self._group:
                await asyncio.Event().wait()
        finally:
            self._group = None

    def keep(self, grant: MediaGrant, session_id: str) -> None:
        """Has a session hung up when what the grant says is true no longer."""
        if self._group is not None:
            self._group.create_task(self._watch(grant, session_id), name=f"session in {grant.subject}")

    async def require_login(self, grant: MediaGrant) -> None:
        """Raises `MediaRefused` where the token by which the address was asked for is logged out."""
        if await self._is_logged_out(grant):
            raise MediaRefused(401, "You are logged out: log in, and ask the API for a new address.")

    async def _watch(self, grant: MediaGrant, session_id: str) -> None:
        closed = asyncio.Event()
        with ExitStack() as registered:
            if grant.person_id is not None:
                for closing in (Evicted, Removed):
                    registered.enter_context(self._closings.on(closing(grant.subject, grant.person_id), closed.set))
            if grant.login is not None:
                registered.enter_context(self._closings.on(LoggedOut(grant.login), closed.set))
            # What happened while the offer was answered is found only now.
            if await self._is_gone(grant) or await self._closes_first(closed, session_id):
                await self._hang_up(grant.subject, session_id)

    async def _closes_first(self, closed: asyncio.Event, session_id: str) -> bool:
        """Whether the right ends before the session does."""
        ends = [asyncio.create_task(self._media.session_over(session_id)), asyncio.create_task(closed.wait())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
        return closed.is_set()

    async def _is_gone(self, grant: MediaGrant) -> bool:
        """Whether the grant is good no longer. Where the stores do not answer it is taken for gone."""
        try:
            return await self._is_kept_out(grant) or await self._is_logged_out(grant)
        except Exception:
            log.exception("a session is hung up, as the right to it cannot be looked up")
            return True

    async def _is_kept_out(self, grant: MediaGrant) -> bool:
        space = await self._spaces.get(grant.subject)
        try:
            if space is not None:
                await self._admission.require(grant.person_id, space)
        except refusals.Refusal:
            return True
        return space is None

    async def _is_logged_out(self, grant: MediaGrant) -> bool:
        return grant.login is not None and bool(await self._revocations.revoked([grant.login]))

    async def _hang_up(self, space_id: str, session_id: str) -> None:
        try:
            await self._media.hang_up(space_id, session_id)
        except (MediaUnavailable, MediaRefused) as error:
            # A sound that is down has no sessions any more.
            log.warning("a session was not hung up: %s", error)
