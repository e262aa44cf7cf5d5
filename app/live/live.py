"""The sound of this node: Spaces on air in media processes, which follow them, and what those write and tell."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.spaces import Space
from app.domain.subtitles import Span
from app.domain.transcripts import Heard
from app.domain.voices import Voices
from app.live.audience import Audience
from app.live.clip_files import ClipFiles
from app.live.lines import open_line
from app.live.listening import Listening, replay_variants
from app.live.news import News
from app.live.on_air import OnAir
from app.live.placement import Load
from app.live.workers import Happened, Workers
from app.services.media_engine import (
    ClipSound,
    MediaUnavailable,
    Naming,
    Playlist,
    RecordingNews,
    Reload,
    Rendition,
    SessionAnswer,
    SoundLine,
)
from media import control
from media.opus import SAMPLE_RATE
from media.process import MediaProcess
from media.recognisers import OFF, UnknownRecogniser, check
from media.recordings import Recordings
from media.treatment import UNTREATED, Wanted

log = logging.getLogger(__name__)


class Live:
    """The `MediaEngine` of this node: a context, within which so many media processes run, supervised.

    Recordings are folders in `folder / "spaces"`, clips files in `folder / "clips"`. `addresses`: where sessions
    connect, `BIND` or `BIND=ANNOUNCED`; none given, on every address of this machine. `max_listeners` may hear with
    low delay at once, in all processes together, besides those on stage. `transcriber`: what puts speech into words,
    by the names of `media.recognisers`. `treating`: what is done to every microphone.
    """

    def __init__(
        self,
        folder: Path,
        addresses: Sequence[str] = (),
        *,
        workers: int = 1,
        max_listeners: int = 0,
        transcriber: str = OFF,
        treating: Wanted = UNTREATED,
    ) -> None:
        self._recordings = Recordings(folder.resolve() / "spaces")
        self._clips = ClipFiles(folder.resolve() / "clips")
        self._addresses = addresses
        self._transcriber = transcriber
        self._treating = treating
        self._news = News()
        self._workers = Workers(workers, self._start, happened=self._happened, lost=self._lost, returned=self._returned)
        self._on_air = OnAir(self._recordings, self._workers, self._news)
        self._audience = Audience(max_listeners, self._workers.open_listeners, self._on_air.is_seated)
        self._listening = Listening(self._on_air, self._recordings, has_captions=transcriber != OFF)

    async def __aenter__(self) -> Self:
        """Starts the media processes. Raises `MediaUnavailable` where one does not get ready."""
        try:
            check(self._transcriber)
        except UnknownRecogniser as error:
            raise MediaUnavailable(str(error)) from error
        await self._clips.open()
        await self._workers.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Finalises every take and ends the media processes, within about 2 s."""
        await self._workers.end_supervision()
        await self._on_air.close()
        await self._workers.stop()

    async def follow(self, space: Space) -> None:
        """See `MediaEngine`."""
        await self._on_air.follow(space)

    async def drop(self, space_id: str) -> None:
        """See `MediaEngine`."""
        await self._on_air.drop(space_id)

    async def offer(self, space_id: str, person_id: str, sdp: str) -> SessionAnswer:
        """See `MediaEngine`."""
        return await self._workers.of(space_id).offer(control.OfferMicrophone(space_id, person_id, sdp))

    async def offer_listener(self, space_id: str, person_id: str | None, sdp: str) -> SessionAnswer:
        """See `MediaEngine`."""
        process = self._workers.of(space_id)
        with self._audience.place(space_id, person_id or ""):
            return await process.offer(control.OfferListener(space_id, person_id or "", sdp))

    async def join(self, space_id: str, person_id: str | None, *, speaks: bool, hears: bool) -> SoundLine:
        """See `MediaEngine`."""
        process = self._workers.of(space_id)
        with self._audience.place(space_id, person_id or "") if hears else nullcontext():
            return await open_line(process, space_id, person_id or "", speaks=speaks, hears=hears)

    async def session_over(self, session_id: str) -> None:
        """See `MediaEngine`."""
        await self._workers.session_over(session_id)

    async def trickle(self, space_id: str, session_id: str, fragment: str) -> None:
        """See `MediaEngine`."""
        await self._workers.of(space_id).ask(control.Trickle(space_id, session_id, fragment))

    async def hang_up(self, space_id: str, session_id: str) -> None:
        """See `MediaEngine`."""
        if process := self._workers.find(space_id):
            await process.ask(control.HangUp(space_id, session_id))

    @property
    def is_up(self) -> bool:
        """Whether a media process is there and takes commands."""
        return self._workers.up > 0

    @property
    def loads(self) -> Sequence[Load]:
        """What each media process has on air."""
        return self._workers.loads

    def pid_of(self, space_id: str) -> int | None:
        """The media process that has a Space on air; None while it is started again, and off the air."""
        process = self._workers.find(space_id)
        return process.pid if process else None

    async def stats(self) -> Mapping[str, Mapping[str, float]]:
        """Figures of all media processes (`media.control.Stats`). Raises `MediaUnavailable`."""
        return await self._workers.stats()

    def speaking_from(self) -> frozenset[tuple[str, str]]:
        """See `MediaEngine`."""
        return self._workers.speaking_from()

    def listening_from(self) -> frozenset[tuple[str, str | None]]:
        """See `MediaEngine`."""
        return frozenset((space_id, person_id or None) for space_id, person_id in self._workers.open_listeners())

    def voices(self) -> AbstractAsyncContextManager[AsyncIterator[tuple[str, Voices]]]:
        """See `MediaEngine`."""
        return self._news.voices()

    async def next_phrase(self) -> Heard:
        """See `MediaEngine`."""
        return await self._news.next_phrase()

    async def next_recording_news(self) -> RecordingNews:
        """See `MediaEngine`."""
        return await self._news.next_recording_news()

    async def live_playlist(
        self, space_id: str, rendition: Rendition, naming: Naming, reload: Reload
    ) -> Playlist | None:
        """See `MediaEngine`."""
        return await self._listening.playlist(space_id, rendition, naming, reload)

    async def live_resource(self, space_id: str, rendition: Rendition, name: str) -> bytes | None:
        """See `MediaEngine`."""
        return await self._listening.resource(space_id, rendition, name)

    def multivariant_playlist(self) -> str:
        """See `MediaEngine`."""
        return self._listening.multivariant

    def replay_variants(self, *, captions: bool) -> str:
        """See `MediaEngine`."""
        return replay_variants(captions=captions)

    async def live_spans(self, space_id: str) -> tuple[Sequence[Span], bool]:
        """See `MediaEngine`."""
        return await self._listening.spans(space_id)

    async def recorded_ms(self, space_id: str) -> int:
        """See `MediaEngine`."""
        return await self._recordings.duration(space_id) * 1000 // SAMPLE_RATE

    async def clip(self, space_id: str, clip_id: str, *, start_ms: int, duration_ms: int) -> ClipSound:
        """See `MediaEngine`."""
        recording = self._recordings.path(space_id)
        return await self._clips.cut(recording, clip_id, start_ms=start_ms, duration_ms=duration_ms)

    async def delete_recording(self, space_id: str) -> None:
        """See `MediaEngine`."""
        self._on_air.broadcasts.forget(space_id)
        await self._recordings.delete(space_id)

    async def delete_clip(self, clip_id: str) -> None:
        """See `MediaEngine`."""
        await self._clips.delete(clip_id)

    def clip_file(self, clip_id: str) -> Path | None:
        """See `MediaEngine`."""
        return self._clips.find(clip_id)

    async def _start(self, happened: Happened) -> MediaProcess:
        return await MediaProcess.start(
            self._addresses, happened, transcriber=self._transcriber, treating=self._treating
        )

    def _lost(self, space_ids: Collection[str]) -> None:
        self._on_air.lost(space_ids)

    async def _returned(self, space_ids: Collection[str]) -> None:
        await self._on_air.resume(space_ids)

    def _happened(self, event: control.Event) -> None:
        match event:
            case control.VoicesChanged() | control.PhraseHeard():
                self._news.note(event)
            case control.RecordingFailed(space_id, reason):
                log.error("Space %s: %s", space_id, reason)
                self._news.note_recording(space_id, reason)
            case control.RecordingGoesOn(space_id):
                self._news.note_recording(space_id, None)
            case control.PartWritten(space_id, format):
                self._on_air.broadcasts.part_written(space_id, format)
