"""A sound engine without sound."""

from __future__ import annotations

from pathlib import Path

from app.domain.spaces import Space
from app.services.ports import ClipSound, FileSlice, MediaRefused, MicrophoneAnswer


class SilentMedia:
    """The `MediaEngine` port: remembers what it was told to obey, and pretends `recorded` ms of every Space."""

    def __init__(self) -> None:
        self.obeyed: dict[str, Space] = {}
        self.recorded = 0

    async def follow(self, space: Space) -> None:
        self.obeyed[space.id] = space

    async def drop(self, space_id: str) -> None:
        self.obeyed.pop(space_id, None)

    async def offer(self, space_id: str, person_id: str, sdp: str) -> MicrophoneAnswer:
        raise MediaRefused(503, "There is no sound here.")

    async def trickle(self, space_id: str, session_id: str, fragment: str) -> None:
        raise MediaRefused(503, "There is no sound here.")

    async def hang_up(self, space_id: str, session_id: str) -> None:
        pass

    def speaking_from(self) -> frozenset[tuple[str, str]]:
        return frozenset()

    async def live_playlist(self, space_id: str) -> str | None:
        return None

    async def replay_playlist(self, space_id: str) -> str | None:
        return None

    async def segment(self, space_id: str, name: str) -> FileSlice | None:
        return None

    async def recorded_ms(self, space_id: str) -> int:
        return self.recorded

    async def clip(self, space_id: str, clip_id: str, *, start_ms: int, duration_ms: int) -> ClipSound:
        return ClipSound(samples=duration_ms * 48, waveform=(0.0, 0.5, 1.0))

    def clip_file(self, clip_id: str) -> Path | None:
        return None
