"""Clips: cutting them out of the recording, live or later, publishing, deleting and finding them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from weakref import WeakValueDictionary

from app.domain import clips, refusals
from app.domain.actions import ClipAction, View
from app.domain.clips import Clip, Publication
from app.domain.permissions import may, require_visible
from app.domain.posts import POST_LENGTH, Post, tidied
from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState
from app.domain.standing import Standing
from app.services.admission import Admission
from app.services.attendance import Attendances
from app.services.clip_upkeep import ClipUpkeep
from app.services.idempotency import Idempotency
from app.services.media_engine import MediaEngine, MediaUnavailable
from app.services.pages import Moment, Window
from app.services.ports import Clock
from app.services.stores import ClipExists, ClipStore, SpaceStore


class Clips:
    """Up to 30 seconds of a recorded Space each, with a sound file of their own: drafts, until they are published."""

    def __init__(
        self,
        store: ClipStore,
        spaces: SpaceStore,
        attendance: Attendances,
        admission: Admission,
        upkeep: ClipUpkeep,
        idempotency: Idempotency,
        media: MediaEngine,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._attendance = attendance
        self._admission = admission
        self._upkeep = upkeep
        self._idempotency = idempotency
        self._media = media
        self._clock = clock
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def create(
        self,
        actor: Person,
        space_id: str,
        *,
        start_ms: int | None,
        duration_ms: int | None,
        idempotency_key: str | None = None,
    ) -> Clip:
        """A draft by someone in the Space, or by anyone with an account once it has ended; its file is there when this
        returns. Raises the refusals of `clips.clip_range`, `NotAParticipant`, `BlockedByHost`, `AudioUnavailable`.

        Repeated under its key it is the same clip, cut once, as long as there is one.
        """
        clip_id = await self._idempotency.id_for(actor.id, "createClip", idempotency_key)
        turn = self._turns.setdefault(clip_id, asyncio.Lock())
        async with turn:
            begun = await self._store.get(clip_id) if idempotency_key else None
            if begun is None:
                return await self._begin(actor, clip_id, space_id, start_ms, duration_ms)
            return await self._go_on(actor, begun)

    async def _begin(
        self, actor: Person, clip_id: str, space_id: str, start_ms: int | None, duration_ms: int | None
    ) -> Clip:
        """The record comes before the sound: it says which seconds to whoever repeats the command after a crash, and
        where nobody does, it expires and takes the sound along.
        """
        space = require_visible(await self._spaces.get(space_id), actor.id)
        await self._admission.require(actor.id, space)
        if space.state is SpaceState.LIVE:
            await self._attendance.require(actor, space_id)
        cut = clips.clip_range(
            space, start_ms=start_ms, duration_ms=duration_ms, recorded_ms=await self._recorded_ms(space_id)
        )
        clip = clips.draft(clip_id, space, actor.id, cut, self._clock())
        try:
            await self._store.add(clip)
        except ClipExists:
            return await self._go_on(actor, await self._store.get(clip_id) or clip)
        try:
            return await self._cut(actor, clip)
        except refusals.Refusal:
            await self._upkeep.purge(clip)
            raise

    async def _go_on(self, actor: Person, clip: Clip) -> Clip:
        """The clip that was begun before, here or by another process: whoever cuts its seconds, they sound the same."""
        if clip.is_gone(self._clock()):
            raise refusals.ClipNotFound(field="idempotencyKey")
        if clip.is_cut:
            return clip
        # Nobody gets sound, be it the rest of what they asked for, from where they are kept out since.
        await self._admission.require(actor.id, require_visible(await self._spaces.get(clip.space_id), actor.id))
        return await self._cut(actor, clip)

    async def _cut(self, actor: Person, clip: Clip) -> Clip:
        try:
            sound = await self._media.clip(
                clip.space_id, clip.id, start_ms=clip.start_offset_ms, duration_ms=clip.duration_ms
            )
        except (LookupError, MediaUnavailable) as failure:
            raise await self._reason(actor, clip, failure) from None
        whole = await self._store.cut(clip.id, sound.samples, sound.waveform)
        space = await self._spaces.get(clip.space_id)
        if whole is None or space is None or not may(Standing(actor.id), View.SPACE, space):
            # A Space that was deleted meanwhile takes the clip along.
            await self._upkeep.purge(clip)
            raise await self._reason(actor, clip, MediaUnavailable())
        if not clips.is_heard(space, clip):
            # It was begun before a trim.
            await self._upkeep.purge(clip)
            raise await self._reason(actor, clip, LookupError())
        return whole

    async def _reason(self, actor: Person, clip: Clip, failure: Exception) -> refusals.Refusal:
        """Why there is no sound: what was deleted meanwhile goes before what the sound says."""
        space = await self._spaces.get(clip.space_id)
        if space is None or not may(Standing(actor.id), View.SPACE, space):
            return refusals.SpaceNotFound(field="spaceId")
        if not space.keeps_recording:
            return refusals.RecordingDeleted(field="spaceId")
        if isinstance(failure, MediaUnavailable):
            return refusals.AudioUnavailable(field="spaceId")
        return refusals.ClipOutOfRange(field="startOffsetMs", current=clip.start_offset_ms)

    async def _recorded_ms(self, space_id: str) -> int:
        try:
            return await self._media.recorded_ms(space_id)
        except MediaUnavailable:
            raise refusals.AudioUnavailable(field="spaceId") from None

    async def publish(self, actor: Person, clip_id: str, comment: str) -> tuple[Clip, Post | None]:
        """The clip, public, and the Post that shows it: the first one however often, None where that is deleted since.

        Raises `ClipNotFound`, `NotPermitted`, `BlockedByHost`, `InvalidText`.
        """
        clip = await self._require(actor, clip_id)
        if not may(Standing(actor.id), ClipAction.PUBLISH, clip):
            raise refusals.NotPermitted("A clip is published by who cut it alone.", field="clipId")
        if clip.is_draft:
            clip = await self._made_public(actor, clip, comment)
        return clip, await self._upkeep.post(clip, actor)

    async def _made_public(self, actor: Person, clip: Clip, comment: str) -> Clip:
        text = tidied(comment, POST_LENGTH, field="comment")
        space = await self._spaces.get(clip.space_id)
        blocking = await self._admission.blocking(actor.id, [space.host.id] if space else [])
        if not may(Standing(actor.id, blocked=bool(blocking)), ClipAction.PUBLISH, clip):
            raise refusals.BlockedByHost(field="clipId")
        now = self._clock()
        published = await self._store.publish(clip.id, Publication(text, now), now)
        if published is None:
            raise refusals.ClipNotFound(field="clipId")
        return published

    async def delete(self, actor: Person, clip_id: str) -> None:
        """Deletes a clip of the actor's, or one of a Space that they host: nobody finds it when this returns.

        Raises `ClipNotFound`, `NotPermitted`.
        """
        clip = await self._require(actor, clip_id)
        space = await self._spaces.get(clip.space_id)
        hosts = space is not None and space.host.id == actor.id
        if not may(Standing(actor.id, hosts=hosts), ClipAction.DELETE, clip):
            raise refusals.NotPermitted("A clip is deleted by who cut it, or by the Space's host.", field="clipId")
        await self._store.expire(clip_id, self._clock())
        await self._upkeep.purge(clip)

    async def _require(self, actor: Person, clip_id: str) -> Clip:
        clip = await self.get(actor.id, clip_id)
        if clip is None:
            raise refusals.ClipNotFound(field="clipId")
        return clip

    async def get(self, viewer_id: str | None, clip_id: str) -> Clip | None:
        """The clip of this id, if this viewer (None: anonymous) may know of it."""
        return next(iter(await self.get_many(viewer_id, [clip_id])), None)

    async def get_many(self, viewer_id: str | None, clip_ids: Collection[str]) -> list[Clip]:
        """Those of the clips that this viewer may know of, in no particular order."""
        now = self._clock()
        found = [one for one in await self._store.get_many(clip_ids) if one.is_there(now)]
        hidden = await self._hidden(viewer_id, {one.space_id for one in found if one.creator_id != viewer_id})
        standings = [(one, Standing(viewer_id, blocked=one.space_id in hidden)) for one in found]
        return [one for one, viewer in standings if may(viewer, ClipAction.SEE, one)]

    async def _hidden(self, viewer_id: str | None, space_ids: Collection[str]) -> set[str]:
        """Those of the Spaces whose hosts block the viewer."""
        if viewer_id is None or not space_ids:
            return set()
        hosts = {space.id: space.host.id for space in await self._spaces.get_many(space_ids)}
        blocking = await self._admission.blocking(viewer_id, set(hosts.values()))
        return {space_id for space_id, host_id in hosts.items() if host_id in blocking}

    async def is_kept_from(self, viewer_id: str | None, clip: Clip) -> bool:
        """Whether the host of the clip's Space blocks the viewer, be it their own clip."""
        return bool(await self._hidden(viewer_id, {clip.space_id}))

    async def of_spaces(
        self, viewer_id: str | None, spaces: Sequence[Space], window: Window[Moment]
    ) -> list[list[Clip]]:
        """Of each of the Spaces the published clips and the viewer's own drafts, in order of (created_at, id), newest
        first. None for whom its host blocks.
        """
        hiding = await self._admission.blocking(viewer_id, {space.host.id for space in spaces})
        standings = [(one, Standing(viewer_id, blocked=one.host.id in hiding)) for one in spaces]
        shown = [space.id for space, viewer in standings if may(viewer, View.CLIPS, space)]
        found = await self._store.of_spaces(shown, window, viewer_id=viewer_id, now=self._clock())
        by_space = dict(zip(shown, found, strict=True))
        return [by_space.get(space.id, []) for space in spaces]
