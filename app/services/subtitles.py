"""Subtitles: captions for players of HLS, at the addresses of the sound and for those alone who may hear it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.spaces import Space, SpaceState
from app.domain.subtitles import (
    REPLAY_MS,
    Cue,
    begins_in,
    live_cue,
    live_playlist,
    replay_cue,
    replay_playlist,
    web_vtt,
)
from app.domain.transcripts import Phrase, is_kept
from app.services.audio import Audio
from app.services.media_engine import MediaEngine, MediaRefused
from app.services.stores import PersonStore, Stretch
from app.services.transcripts import Transcripts


class Subtitles:
    """Every use is checked as one of the sound: see `Audio`, whose refusals these raise."""

    def __init__(self, audio: Audio, transcripts: Transcripts, people: PersonStore, media: MediaEngine) -> None:
        self._audio = audio
        self._transcripts = transcripts
        self._people = people
        self._media = media

    async def live_playlist(self, token: str) -> str:
        """The playlist of live subtitles."""
        space = await self._audio.heard_by(token)
        spans, ended = await self._media.live_spans(space.id)
        playlist = live_playlist(spans, ended=ended)
        if playlist is None:
            raise MediaRefused(404, "There is no sound yet, or no more.")
        return playlist

    async def live(self, token: str, sequence: int) -> str:
        """The captions that were understood during a segment of live sound."""
        space = await self._audio.heard_by(token)
        spans, _ = await self._media.live_spans(space.id)
        for span in spans:
            if span.sequence == sequence:
                recent = [one for one in self._transcripts.recent(space.id) if begins_in(live_cue(one, ""), span)]
                return web_vtt(await self._cues(recent, live_cue))
        raise MediaRefused(404, "There is no such segment, or no more.")

    async def replay_playlist(self, token: str) -> str:
        """The playlist of a recording's subtitles."""
        space = await self._recorded(token)
        return replay_playlist(await self._media.recorded_ms(space.id))

    async def replay(self, token: str, number: int) -> str:
        """The subtitles of a minute of a recording."""
        space = await self._recorded(token)
        if number * REPLAY_MS >= max(1, await self._media.recorded_ms(space.id)):
            raise MediaRefused(404, "The recording is not so long.")
        minute = Stretch(space.id, number * REPLAY_MS, (number + 1) * REPLAY_MS)
        return web_vtt(await self._cues(await self._transcripts.touching(minute), replay_cue))

    async def _recorded(self, token: str) -> Space:
        space = await self._audio.heard_by(token)
        if space.state is not SpaceState.ENDED or not is_kept(space):
            raise MediaRefused(404, "There is no recording of this Space.")
        return space

    async def _cues(self, phrases: Sequence[Phrase], cue: Callable[[Phrase, str], Cue]) -> list[Cue]:
        accounts = await self._people.get_many({one.speaker_id for one in phrases})
        names = {one.id: one.display_name for one in accounts}
        return [cue(one, names.get(one.speaker_id, "")) for one in phrases]
