"""Deletion: a Space with all that belongs to it, or its recording, also where the server dies in the middle."""

from __future__ import annotations

import logging
from datetime import timedelta

from app.domain import life, recordings
from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState
from app.services.attendance import Attendances
from app.services.changes import Changes
from app.services.media_engine import MediaEngine
from app.services.ports import Clock
from app.services.rounds import every
from app.services.stores import (
    ClipStore,
    FeedbackStore,
    ReactionStore,
    RecordingStore,
    RemovalStore,
    SpaceStore,
    TranscriptStore,
)

log = logging.getLogger(__name__)

ROUND = timedelta(minutes=1)
"""How often what could not be purged at once is tried again."""
CLIPS_AT_ONCE = 100


class Deletion:
    """First it is gone for everyone, then all that belongs to it is purged; what cannot be now, later."""

    def __init__(
        self,
        changes: Changes,
        spaces: SpaceStore,
        clips: ClipStore,
        reactions: ReactionStore,
        transcripts: TranscriptStore,
        recording_store: RecordingStore,
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
        self._transcripts = transcripts
        self._recordings = recording_store
        self._removals = removals
        self._feedback = feedback
        self._attendance = attendance
        self._media = media
        self._clock = clock

    async def delete(self, actor: Person, space_id: str, *, confirmed: bool) -> None:
        """Deletes a Space of the actor's: nobody finds it when this returns, and all that can be is purged."""
        space = await self._changes.command(
            actor, space_id, lambda space: life.delete(space, actor, self._clock(), confirmed=confirmed)
        )
        await self._try_to_purge(space)

    async def delete_recording(self, actor: Person, space_id: str, *, confirmed: bool) -> Space:
        """Deletes the recording of a Space of the actor's that has ended, once however often; clips of it stay."""
        space = await self._changes.command(
            actor, space_id, lambda space: recordings.delete(space, actor, self._clock(), confirmed=confirmed)
        )
        await self._try_to_purge(space)
        return space

    async def run(self) -> None:
        """Purges, for ever, what a server that died or a disk that failed left of what was deleted."""
        await every(ROUND, self.round)

    async def round(self) -> None:
        """One round of `run`."""
        for space in await self._spaces.get_many(await self._spaces.unpurged()):
            await self._try_to_purge(space)

    async def _try_to_purge(self, space: Space) -> None:
        try:
            await self._purge(space)
        except Exception:
            log.exception("something is left that was deleted of Space %s; it is purged in a later round", space.id)

    async def _purge(self, space: Space) -> None:
        """Files before the records that name them: whatever happens in between, it can be done again.

        Clips go after the recording: then none is cut any more.
        """
        is_deleted = space.state is SpaceState.DELETED
        if is_deleted:
            await self._clips.expire_all(space.id, self._clock())
        await self._media.delete_recording(space.id)
        await self._transcripts.delete(space.id)
        await self._recordings.forget(space.id)
        if is_deleted:
            while clips := await self._clips.all_of_space(space.id, limit=CLIPS_AT_ONCE):
                for clip in clips:
                    await self._media.delete_clip(clip.id)
                    await self._clips.delete(clip.id)
            await self._reactions.forget(space.id)
            await self._removals.forget(space.id)
            await self._feedback.forget(space.id)
            await self._attendance.forget(space.id)
        await self._spaces.purged(space)
