"""Audio: addresses of sound with short-lived tokens, and the check of every use of one."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.actions import Action, ClipAction
from app.domain.clips import Clip
from app.domain.permissions import kept_out, may
from app.domain.spaces import Space, SpaceState
from app.domain.standing import Standing
from app.services.admission import Admission
from app.services.airings import Airings
from app.services.connections import Connections
from app.services.media_engine import (
    FileSlice,
    MediaEngine,
    MediaRefused,
    Naming,
    Playlist,
    Reload,
    Rendition,
    SessionAnswer,
)
from app.services.ports import Clock, MediaGrant, MediaUse, Tokens
from app.services.stores import ClipStore, Node, SpaceStore

MULTIVARIANT = "main.m3u8"
"""The playlist of playlists."""
AS_IT_IS = Reload()


@dataclass(frozen=True, slots=True)
class AudioAddresses:
    """Where a viewer hears and speaks, until `expires_at`; None for what is not theirs now."""

    hls_url: str | None
    whep_url: str | None
    whip_url: str | None
    expires_at: datetime
    variants_url: str | None = None
    socket_url: str | None = None


@dataclass(frozen=True, slots=True)
class LivePlaylist:
    """A live playlist; `for_anyone`: everyone with this address gets the same, so caches may share it."""

    playlist: Playlist
    for_anyone: bool


class Audio:
    """The sound's doorkeeper: a token opens nothing by itself, seat and Space are looked at with every use.

    Uses raise `MediaRefused` with the HTTP status that fits: 401 for a token that is forged or over, 403 for one whose
    right has gone, 404 for what is not there.
    """

    def __init__(
        self,
        spaces: SpaceStore,
        clips: ClipStore,
        airings: Airings,
        admission: Admission,
        media: MediaEngine,
        connections: Connections,
        tokens: Tokens,
        *,
        node: Node,
        clock: Clock,
    ) -> None:
        self._spaces = spaces
        self._clips = clips
        self._airings = airings
        self._admission = admission
        self._media = media
        self._connections = connections
        self._tokens = tokens
        self._node = node
        self._clock = clock

    async def addresses(
        self, viewer_id: str | None, space: Space, *, login: str | None = None
    ) -> AudioAddresses | None:
        """The addresses of a live Space, or of the replay of an ended, recorded one.

        None where there is no sound, and for whom is kept out. `login`: the id of the token the viewer came with.
        """
        return (await self.addresses_of_many(viewer_id, [space], login=login))[0]

    async def addresses_of_many(
        self, viewer_id: str | None, spaces: Sequence[Space], *, login: str | None = None
    ) -> list[AudioAddresses | None]:
        """The addresses of each of the Spaces, in their order, by as many queries as for one."""
        nodes = await self._airings.nodes_of([one.id for one in spaces if one.state is SpaceState.LIVE])
        viewers = await self._admission.standings(viewer_id, spaces)
        return [
            self._signed(viewer, login, one, nodes.get(one.id, self._node))
            for viewer, one in zip(viewers, spaces, strict=True)
        ]

    def _signed(self, viewer: Standing, login: str | None, space: Space, node: Node) -> AudioAddresses | None:
        if not may(viewer, Action.LISTEN, space):
            return None
        if space.state is SpaceState.LIVE:
            playlist = Rendition.AAC.playlist
        elif space.state is SpaceState.ENDED and space.keeps_recording:
            playlist = "replay.m3u8"
        else:
            return None
        listen, expires_at = self._tokens.for_media(MediaGrant(MediaUse.LISTEN, space.id, viewer.id, login))
        whep_url = f"{node.url}/audio/{listen}/whep" if space.state is SpaceState.LIVE else None
        whip_url, call = None, listen
        if _has_microphone(viewer, space):
            speak, _ = self._tokens.for_media(MediaGrant(MediaUse.SPEAK, space.id, viewer.id, login))
            whip_url, call = f"{node.url}/audio/{speak}/whip", speak
        folder = f"{node.url}/audio/{listen}"
        variants_url = f"{folder}/{MULTIVARIANT}" if space.state is SpaceState.LIVE else None
        # http becomes ws, and https wss.
        socket_url = (
            f"ws{node.url.removeprefix('http')}/audio/{call}/socket" if space.state is SpaceState.LIVE else None
        )
        return AudioAddresses(f"{folder}/{playlist}", whep_url, whip_url, expires_at, variants_url, socket_url)

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

    async def multivariant_playlist(self, token: str) -> str:
        """The live HLS playlists to choose from."""
        await self._heard(token)
        return self._media.multivariant_playlist()

    async def live_playlist(
        self, token: str, reload: Reload = AS_IT_IS, *, folder: str = "..", rendition: Rendition = Rendition.AAC
    ) -> LivePlaylist:
        """The live HLS playlist. What it lists lies in `folder`, relative to it, and is the same for every listener:
        each address has a seal of its own, so that nobody knows the next one who does not get the next playlist.
        """
        grant = self._grant(token, MediaUse.LISTEN)
        place = (grant.subject, rendition.value)

        def address(name: str) -> str:
            return "/".join((folder, *place, self._tokens.seal(*place, name), name))

        with self._admission.watching(grant.person_id, grant.subject) as is_out:
            await self._heard(token)
            playlist = await self._media.live_playlist(grant.subject, rendition, Naming(folder, address), reload)
            if is_out():
                # While it was held.
                raise MediaRefused(403, "You may be in this Space no longer.")
        if playlist is None:
            raise MediaRefused(404, "There is no sound yet, or no more.")
        return LivePlaylist(playlist, for_anyone=grant.person_id is None)

    async def live_resource(self, space_id: str, rendition: str, seal: str, name: str) -> bytes:
        """What a live playlist's address leads to. It says nothing of who asks: whoever may not listen gets no
        playlist, and so learns of no address after the part that is hinted at in the last one.
        """
        if not hmac.compare_digest(seal.encode(), self._tokens.seal(space_id, rendition, name).encode()):
            raise MediaRefused(403, "The address is not valid.")
        space = await self._space(space_id)
        kept = space.recording_deleted_at is None
        data = await self._media.live_resource(space_id, Rendition(rendition), name) if kept else None
        if data is None:
            raise MediaRefused(404, "There is no such sound, or no more.")
        return data

    async def replay_playlist(self, token: str) -> str:
        """The recording as an HLS playlist."""
        space = await self._heard(token)
        recorded = space.keeps_recording and space.state is SpaceState.ENDED
        playlist = await self._media.replay_playlist(space.id) if recorded else None
        if playlist is None:
            raise MediaRefused(404, "There is no recording of this Space.")
        return playlist

    async def segment(self, token: str, name: str) -> FileSlice:
        """What a playlist's relative address leads to."""
        space = await self._heard(token)
        found = await self._media.segment(space.id, name) if space.recording_deleted_at is None else None
        if found is None:
            raise MediaRefused(404, "There is no such segment, or no more.")
        return found

    async def clip_file(self, token: str) -> Path:
        """The m4a of a clip."""
        grant = self._grant(token, MediaUse.CLIP)
        clip = await self._clips.get(grant.subject)
        shown = clip is not None and clip.is_there(self._clock()) and await self._is_heard(grant.person_id, clip)
        path = self._media.clip_file(grant.subject) if shown else None
        if path is None:
            raise MediaRefused(404, "There is no such clip.")
        return path

    async def heard_by(self, token: str) -> Space:
        """The Space whose sound this address is good to hear, now."""
        return await self._heard(token)

    async def _is_heard(self, person_id: str | None, clip: Clip) -> bool:
        space = await self._spaces.get(clip.space_id) if person_id else None
        blocking = await self._admission.blocking(person_id, [space.host.id] if space else [])
        viewer = Standing(person_id, blocked=bool(blocking))
        heard = may(viewer, ClipAction.HEAR, clip)
        if viewer.blocked and not heard:
            raise MediaRefused(403, "The host of this clip's Space has blocked you.")
        return heard

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

    async def caller(self, token: str) -> MediaGrant:
        """What an address of the WebSocket is good for, now: to speak and to hear, or to hear alone."""
        grant = self._tokens.media_grant(token)
        use = MediaUse.SPEAK if grant and grant.use is MediaUse.SPEAK else MediaUse.LISTEN
        return await (self._speaker(token) if use is MediaUse.SPEAK else self._live_listener(token))

    async def require(self, grant: MediaGrant) -> None:
        """Raises `MediaRefused` where someone may not speak, or hear a live Space, any more."""
        if grant.use is MediaUse.SPEAK:
            await self._require_seat(grant)
        elif (await self._require_heard(grant)).state is not SpaceState.LIVE:
            raise MediaRefused(403, "The Space is not live.")
        await self._connections.require_login(grant)

    async def _speaker(self, token: str) -> MediaGrant:
        grant = self._grant(token, MediaUse.SPEAK)
        await self.require(grant)
        return grant

    async def _require_seat(self, grant: MediaGrant) -> None:
        space = await self._space(grant.subject)
        if space.state is not SpaceState.LIVE:
            raise MediaRefused(403, "The Space is not live.")
        viewer = await self._admitted(grant, space)
        if not _has_microphone(viewer, space):
            raise MediaRefused(403, "You have no seat on this Space's stage.")

    async def _live_listener(self, token: str) -> MediaGrant:
        grant = self._grant(token, MediaUse.LISTEN)
        await self.require(grant)
        return grant

    async def _heard(self, token: str) -> Space:
        """The Space that the token lets its bearer hear."""
        return await self._require_heard(self._grant(token, MediaUse.LISTEN))

    async def _require_heard(self, grant: MediaGrant) -> Space:
        space = await self._space(grant.subject)
        if not may(await self._admitted(grant, space), Action.LISTEN, space):
            raise MediaRefused(403, "This Space is not open to you.")
        return space

    async def _admitted(self, grant: MediaGrant, space: Space) -> Standing:
        [viewer] = await self._admission.standings(grant.person_id, [space])
        if refusal := kept_out(viewer):
            raise MediaRefused(403, refusal.text)
        return viewer


def _has_microphone(viewer: Standing, space: Space) -> bool:
    """Whether there is a seat to speak from; it is asked for with every use of an address."""
    seat = space.seat(viewer.id) if viewer.id else None
    return seat is not None and may(viewer, Action.USE_MICROPHONE, space)
