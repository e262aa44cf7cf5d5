"""Clips: cutting them out of the recording, live or later, and finding them."""

from __future__ import annotations

from collections.abc import Collection

from app.domain import clips, refusals
from app.domain.clips import Clip
from app.domain.permissions import may_see
from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState
from app.services.admission import Admission
from app.services.attendance import Attendances
from app.services.media_engine import MediaEngine, MediaUnavailable
from app.services.pages import Moment, Window
from app.services.ports import Clock, NewId
from app.services.stores import ClipStore, SpaceStore


class Clips:
    """Up to 30 seconds of a recorded Space each, with a sound file of their own."""

    def __init__(
        self,
        store: ClipStore,
        spaces: SpaceStore,
        attendance: Attendances,
        admission: Admission,
        media: MediaEngine,
        *,
        new_id: NewId,
        clock: Clock,
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._attendance = attendance
        self._admission = admission
        self._media = media
        self._new_id = new_id
        self._clock = clock

    async def create(self, actor: Person, space_id: str, *, start_ms: int | None, duration_ms: int | None) -> Clip:
        """A clip by someone in the Space, or by anyone with an account once it has ended; its file is there when this
        returns. Raises the refusals of `clips.clip_range`, `NotAParticipant`, `BlockedByHost`, `AudioUnavailable`.
        """
        space = await self._spaces.get(space_id)
        if space is None or not may_see(space, actor.id):
            raise refusals.SpaceNotFound(field="spaceId")
        await self._admission.require(actor.id, space)
        if space.state is SpaceState.LIVE:
            await self._attendance.require(actor, space_id)
        recorded_ms = await self._recorded_ms(space_id)
        cut = clips.clip_range(space, start_ms=start_ms, duration_ms=duration_ms, recorded_ms=recorded_ms)
        clip_id = self._new_id()
        try:
            sound = await self._media.clip(space_id, clip_id, start_ms=cut.start_ms, duration_ms=cut.duration_ms)
        except LookupError:
            raise refusals.ClipOutOfRange(field="startOffsetMs", limit=recorded_ms) from None
        except MediaUnavailable:
            raise refusals.AudioUnavailable(field="spaceId") from None
        clip = Clip(
            id=clip_id,
            space_id=space_id,
            creator_id=actor.id,
            start_offset_ms=cut.start_ms,
            duration_ms=cut.duration_ms,
            samples=sound.samples,
            waveform=sound.waveform,
            created_at=self._clock(),
        )
        await self._store.add(clip)
        await self._require_still_there(actor, clip)
        return clip

    async def _require_still_there(self, actor: Person, clip: Clip) -> None:
        """A Space that was deleted while the clip was cut takes it along."""
        space = await self._spaces.get(clip.space_id)
        if space is None or not may_see(space, actor.id):
            await self._media.delete_clip(clip.id)
            await self._store.delete(clip.id)
            raise refusals.SpaceNotFound(field="spaceId")

    async def _recorded_ms(self, space_id: str) -> int:
        try:
            return await self._media.recorded_ms(space_id)
        except MediaUnavailable:
            raise refusals.AudioUnavailable(field="spaceId") from None

    async def get(self, clip_id: str) -> Clip | None:
        """The clip of this id."""
        return await self._store.get(clip_id)

    async def get_many(self, clip_ids: Collection[str]) -> list[Clip]:
        """Those of the clips that there are, in no particular order."""
        return await self._store.get_many(clip_ids)

    async def of_space(self, space: Space, window: Window[Moment]) -> list[Clip]:
        """The Space's clips in order of (created_at, id), newest first."""
        return await self._store.of_space(space.id, window)
