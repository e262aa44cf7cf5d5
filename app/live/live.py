"""Spaces on air on this node: has the media process follow them, and reads what it writes."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.spaces import Space, SpaceState
from app.domain.subtitles import LIVE_CAPTIONS, Span
from app.domain.transcripts import Heard
from app.domain.voices import Voices
from app.live.clip_files import ClipFiles
from app.live.lines import open_line
from app.live.news import News
from app.live.process import SupervisedProcess
from app.services.media_engine import (
    ClipSound,
    FileSlice,
    MediaRefused,
    MediaUnavailable,
    Naming,
    Playlist,
    Reload,
    Rendition,
    SessionAnswer,
    SoundLine,
)
from media import control
from media.broadcast import HeldTooLong, TooFarAhead, TooManyHeld
from media.broadcasts import Broadcasts
from media.opus import SAMPLE_RATE
from media.opus_rendition import opus_folder
from media.playlists import Report, multivariant_playlist
from media.process import MediaProcess
from media.recognisers import OFF, UnknownRecogniser, check
from media.recordings import Recordings
from media.sessions import Sessions

ENDED_SPACES = 1024
"""Ended Spaces remembered, with whether their sound is complete: late word of one does not put it on air again."""
FAREWELL_SECONDS = 30.0
"""How long the sound of a Space that was not recorded stays after its end, for those who hear it late."""

log = logging.getLogger(__name__)


class Live:
    """The `MediaEngine` of this node: a context, within which one media process runs, supervised.

    Recordings are folders in `folder / "spaces"`, clips files in `folder / "clips"`. `addresses`: where sessions
    connect, `BIND` or `BIND=ANNOUNCED`; none given, on every address of this machine. `max_listeners` may hear with
    low delay at once, besides those on stage. `transcriber`: what puts speech into words, by the names of
    `media.recognisers`.
    """

    def __init__(
        self, folder: Path, addresses: Sequence[str] = (), *, max_listeners: int = 0, transcriber: str = OFF
    ) -> None:
        self._recordings = Recordings(folder.resolve() / "spaces")
        self._clips = ClipFiles(folder.resolve() / "clips")
        self._addresses = addresses
        self._max_listeners = max_listeners
        self._transcriber = transcriber
        self._process = SupervisedProcess(self._start, on_loss=self._lost, on_return=self._back)
        self._live: dict[str, Space] = {}
        self._ended: OrderedDict[str, bool] = OrderedDict()
        self._sessions = Sessions()
        self._news = News()
        self._farewells: dict[str, asyncio.Task[None]] = {}
        self._broadcasts = Broadcasts(self._recordings.path, self._set_opus)

    async def __aenter__(self) -> Self:
        """Starts the media process. Raises `MediaUnavailable` where it does not get ready."""
        try:
            check(self._transcriber)
        except UnknownRecogniser as error:
            raise MediaUnavailable(str(error)) from error
        await self._clips.open()
        await self._process.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Finalises every take and ends the media process, within about 2 s."""
        await self._process.end_supervision()
        farewells = list(self._farewells.values())
        for farewell in farewells:
            farewell.cancel()
        await asyncio.gather(*farewells, return_exceptions=True)
        await self._broadcasts.close()
        await self._process.stop()

    async def follow(self, space: Space) -> None:
        """See `MediaEngine`. A process that does not answer in time is killed: it might mix whom it should not."""
        if space.id in self._ended or space.state not in (SpaceState.LIVE, SpaceState.ENDED):
            return
        if space.state is SpaceState.ENDED:
            await self._end(space)
            return
        known = self._live.get(space.id)
        if known is None or known.version <= space.version:
            self._live[space.id] = space
            await self._air(space)

    async def drop(self, space_id: str) -> None:
        """See `MediaEngine`."""
        if self._live.pop(space_id, None):
            self._broadcasts.forget(space_id)
            await self._process.tell(control.Close(space_id))
            self._news.silence(space_id)

    async def offer(self, space_id: str, person_id: str, sdp: str) -> SessionAnswer:
        """See `MediaEngine`."""
        return await self._process.offer(control.OfferMicrophone(space_id, person_id, sdp))

    async def offer_listener(self, space_id: str, person_id: str | None, sdp: str) -> SessionAnswer:
        """See `MediaEngine`."""
        return await self._process.offer(control.OfferListener(space_id, person_id or "", sdp))

    async def join(self, space_id: str, person_id: str | None, *, speaks: bool, hears: bool) -> SoundLine:
        """See `MediaEngine`."""
        return await open_line(self._process, space_id, person_id or "", speaks=speaks, hears=hears)

    async def session_over(self, session_id: str) -> None:
        """See `MediaEngine`."""
        await self._sessions.over(session_id)

    async def trickle(self, space_id: str, session_id: str, fragment: str) -> None:
        """See `MediaEngine`."""
        await self._process.ask(control.Trickle(space_id, session_id, fragment))

    async def hang_up(self, space_id: str, session_id: str) -> None:
        """See `MediaEngine`."""
        await self._process.ask(control.HangUp(space_id, session_id))

    @property
    def is_up(self) -> bool:
        """Whether the media process is there and takes commands."""
        return self._process.is_up

    @property
    def pid(self) -> int | None:
        """The media process; None while it is started again."""
        return self._process.pid

    async def stats(self) -> Mapping[str, Mapping[str, float]]:
        """Figures of the media process (`media.control.Stats`). Raises `MediaUnavailable`."""
        answer = await self._process.ask(control.GetStats())
        return answer.figures if isinstance(answer, control.Stats) else {}

    def speaking_from(self) -> frozenset[tuple[str, str]]:
        """See `MediaEngine`."""
        return self._sessions.microphones

    def listening_from(self) -> frozenset[tuple[str, str | None]]:
        """See `MediaEngine`."""
        return frozenset((space_id, person_id or None) for space_id, person_id in self._sessions.listeners)

    def voices(self) -> AbstractAsyncContextManager[AsyncIterator[tuple[str, Voices]]]:
        """See `MediaEngine`."""
        return self._news.voices()

    async def next_phrase(self) -> Heard:
        """See `MediaEngine`."""
        return await self._news.next_phrase()

    async def live_playlist(
        self, space_id: str, rendition: Rendition, naming: Naming, reload: Reload
    ) -> Playlist | None:
        """See `MediaEngine`; for a while after the end, the playlist that says so."""
        if not self._was_on_air(space_id):
            return None
        broadcast = await self._broadcasts.get(space_id, rendition, ended=self._is_complete(space_id))
        with _held():
            body = await broadcast.playlist(
                naming.address,
                key=naming.key,
                after=reload.after,
                skip=reload.skip,
                reports=lambda: self._reports(space_id, rendition),
            )
        return Playlist(body.plain, body.packed, body.tag) if body else None

    async def live_resource(self, space_id: str, rendition: Rendition, name: str) -> bytes | None:
        """See `MediaEngine`."""
        if not self._was_on_air(space_id):
            return None
        broadcast = await self._broadcasts.get(space_id, rendition, ended=self._is_complete(space_id))
        with _held():
            return await broadcast.resource(name)

    def multivariant_playlist(self) -> str:
        """See `MediaEngine`."""
        captions = None if self._transcriber == OFF else LIVE_CAPTIONS
        return multivariant_playlist({one.value: one.playlist for one in Rendition}, captions)

    async def live_spans(self, space_id: str) -> tuple[Sequence[Span], bool]:
        """See `MediaEngine`."""
        if space_id not in self._live and space_id not in self._ended:
            return (), True
        ended = self._ended.get(space_id, False)
        spans = await self._recordings.live_spans(space_id, ended=ended)
        return [Span(one.sequence, one.take, one.start, one.end) for one in spans], ended

    async def replay_playlist(self, space_id: str) -> str | None:
        """See `MediaEngine`."""
        return await self._recordings.replay_playlist(space_id, ended=space_id not in self._live)

    async def segment(self, space_id: str, name: str) -> FileSlice | None:
        """See `MediaEngine`."""
        found = await self._recordings.segment(space_id, name, ended=space_id not in self._live)
        return FileSlice(found.path, found.offset, found.length) if found else None

    async def recorded_ms(self, space_id: str) -> int:
        """See `MediaEngine`."""
        return await self._recordings.duration(space_id) * 1000 // SAMPLE_RATE

    async def clip(self, space_id: str, clip_id: str, *, start_ms: int, duration_ms: int) -> ClipSound:
        """See `MediaEngine`."""
        recording = self._recordings.path(space_id)
        return await self._clips.cut(recording, clip_id, start_ms=start_ms, duration_ms=duration_ms)

    async def delete_recording(self, space_id: str) -> None:
        """See `MediaEngine`."""
        self._broadcasts.forget(space_id)
        await self._recordings.delete(space_id)

    async def delete_clip(self, clip_id: str) -> None:
        """See `MediaEngine`."""
        await self._clips.delete(clip_id)

    def clip_file(self, clip_id: str) -> Path | None:
        """See `MediaEngine`."""
        return self._clips.find(clip_id)

    def _was_on_air(self, space_id: str) -> bool:
        return space_id in self._live or space_id in self._ended

    def _is_complete(self, space_id: str) -> bool:
        return self._ended.get(space_id, False)

    def _reports(self, space_id: str, rendition: Rendition) -> tuple[Report, ...]:
        """How far the other renditions are."""
        newest = self._broadcasts.newest_parts(space_id)
        return tuple(
            Report(Rendition(one).playlist, number) for one, number in newest.items() if Rendition(one) is not rendition
        )

    async def _set_opus(self, space_id: str, wanted: bool) -> None:
        await self._process.tell(control.SetOpus(space_id, wanted))

    async def _air(self, space: Space) -> None:
        """On air with this stage. All commands are sent at once, so that nothing comes between them."""
        folder = str(self._recordings.path(space.id))
        await asyncio.gather(
            self._process.tell(control.Open(space.id, folder, space.recording_enabled, space.language or "")),
            self._process.tell(
                control.SetStage(space.id, space.version, {seat.person.id: not seat.muted for seat in space.stage})
            ),
            self._set_opus(space.id, self._broadcasts.wants_opus(space.id)),
        )

    async def _end(self, space: Space) -> None:
        self._live.pop(space.id, None)
        self._ended[space.id] = False
        await self._process.tell(control.Close(space.id))
        self._ended[space.id] = True
        self._news.silence(space.id)
        self._broadcasts.end(space.id)
        if len(self._ended) > ENDED_SPACES:
            self._broadcasts.forget(self._ended.popitem(last=False)[0])
        folder = self._recordings.path(space.id)
        forgotten = opus_folder(folder) if space.recording_enabled else folder
        if forgotten.exists() and space.id not in self._farewells:
            farewell = self._forget(space.id, forgotten)
            self._farewells[space.id] = asyncio.create_task(farewell, name=f"farewell {space.id}")

    async def _forget(self, space_id: str, folder: Path) -> None:
        """Deletes the sound that was for live listeners alone; at once, where the server stops before."""
        try:
            await asyncio.sleep(FAREWELL_SECONDS)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self._broadcasts.forget(space_id)
            del self._farewells[space_id]

    async def _start(self) -> MediaProcess:
        return await MediaProcess.start(
            self._addresses, self._happened, max_listeners=self._max_listeners, transcriber=self._transcriber
        )

    def _lost(self) -> None:
        self._sessions.lose()
        for space_id in self._live:
            self._news.silence(space_id)

    async def _back(self) -> None:
        await asyncio.gather(*(self._air(space) for space in self._live.values()))

    def _happened(self, event: control.Event) -> None:
        self._sessions.note(event)
        match event:
            case control.VoicesChanged() | control.PhraseHeard():
                self._news.note(event)
            case control.RecordingFailed(space_id, reason):
                log.error("Space %s: %s", space_id, reason)
            case control.PartWritten(space_id, format):
                self._broadcasts.part_written(space_id, format)


@contextmanager
def _held() -> Iterator[None]:
    """What may happen to a request that waits, as the port has it."""
    try:
        yield
    except TooFarAhead:
        raise MediaRefused(400, "The playlist will not have that for a while.") from None
    except (HeldTooLong, TooManyHeld):
        raise MediaUnavailable("There is no such sound yet.") from None
    except OSError as error:
        log.error("Live sound could not be read: %s", error)
        raise MediaUnavailable("The sound cannot be read at the moment.") from error
