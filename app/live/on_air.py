"""Spaces on air on this node, each in its media process, and the last ones that ended here."""

from __future__ import annotations

import asyncio
import shutil
from collections import OrderedDict
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from app.domain.spaces import Space, SpaceState
from app.live.news import News
from app.live.workers import Workers
from media import control
from media.broadcasts import Broadcasts
from media.opus_rendition import opus_folder
from media.recordings import Recordings

ENDED_SPACES = 1024
"""Ended Spaces remembered, with whether their sound is complete: late word of one does not put it on air again."""
FAREWELL_SECONDS = 30.0
"""How long the sound of a Space that was not recorded stays after its end, for those who hear it late."""


class OnAir:
    """Has media processes obey the newest state of each Space; `close` ends what is under way."""

    def __init__(self, recordings: Recordings, workers: Workers, news: News) -> None:
        self._recordings = recordings
        self._workers = workers
        self._news = news
        self._live: dict[str, Space] = {}
        self._ended: OrderedDict[str, bool] = OrderedDict()
        self._farewells: dict[str, asyncio.Task[None]] = {}
        self.broadcasts = Broadcasts(recordings.path, self._set_opus)
        """What listeners get of them."""

    def was_live(self, space_id: str) -> bool:
        """Whether it is on air, or will be as soon as its process is up, or ended not long ago."""
        return space_id in self._live or space_id in self._ended

    def is_complete(self, space_id: str) -> bool:
        """Whether it ended not long ago, and all of its sound is written."""
        return self._ended.get(space_id, False)

    def is_seated(self, space_id: str, person_id: str) -> bool:
        """Whether someone is on the stage of a Space on air."""
        space = self._live.get(space_id)
        return space is not None and space.seat(person_id) is not None

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
            self.broadcasts.forget(space_id)
            await self._close(space_id)

    def lost(self, space_ids: Collection[str]) -> None:
        """Their process is gone."""
        for space_id in space_ids:
            self._news.silence(space_id)

    async def resume(self, space_ids: Collection[str]) -> None:
        """Puts them on air (again), in the processes where they are placed now."""
        await asyncio.gather(*(self._air(self._live[one]) for one in space_ids if one in self._live))

    async def close(self) -> None:
        """Deletes what only late listeners had needed."""
        farewells = list(self._farewells.values())
        for farewell in farewells:
            farewell.cancel()
        await asyncio.gather(*farewells, return_exceptions=True)
        await self.broadcasts.close()

    async def _set_opus(self, space_id: str, wanted: bool) -> None:
        if process := self._workers.find(space_id):
            await process.tell(control.SetOpus(space_id, wanted))

    async def _air(self, space: Space) -> None:
        """On air with this stage. All commands are sent at once, so that nothing comes between them."""
        process = self._workers.place(space.id, len(space.stage))
        folder = str(self._recordings.path(space.id))
        await asyncio.gather(
            process.tell(control.Open(space.id, folder, space.recording_enabled, space.language or "")),
            process.tell(
                control.SetStage(space.id, space.version, {seat.person.id: not seat.muted for seat in space.stage})
            ),
            process.tell(control.SetOpus(space.id, self.broadcasts.wants_opus(space.id))),
        )

    async def _end(self, space: Space) -> None:
        self._live.pop(space.id, None)
        self._ended[space.id] = False
        await self._close(space.id)
        self._ended[space.id] = True
        self.broadcasts.end(space.id)
        if len(self._ended) > ENDED_SPACES:
            self.broadcasts.forget(self._ended.popitem(last=False)[0])
        folder = self._recordings.path(space.id)
        forgotten = opus_folder(folder) if space.recording_enabled else folder
        if await asyncio.to_thread(forgotten.exists) and space.id not in self._farewells:
            farewell = self._forget(space.id, forgotten)
            self._farewells[space.id] = asyncio.create_task(farewell, name=f"farewell {space.id}")

    async def _close(self, space_id: str) -> None:
        """Off air. Its process keeps it until its files are written: no other one may write to them before."""
        if process := self._workers.find(space_id):
            await process.tell(control.Close(space_id))
        if space_id not in self._live:
            self._workers.release(space_id)
        self._news.silence(space_id)

    async def _forget(self, space_id: str, folder: Path) -> None:
        """Deletes the sound that was for live listeners alone; at once, where the server stops before."""
        try:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(FAREWELL_SECONDS)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        finally:
            self.broadcasts.forget(space_id)
            del self._farewells[space_id]
