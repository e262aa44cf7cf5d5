"""Audio: addresses of sound with short-lived tokens, and the check of every use of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.clips import Clip
from app.domain.permissions import may_see
from app.domain.refusals import BlockedByHost
from app.domain.spaces import Space, SpaceState
from app.services.admission import Admission
from app.services.airings import Airings
from app.services.connections import Connections
from app.services.media_engine import FileSlice, MediaEngine, MediaRefused, SessionAnswer
from app.services.ports import MediaGrant, MediaUse, Tokens
from app.services.stores import Node, SpaceStore


@dataclass(frozen=True, slots=True)
class AudioAddresses:
    """Where a viewer hears and speaks, until `expires_at`; None for what is not theirs now."""

    hls_url: str | None
    whep_url: str | None
    whip_url: str | None
    expires_at: datetime


class Audio:
    """The sound's doorkeeper: a token opens nothing by itself, seat and Space are looked at with every use.

    Uses raise `MediaRefused` with the HTTP status that fits: 401 for a token that is forged or over, 403 for one whose
    right has gone, 404 for what is not there.
    """

    def __init__(
        self,
        spaces: SpaceStore,
        airings: Airings,
        admission: Admission,
        media: MediaEngine,
        connections: Connections,
        tokens: Tokens,
        *,
        node: Node,
    ) -> None:
        self._spaces = spaces
        self._airings = airings
        self._admission = admission
        self._media = media
        self._connections = connections
        self._tokens = tokens
        self._node = node

    async def addresses(
        self, viewer_id: str | None, space: Space, *, login: str | None = None
    ) -> AudioAddresses | None:
        """The addresses of a live Space, or of the replay of an ended, recorded one.

        None where there is no sound, and for whom the host blocks. `login`: the id of the token the viewer came with.
        """
        if space.state is SpaceState.LIVE:
            node, playlist = await self._airings.node_of(space.id) or self._node, "live.m3u8"
        elif space.state is SpaceState.ENDED and space.recording_enabled:
            node, playlist = self._node, "replay.m3u8"
        else:
            return None
        if await self._admission.blocking(viewer_id, [space.host.id]):
            return None
        listen, expires_at = self._tokens.for_media(MediaGrant(MediaUse.LISTEN, space.id, viewer_id, login))
        whep_url = f"{node.url}/audio/{listen}/whep" if space.state is SpaceState.LIVE else None
        whip_url = None
        if viewer_id and space.seat(viewer_id):
            speak, _ = self._tokens.for_media(MediaGrant(MediaUse.SPEAK, space.id, viewer_id, login))
            whip_url = f"{node.url}/audio/{speak}/whip"
        return AudioAddresses(f"{node.url}/audio/{listen}/{playlist}", whep_url, whip_url, expires_at)

    def clip_url(self, clip: Clip, viewer_id: str | None) -> str:
        """Where the clip's m4a is, for 10 minutes."""
        token, _ = self._tokens.for_media(MediaGrant(MediaUse.CLIP, clip.id, viewer_id))
        return f"{self._node.url}/audio/{token}/clip.m4a"

    async def offer(self, token: str, sdp: str) -> SessionAnswer:
        """Connects the microphone of someone on stage."""
        grant = await self._speaker(token)
        answer = await self._media.offer(grant.subject, grant.person_id or "", sdp)
        self._connections.keep(grant, answer.session_id)
        return answer

    async def listen(self, token: str, sdp: str) -> SessionAnswer:
        """Connects someone who hears, with low delay, everyone but themselves."""
        grant = await self._live_listener(token)
        answer = await self._media.offer_listener(grant.subject, grant.person_id, sdp)
        self._connections.keep(grant, answer.session_id)
        return answer

    async def trickle(self, token: str, use: MediaUse, session_id: str, fragment: str) -> None:
        """Adds ICE candidates to a session."""
        grant = await (self._speaker(token) if use is MediaUse.SPEAK else self._live_listener(token))
        await self._media.trickle(grant.subject, session_id, fragment)

    async def hang_up(self, token: str, use: MediaUse, session_id: str) -> None:
        """Ends a session; also for someone whose right to it is gone."""
        await self._media.hang_up(self._grant(token, use).subject, session_id)

    async def live_playlist(self, token: str) -> str:
        """The live HLS playlist."""
        playlist = await self._media.live_playlist((await self._listener(token)).subject)
        if playlist is None:
            raise MediaRefused(404, "There is no sound yet, or no more.")
        return playlist

    async def replay_playlist(self, token: str) -> str:
        """The recording as an HLS playlist."""
        grant = await self._listener(token)
        space = await self._space(grant.subject)
        recorded = space.recording_enabled and space.state is SpaceState.ENDED
        playlist = await self._media.replay_playlist(space.id) if recorded else None
        if playlist is None:
            raise MediaRefused(404, "There is no recording of this Space.")
        return playlist

    async def segment(self, token: str, name: str) -> FileSlice:
        """What a playlist's relative address leads to."""
        found = await self._media.segment((await self._listener(token)).subject, name)
        if found is None:
            raise MediaRefused(404, "There is no such segment, or no more.")
        return found

    async def clip_file(self, token: str) -> Path:
        """The m4a of a clip."""
        path = self._media.clip_file(self._grant(token, MediaUse.CLIP).subject)
        if path is None:
            raise MediaRefused(404, "There is no such clip.")
        return path

    def _grant(self, token: str, use: MediaUse) -> MediaGrant:
        grant = self._tokens.media_grant(token)
        if grant is None:
            raise MediaRefused(401, "The address has expired or is not valid: ask the API for a new one.")
        if grant.use is not use:
            raise MediaRefused(403, f"This address is good to {grant.use} only.")
        return grant

    async def _space(self, space_id: str) -> Space:
        space = self._airings.current(space_id) or await self._spaces.get(space_id)
        if space is None or space.state is SpaceState.DELETED:
            raise MediaRefused(404, "There is no such Space.")
        return space

    async def _speaker(self, token: str) -> MediaGrant:
        grant = self._grant(token, MediaUse.SPEAK)
        space = await self._space(grant.subject)
        if space.state is not SpaceState.LIVE:
            raise MediaRefused(403, "The Space is not live.")
        if grant.person_id is None or space.seat(grant.person_id) is None:
            raise MediaRefused(403, "You have no seat on this Space's stage.")
        await self._require_admitted(grant, space)
        await self._connections.require_login(grant)
        return grant

    async def _live_listener(self, token: str) -> MediaGrant:
        grant = await self._listener(token)
        if (await self._space(grant.subject)).state is not SpaceState.LIVE:
            raise MediaRefused(403, "The Space is not live.")
        await self._connections.require_login(grant)
        return grant

    async def _listener(self, token: str) -> MediaGrant:
        grant = self._grant(token, MediaUse.LISTEN)
        space = await self._space(grant.subject)
        if not may_see(space, grant.person_id):
            raise MediaRefused(403, "This Space is not open to you.")
        await self._require_admitted(grant, space)
        return grant

    async def _require_admitted(self, grant: MediaGrant, space: Space) -> None:
        try:
            await self._admission.require(grant.person_id, space)
        except BlockedByHost as refusal:
            raise MediaRefused(403, refusal.text) from None
