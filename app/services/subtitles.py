"""Subtitles: captions for players of HLS, at the addresses of the sound and for those alone who may hear it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.spaces import Space
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
from app.domain.transcripts import Phrase, between
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
        space = await self._audio.heard_live(token)
        spans, ended = await self._media.live_spans(space.id)
        playlist = live_playlist(spans, ended=ended)
        if playlist is None:
            raise MediaRefused(404, "There is no sound yet, or no more.")
        return playlist

    async def live(self, token: str, sequence: int) -> str:
        """The captions that were understood during a segment of live sound."""
        space = await self._audio.heard_live(token)
        spans, _ = await self._media.live_spans(space.id)
        for span in spans:
            if span.sequence == sequence:
                recent = [one for one in self._transcripts.recent(space.id) if begins_in(live_cue(one, ""), span)]
                return web_vtt(await self._cues(recent, live_cue))
        raise MediaRefused(404, "There is no such segment, or no more.")

    async def replay_playlist(self, token: str) -> str:
        """The playlist of a recording's subtitles."""
        _, heard = await self._recorded(token)
        return replay_playlist(len(heard))

    async def replay(self, token: str, number: int) -> str:
        """The subtitles of a minute of what is heard of a recording, to the word."""
        space, heard = await self._recorded(token)
        start_ms = heard.start + number * REPLAY_MS
        if start_ms >= max(heard.start + 1, heard.stop):
            raise MediaRefused(404, "The recording is not so long.")
        minute = Stretch(space.id, start_ms, min(start_ms + REPLAY_MS, heard.stop))
        phrases = between(await self._transcripts.touching(minute), heard.start, heard.stop)
        return web_vtt(await self._cues(phrases, replay_cue))

    async def _recorded(self, token: str) -> tuple[Space, range]:
        """The Space, and the ms of its recording that are heard."""
        replayed = await self._audio.replayed(token)
        duration_ms = await self._media.recorded_ms(replayed.space.id)
        return replayed.space, replayed.trim.within(duration_ms)

    async def _cues(self, phrases: Sequence[Phrase], cue: Callable[[Phrase, str], Cue]) -> list[Cue]:
        accounts = await self._people.get_many({one.speaker_id for one in phrases})
        names = {one.id: one.display_name for one in accounts}
        return [cue(one, names.get(one.speaker_id, "")) for one in phrases]
