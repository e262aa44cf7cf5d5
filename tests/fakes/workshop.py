"""What is made of clips and Spaces, in memory; one contract suite checks this workshop and the real one."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from app.domain.renditions import RenditionKind
from app.services.workshop import PosterText, Rendered, RenderingFailed, SpacePosterText, Tell, WorkshopFull

SAMPLES = 48_000
LUFS = -16.0
PNG = b"\x89PNG\r\n\x1a\n"


class MemoryWorkshop:
    """`Workshop` of the clips that `has_sound` says are here. Set `failure`, `full` and `hold` to what goes wrong."""

    def __init__(self, has_sound: Callable[[str], bool]) -> None:
        self.has = has_sound
        self.made: list[tuple[str, RenditionKind]] = []
        self.files: set[tuple[str, RenditionKind]] = set()
        self.posters: dict[str, PosterText] = {}
        self.space_posters: list[SpacePosterText] = []
        self.failure = ""
        self.full = False
        self.hold: asyncio.Event | None = None
        """Where it is set, renditions stand at one half until it is."""

    async def render(self, clip_id: str, kind: RenditionKind, tell: Tell) -> Rendered:
        if self.failure:
            raise RenderingFailed(self.failure)
        await tell(0.5)
        if self.hold:
            await self.hold.wait()
        self.made.append((clip_id, kind))
        self.files.add((clip_id, kind))
        return Rendered(SAMPLES, LUFS)

    def rendition(self, clip_id: str, kind: RenditionKind) -> Path | None:
        return Path(f"{clip_id}.{kind.file_name}") if (clip_id, kind) in self.files else None

    async def discard(self, clip_id: str, kind: RenditionKind) -> None:
        self.files.discard((clip_id, kind))

    async def poster(self, clip_id: str, text: PosterText) -> Path | None:
        if self.full:
            raise WorkshopFull
        if not self.has(clip_id):
            return None
        self.posters[clip_id] = text
        return Path(f"{clip_id}.poster.png")

    async def space_poster(self, text: SpacePosterText) -> bytes:
        if self.full:
            raise WorkshopFull
        self.space_posters.append(text)
        return PNG + text.title.encode()
