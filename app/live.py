"""Spaces on air on this node: has the media process follow them, and reads what it writes."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.spaces import Space, SpaceState
from app.domain.subtitles import LIVE_CAPTIONS, Span
from app.domain.transcripts import Heard, Word
from app.domain.voices import SILENCE, Voice, Voices, voices
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
)
from media import control
from media.broadcast import HeldTooLong, TooFarAhead, TooManyHeld
from media.broadcasts import Broadcasts
from media.clip import cut, discard_unfinished
from media.opus import SAMPLE_RATE
from media.opus_rendition import opus_folder
from media.playlists import Report, multivariant_playlist
from media.process import MediaProcess, ProcessGone
from media.recognisers import OFF, UnknownRecogniser, check
from media.recordings import Recordings
from media.refusals import RefusalCode
from media.sessions import Sessions

RESTART_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0)
"""Wait before a start, by how many processes died young before it."""
YOUNG_SECONDS = 10.0
ENDED_SPACES = 1024
"""Ended Spaces remembered, with whether their sound is complete: late word of one does not put it on air again."""
WAITING_VOICES = 1024
"""News of voices that wait for whoever hears them; the oldest give way."""
UNFINISHED_SECONDS = 600.0
"""How old the unfinished file of a clip is when nobody is writing it any more: it takes some milliseconds."""
FAREWELL_SECONDS = 30.0
"""How long the sound of a Space that was not recorded stays after its end, for those who hear it late."""
WAITING_PHRASES = 256
"""Phrases that wait until they are asked for; the oldest give way."""

STATUS = {
    RefusalCode.MALFORMED: 400,
    RefusalCode.NOT_ON_STAGE: 403,
    RefusalCode.UNKNOWN_SESSION: 404,
    RefusalCode.NOT_ACCEPTABLE: 406,
    RefusalCode.NOT_ON_AIR: 409,
    RefusalCode.FULL: 503,
}

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
        self._clips_folder = folder.resolve() / "clips"
        self._addresses = addresses
        self._max_listeners = max_listeners
        self._transcriber = transcriber
        self._process: MediaProcess | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._live: dict[str, Space] = {}
        self._ended: OrderedDict[str, bool] = OrderedDict()
        self._sessions = Sessions()
        self._hearing: set[asyncio.Queue[tuple[str, Voices]]] = set()
        self._phrases: asyncio.Queue[Heard] = asyncio.Queue(WAITING_PHRASES)
        self._farewells: dict[str, asyncio.Task[None]] = {}
        self._broadcasts = Broadcasts(self._recordings.path, self._set_opus)

    async def __aenter__(self) -> Self:
        """Starts the media process. Raises `MediaUnavailable` where it does not get ready."""
        try:
            check(self._transcriber)
        except UnknownRecogniser as error:
            raise MediaUnavailable(str(error)) from error
        await asyncio.to_thread(self._clips_folder.mkdir, parents=True, exist_ok=True)
        await asyncio.to_thread(discard_unfinished, self._clips_folder, UNFINISHED_SECONDS)
        try:
            self._process = await self._start()
        except ProcessGone as error:
            raise MediaUnavailable(str(error)) from error
        self._supervisor = asyncio.create_task(self._supervise(self._process), name="media supervisor")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Finalises every take and ends the media process, within about 2 s."""
        tasks = [task for task in (self._supervisor, *self._farewells.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._broadcasts.close()
        if self._process is not None:
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
            await self._tell(control.Close(space_id))
            self._hear(space_id, SILENCE)

    async def offer(self, space_id: str, person_id: str, sdp: str) -> SessionAnswer:
        """See `MediaEngine`."""
        return await self._offer(control.OfferMicrophone(space_id, person_id, sdp))

    async def offer_listener(self, space_id: str, person_id: str | None, sdp: str) -> SessionAnswer:
        """See `MediaEngine`."""
        return await self._offer(control.OfferListener(space_id, person_id or "", sdp))

    async def session_over(self, session_id: str) -> None:
        """See `MediaEngine`."""
        await self._sessions.over(session_id)

    async def trickle(self, space_id: str, session_id: str, fragment: str) -> None:
        """See `MediaEngine`."""
        await self._ask(control.Trickle(space_id, session_id, fragment))

    async def hang_up(self, space_id: str, session_id: str) -> None:
        """See `MediaEngine`."""
        await self._ask(control.HangUp(space_id, session_id))

    @property
    def is_up(self) -> bool:
        """Whether the media process is there and takes commands."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """The media process; None while it is started again."""
        return self._process.pid if self._process else None

    async def stats(self) -> Mapping[str, Mapping[str, float]]:
        """Figures of the media process (`media.control.Stats`). Raises `MediaUnavailable`."""
        answer = await self._ask(control.GetStats())
        return answer.figures if isinstance(answer, control.Stats) else {}

    def speaking_from(self) -> frozenset[tuple[str, str]]:
        """See `MediaEngine`."""
        return self._sessions.microphones

    def listening_from(self) -> frozenset[tuple[str, str | None]]:
        """See `MediaEngine`."""
        return frozenset((space_id, person_id or None) for space_id, person_id in self._sessions.listeners)

    @asynccontextmanager
    async def voices(self) -> AsyncIterator[AsyncIterator[tuple[str, Voices]]]:
        """See `MediaEngine`."""
        changes: asyncio.Queue[tuple[str, Voices]] = asyncio.Queue(WAITING_VOICES)
        self._hearing.add(changes)
        try:
            yield _each(changes)
        finally:
            self._hearing.discard(changes)

    async def next_phrase(self) -> Heard:
        """See `MediaEngine`."""
        return await self._phrases.get()

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
        start, samples = (ms * SAMPLE_RATE // 1000 for ms in (start_ms, duration_ms))
        try:
            sound = await asyncio.to_thread(
                cut, self._recordings.path(space_id), start, samples, self._clip_path(clip_id)
            )
        except OSError as error:
            log.error("A clip could not be cut: %s", error)
            raise MediaUnavailable("The clip's file cannot be written at the moment.") from error
        return ClipSound(sound.samples, tuple(max(-low, high, 0) / 127 for low, high in sound.waveform))

    async def delete_recording(self, space_id: str) -> None:
        """See `MediaEngine`."""
        self._broadcasts.forget(space_id)
        await self._recordings.delete(space_id)

    async def delete_clip(self, clip_id: str) -> None:
        """See `MediaEngine`."""
        await asyncio.to_thread(self._clip_path(clip_id).unlink, missing_ok=True)

    def clip_file(self, clip_id: str) -> Path | None:
        """See `MediaEngine`."""
        path = self._clip_path(clip_id)
        return path if path.is_file() else None

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
        await self._tell(control.SetOpus(space_id, wanted))

    def _clip_path(self, clip_id: str) -> Path:
        return self._clips_folder / f"{clip_id}.m4a"

    async def _air(self, space: Space) -> None:
        """On air with this stage. All commands are sent at once, so that nothing comes between them."""
        folder = str(self._recordings.path(space.id))
        await asyncio.gather(
            self._tell(control.Open(space.id, folder, space.recording_enabled, space.language or "")),
            self._tell(
                control.SetStage(space.id, space.version, {seat.person.id: not seat.muted for seat in space.stage})
            ),
            self._set_opus(space.id, self._broadcasts.wants_opus(space.id)),
        )

    async def _end(self, space: Space) -> None:
        self._live.pop(space.id, None)
        self._ended[space.id] = False
        await self._tell(control.Close(space.id))
        self._ended[space.id] = True
        self._hear(space.id, SILENCE)
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

    async def _tell(self, command: control.Command) -> None:
        """Has a command obeyed. Where it cannot be, there is no sound, and the next process gets the newest state."""
        try:
            await self._ask(command)
        except (MediaUnavailable, MediaRefused) as error:
            log.error("%s was not obeyed: %s", type(command).__name__, error)

    async def _offer(self, command: control.OfferMicrophone | control.OfferListener) -> SessionAnswer:
        answer = await self._ask(command)
        if not isinstance(answer, control.Answered):
            raise MediaUnavailable("The sound did not answer the offer.")
        return SessionAnswer(answer.sdp, answer.session_id)

    async def _ask(self, command: control.Command) -> control.Answer:
        if self._process is None:
            raise MediaUnavailable("The sound is being started again: try again in a second.")
        try:
            answer = await self._process.ask(command)
        except ProcessGone as error:
            raise MediaUnavailable(str(error)) from error
        if not isinstance(answer, control.Refusal):
            return answer
        if answer.code not in STATUS:
            raise MediaUnavailable(answer.message)
        raise MediaRefused(STATUS[answer.code], answer.message)

    async def _start(self) -> MediaProcess:
        return await MediaProcess.start(
            self._addresses, self._happened, max_listeners=self._max_listeners, transcriber=self._transcriber
        )

    async def _supervise(self, process: MediaProcess) -> None:
        """Has a process that obeys at all times, for ever."""
        deaths = 0
        while True:
            started = time.monotonic()
            await process.wait()
            self._process = None
            self._sessions.lose()
            for space_id in self._live:
                self._hear(space_id, SILENCE)
            await process.stop()
            log.error("The media process is gone (exit code %s); it is started again.", process.exit_code)
            deaths = deaths + 1 if time.monotonic() - started < YOUNG_SECONDS else 0
            process = self._process = await self._start_again(deaths)
            await asyncio.gather(*(self._air(space) for space in self._live.values()))

    async def _start_again(self, deaths: int) -> MediaProcess:
        while True:
            await asyncio.sleep(RESTART_SECONDS[min(deaths, len(RESTART_SECONDS) - 1)])
            try:
                return await self._start()
            except (ProcessGone, OSError):
                log.exception("The media process did not start.")
                deaths += 1

    def _hear(self, space_id: str, heard: Voices) -> None:
        for changes in self._hearing:
            if changes.full():
                changes.get_nowait()
            changes.put_nowait((space_id, heard))

    def _happened(self, event: control.Event) -> None:
        self._sessions.note(event)
        match event:
            case control.VoicesChanged(space_id, speaking, levels):
                self._hear(space_id, voices(Voice(one, speaking[one], levels[one]) for one in speaking))
            case control.RecordingFailed(space_id, reason):
                log.error("Space %s: %s", space_id, reason)
            case control.PhraseHeard():
                self._understood(event)
            case control.PartWritten(space_id, format):
                self._broadcasts.part_written(space_id, format)

    def _understood(self, event: control.PhraseHeard) -> None:
        words = tuple(Word(one.text, one.start_ms, one.end_ms, one.confidence) for one in event.words)
        if self._phrases.full():
            self._phrases.get_nowait()
        self._phrases.put_nowait(Heard(event.space_id, event.person_id, event.language, event.heard_at_ms, words))


async def _each(changes: asyncio.Queue[tuple[str, Voices]]) -> AsyncIterator[tuple[str, Voices]]:
    while True:
        yield await changes.get()


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
