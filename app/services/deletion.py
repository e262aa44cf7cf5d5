"""Deletion: a Space with its recording and clips, for good, also where the server dies in the middle."""

from __future__ import annotations

import logging
from datetime import timedelta

from app.domain import life
from app.domain.roster import Person
from app.services.attendance import Attendances
from app.services.changes import Changes
from app.services.media_engine import MediaEngine
from app.services.pages import Window
from app.services.ports import Clock
from app.services.rounds import every
from app.services.stores import ClipStore, FeedbackStore, ReactionStore, RemovalStore, SpaceStore

log = logging.getLogger(__name__)

ROUND = timedelta(minutes=1)
"""How often what could not be purged at once is tried again."""
CLIPS_AT_ONCE = 100


class Deletion:
    """First the Space is gone for everyone, then all that belongs to it is purged; what cannot be now, later."""

    def __init__(
        self,
        changes: Changes,
        spaces: SpaceStore,
        clips: ClipStore,
        reactions: ReactionStore,
        removals: RemovalStore,
        feedback: FeedbackStore,
        attendance: Attendances,
        media: MediaEngine,
        *,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._spaces = spaces
        self._clips = clips
        self._reactions = reactions
        self._removals = removals
        self._feedback = feedback
        self._attendance = attendance
        self._media = media
        self._clock = clock

    async def delete(self, actor: Person, space_id: str, *, confirmed: bool) -> None:
        """Deletes a Space of the actor's: nobody finds it when this returns, and all that can be is purged."""
        await self._changes.command(
            actor, space_id, lambda space: life.delete(space, actor, self._clock(), confirmed=confirmed)
        )
        await self._try_to_purge(space_id)

    async def run(self) -> None:
        """Purges what is left of deleted Spaces by a server that died or a disk that failed, for ever."""
        await every(ROUND, self.round)

    async def round(self) -> None:
        """One round of `run`."""
        for space_id in await self._spaces.unpurged():
            await self._try_to_purge(space_id)

    async def _try_to_purge(self, space_id: str) -> None:
        try:
            await self._purge(space_id)
        except Exception:
            log.exception("something is left of the deleted Space %s; it is purged in a later round", space_id)

    async def _purge(self, space_id: str) -> None:
        """Files before the records that name them: whatever happens in between, it can be done again."""
        while clips := await self._clips.of_space(space_id, Window(CLIPS_AT_ONCE)):
            for clip in clips:
                await self._media.delete_clip(clip.id)
                await self._clips.delete(clip.id)
        await self._media.delete_recording(space_id)
        await self._reactions.forget(space_id)
        await self._removals.forget(space_id)
        await self._feedback.forget(space_id)
        await self._attendance.forget(space_id)
        await self._spaces.purged(space_id)
