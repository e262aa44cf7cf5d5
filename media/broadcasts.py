"""What this process serves to live listeners: of each Space on air the renditions that somebody asks for."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from media.broadcast import Broadcast, Lobby
from media.formats import AAC, FORMATS, OPUS
from media.opus_rendition import opus_folder
from media.timeline import PartNumber

OPUS_IDLE_SECONDS: Final = 20.0
"""How long there is an Opus rendition after somebody asked for it last."""


class Broadcasts:
    """Renditions by Space and format name; `folder_of` a Space is that of its recording.

    `set_opus` has a Space's Opus encoded, or not any more: it is called when the first listener asks for it and when
    nobody has for OPUS_IDLE_SECONDS. A context: what is under way in it ends with it.
    """

    def __init__(self, folder_of: Callable[[str], Path], set_opus: Callable[[str, bool], Awaitable[None]]) -> None:
        self._folder_of = folder_of
        self._set_opus = set_opus
        self._lobby = Lobby()
        self._open: dict[tuple[str, str], Broadcast] = {}
        self._opus_asked: dict[str, float] = {}
        self._errands: set[asyncio.Task[None]] = set()

    async def get(self, space_id: str, format: str, *, ended: bool) -> Broadcast:
        """The rendition as listeners get it; encoded from now on, if that is for listeners alone."""
        if format == OPUS.name and not ended:
            first = space_id not in self._opus_asked
            self._opus_asked[space_id] = time.monotonic()
            if first:
                await self._set_opus(space_id, True)
        if (space_id, format) not in self._open:
            folder = self._folder_of(space_id)
            folder = folder if format == AAC.name else opus_folder(folder)
            self._open[space_id, format] = Broadcast(folder, FORMATS[format], self._lobby)
            if ended:
                self._open[space_id, format].end()
        return self._open[space_id, format]

    def wants_opus(self, space_id: str) -> bool:
        """Whether somebody listens to the Space's Opus."""
        return space_id in self._opus_asked

    def newest_parts(self, space_id: str) -> dict[str, PartNumber]:
        """How far each rendition is, by format, of which listeners have got something."""
        found = {format: self._open.get((space_id, format)) for format in FORMATS}
        return {format: one.newest_part for format, one in found.items() if one and one.newest_part}

    def part_written(self, space_id: str, format: str) -> None:
        """There is a new part, and who waits for it is answered."""
        if broadcast := self._open.get((space_id, format)):
            broadcast.wake()
        asked = self._opus_asked.get(space_id)
        if asked is not None and time.monotonic() - asked > OPUS_IDLE_SECONDS:
            del self._opus_asked[space_id]
            errand = asyncio.create_task(self._end_opus(space_id), name=f"end of Opus {space_id}")
            self._errands.add(errand)
            errand.add_done_callback(self._errands.discard)

    def end(self, space_id: str) -> None:
        """The Space's sound is complete: its playlists say so."""
        self._opus_asked.pop(space_id, None)
        for format in FORMATS:
            if broadcast := self._open.get((space_id, format)):
                broadcast.end()

    def forget(self, space_id: str) -> None:
        """The Space is served no more, not here at least."""
        self._opus_asked.pop(space_id, None)
        for format in FORMATS:
            self._open.pop((space_id, format), None)

    async def close(self) -> None:
        """Waits for what is under way."""
        await asyncio.gather(*self._errands, return_exceptions=True)

    async def _end_opus(self, space_id: str) -> None:
        # Whoever has asked since keeps it.
        if space_id not in self._opus_asked:
            self._open.pop((space_id, OPUS.name), None)
            await self._set_opus(space_id, False)
