"""Audio: addresses of sound with short-lived tokens, and the check of every use of one."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.actions import Action, ClipAction, View
from app.domain.clips import Clip
from app.domain.permissions import may
from app.domain.recorded import WHOLE, Trim
from app.domain.spaces import Space, SpaceState
from app.domain.standing import ANONYMOUS, Standing
from app.services.admission import Admission
from app.services.airings import Airings
from app.services.connections import Connections
from app.services.media_engine import (
    REPLAY,
    MediaEngine,
    MediaRefused,
    Naming,
    Playlist,
    Reload,
    Rendition,
    SessionAnswer,
)
from app.services.media_grants import MediaGrants, has_microphone
from app.services.pages import Window
from app.services.ports import Clock, MediaGrant, MediaUse, Tokens
from app.services.stores import ClipStore, Node, SpaceStore, Stretch, TranscriptStore

MULTIVARIANT = "main.m3u8"
"""The playlist of playlists."""
CLIP_FILE = "clip.m4a"
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
class Replayed:
    """What an address lets hear of a recording, and whose it is (None: anonymous); `is_edited`: by its host, who hears
    what is trimmed away too.
    """

    space: Space
    person_id: str | None
    trim: Trim
    is_edited: bool


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
        transcripts: TranscriptStore,
        airings: Airings,
        admission: Admission,
        grants: MediaGrants,
        media: MediaEngine,
        connections: Connections,
        tokens: Tokens,
        *,
        node: Node,
        clock: Clock,
    ) -> None:
        self._spaces = spaces
        self._clips = clips
        self._transcripts = transcripts
        self._airings = airings
        self._admission = admission
        self._grants = grants
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
            playlist = REPLAY
        else:
            return None
        listen, expires_at = self._tokens.for_media(MediaGrant(MediaUse.LISTEN, space.id, viewer.id, login))
        whep_url = f"{node.url}/audio/{listen}/whep" if space.state is SpaceState.LIVE else None
        whip_url, call = None, listen
        if has_microphone(viewer, space):
            speak, _ = self._tokens.for_media(MediaGrant(MediaUse.SPEAK, space.id, viewer.id, login))
            whip_url, call = f"{node.url}/audio/{speak}/whip", speak
        folder = f"{node.url}/audio/{listen}"
        # http becomes ws, and https wss.
        socket_url = (
            f"ws{node.url.removeprefix('http')}/audio/{call}/socket" if space.state is SpaceState.LIVE else None
        )
        variants_url = f"{folder}/{MULTIVARIANT}"
        return AudioAddresses(f"{folder}/{playlist}", whep_url, whip_url, expires_at, variants_url, socket_url)

    def clip_url(self, clip: Clip, viewer_id: str | None, name: str = CLIP_FILE) -> str:
        """Where a file of the clip's is, its m4a or another by its name, while a token of it holds."""
        token, _ = self._tokens.for_media(MediaGrant(MediaUse.CLIP, clip.id, viewer_id))
        return f"{self._node.url}/audio/{token}/{name}"

    async def offer(self, token: str, sdp: str) -> SessionAnswer:
        """Connects the microphone of someone on stage."""
        grant = await self._grants.speaker(token)
        answer = await self._media.offer(grant.subject, grant.person_id or "", sdp)
        self._connections.keep(grant, answer.session_id)
        return answer

    async def listen(self, token: str, sdp: str) -> SessionAnswer:
        """Connects someone who hears, with low delay, everyone but themselves."""
        grant = await self._grants.live_listener(token)
        answer = await self._media.offer_listener(grant.subject, grant.person_id, sdp)
        self._connections.keep(grant, answer.session_id)
        return answer

    async def trickle(self, token: str, use: MediaUse, session_id: str, fragment: str) -> None:
        """Adds ICE candidates to a session."""
        grant = await (self._grants.speaker(token) if use is MediaUse.SPEAK else self._grants.live_listener(token))
        await self._media.trickle(grant.subject, session_id, fragment)

    async def hang_up(self, token: str, use: MediaUse, session_id: str) -> None:
        """Ends a session; also for someone whose right to it is gone."""
        await self._media.hang_up(self._grants.grant(token, use).subject, session_id)

    async def multivariant_playlist(self, token: str) -> str:
        """The HLS playlists to choose from: live, and those of the recording after the end."""
        space = await self._grants.heard(token)
        if space.state is SpaceState.LIVE:
            return self._media.multivariant_playlist()
        heard = await self.replayed(token)
        stretch = Stretch(space.id, heard.trim.start_ms, heard.trim.stop_ms)
        [words] = await self._transcripts.of_spaces([stretch], Window(1))
        return self._media.replay_variants(captions=bool(words))

    async def live_playlist(
        self, token: str, reload: Reload = AS_IT_IS, *, folder: str = "..", rendition: Rendition = Rendition.AAC
    ) -> LivePlaylist:
        """The live HLS playlist. What it lists lies in `folder`, relative to it, and is the same for every listener:
        each address has a seal of its own, so that nobody knows the next one who does not get the next playlist.
        """
        grant = self._grants.grant(token, MediaUse.LISTEN)
        place = (grant.subject, rendition.value)

        def address(name: str) -> str:
            return "/".join((folder, *place, self._tokens.seal(*place, name), name))

        with self._admission.watching(grant.person_id, grant.subject) as is_out:
            await self.heard_live(token)
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
        space = await self._grants.space(space_id)
        kept = space.recording_deleted_at is None and space.trim == WHOLE
        data = await self._media.live_resource(space_id, Rendition(rendition), name) if kept else None
        if data is None:
            raise MediaRefused(404, "There is no such sound, or no more.")
        return data

    async def replayed(self, token: str) -> Replayed:
        """The recording that this address is good to hear, now: what is heard of it, or, for its host who edits it, all
        of it.
        """
        grant = self._grants.grant(token, MediaUse.LISTEN, MediaUse.EDIT)
        is_edited = grant.use is MediaUse.EDIT
        space = await self._grants.heard_by(grant, Action.UPDATE_RECORDING if is_edited else Action.LISTEN)
        if space.state is not SpaceState.ENDED or not space.keeps_recording:
            raise MediaRefused(404, "There is no recording of this Space.")
        return Replayed(space, grant.person_id, WHOLE if is_edited else space.trim, is_edited)

    async def clip(self, token: str) -> Clip:
        """The clip whose files the token opens, now."""
        grant = self._grants.grant(token, MediaUse.CLIP)
        return await self._clip(grant.subject, grant.person_id)

    async def public_clip(self, clip_id: str) -> Clip:
        """The clip of this id, if anyone may hear it, now."""
        clip = await self._clip(clip_id, None)
        space = await self._spaces.get(clip.space_id)
        # What goes with a Space that is deleted may be there for a moment longer.
        if space is None or not may(ANONYMOUS, View.CLIPS, space):
            raise MediaRefused(404, "There is no such clip.")
        return clip

    async def _clip(self, clip_id: str, person_id: str | None) -> Clip:
        clip = await self._clips.get(clip_id)
        if clip is None or not clip.is_there(self._clock()) or not await self._is_heard(person_id, clip):
            raise MediaRefused(404, "There is no such clip.")
        return clip

    async def heard_live(self, token: str) -> Space:
        """The Space whose live sound this address is good to hear, now: also after its end, for those who hear it late,
        but not once its recording is trimmed.
        """
        space = await self._grants.heard(token)
        if space.trim != WHOLE:
            raise MediaRefused(404, "There is no live sound any more.")
        return space

    async def _is_heard(self, person_id: str | None, clip: Clip) -> bool:
        space = await self._spaces.get(clip.space_id) if person_id else None
        blocking = await self._admission.blocking(person_id, [space.host.id] if space else [])
        viewer = Standing(person_id, blocked=bool(blocking))
        heard = may(viewer, ClipAction.HEAR, clip)
        if viewer.blocked and not heard:
            raise MediaRefused(403, "The host of this clip's Space has blocked you.")
        return heard
