"""The sound in memory: what it was told last is what would be heard."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState
from app.domain.subtitles import REPLAY_CAPTIONS, Span
from app.domain.transcripts import Heard
from app.domain.voices import Voices
from app.services.media_engine import (
    REPLAY,
    ClipSound,
    MediaRefused,
    MediaUnavailable,
    Naming,
    Playlist,
    RecordingNews,
    Reload,
    Rendition,
    SessionAnswer,
)

SAMPLES_PER_MS = 48


class MemoryMedia:
    """`MediaEngine` in dicts. Set `recorded` (ms), `phrases`, `connected` and `down` to what the world is like."""

    def __init__(self) -> None:
        self.obeyed: dict[str, Space] = {}
        self.microphones: dict[str, tuple[str, str]] = {}
        self.listeners: dict[str, tuple[str, str | None]] = {}
        self.max_listeners = 1000
        self._sessions: dict[str, asyncio.Event] = {}
        self._hearing: list[asyncio.Queue[tuple[str, Voices]]] = []
        self.candidates: dict[str, list[str]] = {}
        self.recorded: dict[str, int] = {}
        self.clips: dict[str, ClipSound] = {}
        self.connected: set[tuple[str, str]] = set()
        self.phrases: asyncio.Queue[Heard] = asyncio.Queue()
        self.recording_news: asyncio.Queue[RecordingNews] = asyncio.Queue()
        self.down = False
        self.next_part: asyncio.Event | None = None
        """Where it is set, playlists are held for it; so many are `held`."""
        self.held = 0

    def heard(self, space_id: str) -> set[Person]:
        """Whose microphone the mixer takes."""
        space = self.obeyed.get(space_id)
        if space is None or space.state is not SpaceState.LIVE:
            return set()
        return {seat.person for seat in space.stage if not seat.muted}

    async def follow(self, space: Space) -> None:
        known = self.obeyed.get(space.id)
        if known is None or known.version <= space.version:
            self.obeyed[space.id] = space

    async def drop(self, space_id: str) -> None:
        self.obeyed.pop(space_id, None)

    async def offer(self, space_id: str, person_id: str, sdp: str) -> SessionAnswer:
        self._require_up()
        if not sdp.startswith("v=0"):
            raise MediaRefused(400, "That is no session description.")
        for older in [key for key, one in self.microphones.items() if one == (space_id, person_id)]:
            await self.hang_up(space_id, older)
        answer = self._answer()
        self.microphones[answer.session_id] = (space_id, person_id)
        return answer

    async def offer_listener(self, space_id: str, person_id: str | None, sdp: str) -> SessionAnswer:
        self._require_up()
        if not sdp.startswith("v=0"):
            raise MediaRefused(400, "That is no session description.")
        space = self.obeyed.get(space_id)
        seated = space is not None and person_id is not None and space.seat(person_id) is not None
        if not seated and len(self.listeners) >= self.max_listeners:
            raise MediaRefused(503, "There is no room.")
        for older in [key for key, one in self.listeners.items() if person_id and one == (space_id, person_id)]:
            await self.hang_up(space_id, older)
        answer = self._answer()
        self.listeners[answer.session_id] = (space_id, person_id)
        return answer

    def _answer(self) -> SessionAnswer:
        session_id = f"session-{len(self._sessions) + 1}"
        self._sessions[session_id] = asyncio.Event()
        return SessionAnswer("v=0 answer", session_id)

    async def join(self, space_id: str, person_id: str | None, *, speaks: bool, hears: bool) -> "MemoryLine":
        line = MemoryLine()
        if speaks:
            line.microphone_id = (await self.offer(space_id, person_id or "", "v=0")).session_id
        if hears:
            line.listener_id = (await self.offer_listener(space_id, person_id, "v=0")).session_id
        return line

    async def session_over(self, session_id: str) -> None:
        if session_id in self._sessions:
            await self._sessions[session_id].wait()

    async def trickle(self, space_id: str, session_id: str, fragment: str) -> None:
        known = self.microphones.get(session_id) or self.listeners.get(session_id)
        if known is None or known[0] != space_id:
            raise MediaRefused(404, "There is no such session.")
        self.candidates.setdefault(session_id, []).append(fragment)

    async def hang_up(self, space_id: str, session_id: str) -> None:
        known = self.microphones.get(session_id) or self.listeners.get(session_id)
        if known is not None and known[0] == space_id:
            self.microphones.pop(session_id, None)
            self.listeners.pop(session_id, None)
            self._sessions[session_id].set()

    def speaking_from(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.connected)

    def listening_from(self) -> frozenset[tuple[str, str | None]]:
        return frozenset(self.listeners.values())

    def hear(self, space_id: str, voices: Voices) -> None:
        """Someone speaks, or stops."""
        for changes in self._hearing:
            changes.put_nowait((space_id, voices))

    @asynccontextmanager
    async def voices(self) -> AsyncIterator[AsyncIterator[tuple[str, Voices]]]:
        changes: asyncio.Queue[tuple[str, Voices]] = asyncio.Queue()
        self._hearing.append(changes)
        try:
            yield self._each(changes)
        finally:
            self._hearing.remove(changes)

    async def _each(self, changes: asyncio.Queue[tuple[str, Voices]]) -> AsyncIterator[tuple[str, Voices]]:
        while True:
            yield await changes.get()

    async def next_phrase(self) -> Heard:
        return await self.phrases.get()

    async def next_recording_news(self) -> RecordingNews:
        return await self.recording_news.get()

    async def live_playlist(
        self, space_id: str, rendition: Rendition, naming: Naming, reload: Reload
    ) -> Playlist | None:
        if not self._is_heard(space_id):
            return None
        if self.next_part:
            self.held += 1
            await self.next_part.wait()
        text = f"#EXTM3U {rendition} {naming.address('0.m4s')}".encode()
        return Playlist(text, text, "tag")

    async def live_resource(self, space_id: str, rendition: Rendition, name: str) -> bytes | None:
        return b"sound" if name == "0.m4s" and self._is_heard(space_id) else None

    def multivariant_playlist(self) -> str:
        return "#EXTM3U " + " ".join(one.playlist for one in Rendition)

    def replay_variants(self, *, captions: bool) -> str:
        return f"#EXTM3U {REPLAY}" + (f" {REPLAY_CAPTIONS}" if captions else "")

    async def live_spans(self, space_id: str) -> tuple[Sequence[Span], bool]:
        on_air = space_id in self.obeyed and self.obeyed[space_id].state is SpaceState.LIVE
        seconds = self.recorded.get(space_id, 0) // 1000 if on_air else 0
        return tuple(Span(one, 0, one, one + 1) for one in range(seconds)), not on_air

    async def recorded_ms(self, space_id: str) -> int:
        self._require_up()
        return self.recorded.get(space_id, 0)

    async def clip(self, space_id: str, clip_id: str, *, start_ms: int, duration_ms: int) -> ClipSound:
        self._require_up()
        if start_ms + duration_ms > self.recorded.get(space_id, 0):
            raise LookupError(start_ms)
        self.clips[clip_id] = ClipSound(duration_ms * SAMPLES_PER_MS, (0.5,))
        return self.clips[clip_id]

    async def delete_recording(self, space_id: str) -> None:
        self._require_up()
        self.recorded.pop(space_id, None)

    async def delete_clip(self, clip_id: str) -> None:
        self.clips.pop(clip_id, None)

    def clip_file(self, clip_id: str) -> Path | None:
        return Path(f"{clip_id}.m4a") if clip_id in self.clips else None

    def _is_heard(self, space_id: str) -> bool:
        on_air = space_id in self.obeyed and self.obeyed[space_id].state is SpaceState.LIVE
        return on_air and bool(self.recorded.get(space_id))

    def _require_up(self) -> None:
        if self.down:
            raise MediaUnavailable("The sound is down.")


class MemoryLine:
    """`SoundLine` that hears what it is told to, and keeps what was `spoken`."""

    def __init__(self) -> None:
        self.microphone_id: str | None = None
        self.listener_id: str | None = None
        self.lost = False
        self.spoken: list[bytes] = []
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def speak(self, frame: bytes) -> None:
        if not frame:
            raise MediaRefused(400, "That is no frame.")
        self.spoken.append(frame)

    async def hear(self) -> bytes:
        return await self.heard.get()

    def close(self) -> None:
        self.spoken = []
