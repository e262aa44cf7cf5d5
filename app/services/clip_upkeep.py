"""Upkeep of clips: what publishing, deleting and time leave to be done, also by a server that died in the middle."""

from __future__ import annotations

import logging
from datetime import timedelta

from app.domain.clips import Clip
from app.services.media_engine import MediaEngine
from app.services.ports import Clock
from app.services.rounds import every
from app.services.stores import ClipStore

log = logging.getLogger(__name__)

ROUND = timedelta(minutes=1)
"""How often it is looked for, and for how long it is left to whoever is at it: clocks of processes differ too."""
AT_ONCE = 100


class ClipUpkeep:
    """Every step can be done again: the file of a clip goes before its record."""

    def __init__(self, store: ClipStore, media: MediaEngine, *, clock: Clock) -> None:
        self._store = store
        self._media = media
        self._clock = clock

    async def purge(self, clip: Clip) -> bool:
        """Deletes sound and record of a clip that is gone; what cannot be deleted now is, in a later round."""
        try:
            await self._media.delete_clip(clip.id)
            await self._store.delete(clip.id)
        except Exception:
            log.exception("something is left of the clip %s; it is purged in a later round", clip.id)
            return False
        return True

    async def run(self) -> None:
        """Purges drafts that nobody published in time and what is left of deleted clips, for ever."""
        await every(ROUND, self.round)

    async def round(self) -> None:
        """One round of `run`."""
        over = self._clock() - ROUND
        while gone := await self._store.expired(over, limit=AT_ONCE):
            if not all([await self.purge(clip) for clip in gone]):
                break
