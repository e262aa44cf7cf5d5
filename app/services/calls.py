"""Calls: people who speak and hear over a WebSocket, for networks that let no UDP through."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

from app.services.airings import Airings
from app.services.connections import Connections
from app.services.media_engine import MediaEngine, MediaRefused, MediaUnavailable, SoundLine
from app.services.media_grants import MediaGrants
from app.services.ports import MediaGrant, MediaUse

REPLACED = 410
"""As a status: there is a newer connection of this person, and this one is not to be made again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """Someone's connection: by what right, and the sound itself."""

    grant: MediaGrant
    line: SoundLine

    @property
    def sessions(self) -> list[str]:
        """Its sessions; hearing is the first, where there is it: the call lasts as long as that."""
        return [one for one in (self.line.listener_id, self.line.microphone_id) if one]


class Calls:
    """By the same addresses, rules and ends as WHIP and WHEP, of which a call is both."""

    def __init__(self, grants: MediaGrants, airings: Airings, media: MediaEngine, connections: Connections) -> None:
        self._grants = grants
        self._airings = airings
        self._media = media
        self._connections = connections

    async def join(self, token: str, *, speaks: bool | None, hears: bool) -> Call:
        """Connects whoever comes by this token; `speaks` None: if the token is good for it. To be left by `leave`.

        Raises `MediaRefused`, `MediaUnavailable`.
        """
        grant = await self._grants.caller(token)
        may_speak = grant.use is MediaUse.SPEAK
        if speaks and not may_speak:
            raise MediaRefused(403, f"This address is good to {grant.use} only.")
        speaks = may_speak if speaks is None else speaks
        if not speaks and not hears:
            raise MediaRefused(400, "A call speaks, or hears, or both.")
        call = Call(grant, await self._media.join(grant.subject, grant.person_id, speaks=speaks, hears=hears))
        for session_id in call.sessions:
            self._connections.keep(grant, session_id)
        return call

    async def end_of(self, call: Call) -> Exception:
        """Waits until the call is over, and says why: a `MediaRefused` or `MediaUnavailable`."""
        await self._media.session_over(call.sessions[0])
        if call.line.lost:
            return MediaUnavailable("The sound is started again: connect anew.")
        use = MediaUse.LISTEN if call.line.listener_id else MediaUse.SPEAK
        try:
            await self._grants.require(replace(call.grant, use=use))
        except MediaRefused as refused:
            return refused
        return MediaRefused(REPLACED, "A newer connection of yours has replaced this one.")

    async def until_silenced(self, call: Call) -> None:
        """Returns when the call has no microphone any more, though hearing may go on."""
        await self._media.session_over(call.line.microphone_id or "")

    def is_open(self, call: Call) -> bool | None:
        """Whether the person's microphone is open; None where there is no seat, or nothing known."""
        space = self._airings.current(call.grant.subject)
        seat = space.seat(call.grant.person_id) if space and call.grant.person_id else None
        return None if seat is None else not seat.muted

    async def leave(self, call: Call) -> None:
        """Ends what is left of a call."""
        call.line.close()
        try:
            await asyncio.gather(*(self._media.hang_up(call.grant.subject, one) for one in call.sessions))
        except (MediaUnavailable, MediaRefused) as error:
            # A sound that is down has no sessions any more.
            log.warning("a call was not hung up: %s", error)
