"""Renditions of clips: asked for by whoever may hear the clip, made in the background, once, by one server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from app.domain import refusals, renditions
from app.domain.actions import ClipAction
from app.domain.clips import Clip
from app.domain.permissions import may
from app.domain.renditions import ClipRendition, RenditionKind
from app.domain.roster import Person
from app.domain.standing import Standing
from app.services.clips import Clips
from app.services.ports import Clock
from app.services.stores import ClipStore
from app.services.workshop import RenderingFailed, Workshop

log = logging.getLogger(__name__)

ROUND = timedelta(seconds=10)
"""How often it is looked for what other servers were asked for, or left: what is asked for here is begun at once."""
LOOK = timedelta(seconds=1)
"""How often who follows a rendition looks what another server has made of it."""


class _NoLongerOurs(Exception):
    """The clip is gone, or another server has taken the rendition up."""


class ClipRenditions:
    """One at a time in a server process; the waiting ones are in the database, so that none is lost with a server."""

    def __init__(self, store: ClipStore, clips: Clips, workshop: Workshop, *, clock: Clock) -> None:
        self._store = store
        self._clips = clips
        self._workshop = workshop
        self._clock = clock
        self._asked = asyncio.Event()
        self._change = asyncio.Event()

    async def ask(self, actor: Person, clip_id: str, kind: RenditionKind) -> Clip:
        """The clip, with the rendition that was asked for; asking for what there is, or is being made, changes nothing.

        Raises `ClipNotFound`, `BlockedByHost`, `RenderingBusy`.
        """
        while True:
            clip = await self._require(actor, clip_id)
            known = clip.rendition(kind)
            waiting = await self._store.rendering(limit=renditions.MOST_WAITING)
            wanted = renditions.ask(known, kind, self._clock(), waiting=waiting)
            if wanted is None:
                return clip
            if asked := await self._store.render(clip_id, known, wanted):
                self._asked.set()
                return asked

    async def _require(self, actor: Person, clip_id: str) -> Clip:
        clip = await self._clips.get(actor.id, clip_id)
        if clip is None:
            raise refusals.ClipNotFound(field="clipId")
        blocked = await self._clips.is_kept_from(actor.id, clip)
        if not may(Standing(actor.id, blocked=blocked), ClipAction.RENDER, clip):
            raise refusals.BlockedByHost(field="clipId")
        return clip

    async def follow(
        self, viewer_id: str | None, clip_id: str, kind: RenditionKind
    ) -> AsyncGenerator[tuple[Clip, ClipRendition], None]:
        """The rendition as it is, and whenever it has changed; ends when it is READY or FAILED, with the clip, and at
        once where nobody asked for it. Raises `ClipNotFound` where there is no clip to begin with.
        """
        shown: ClipRendition | None = None
        while True:
            change = self._change
            clip = await self._clips.get(viewer_id, clip_id)
            if clip is None and shown is None:
                raise refusals.ClipNotFound(field="clipId")
            rendition = clip.rendition(kind) if clip else None
            if clip is None or rendition is None:
                return
            if shown is None or replace(rendition, due=shown.due) != shown:
                yield clip, rendition
                shown = rendition
            if rendition.is_over:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK.total_seconds()):
                    await change.wait()

    async def run(self) -> None:
        """Makes what is asked for, for ever, and what a server that died left unmade."""
        while True:
            self._asked.clear()
            try:
                await self.round()
            except Exception:
                log.exception("renditions could not be looked for; trying again in %s", ROUND)
            with suppress(TimeoutError):
                async with asyncio.timeout(ROUND.total_seconds()):
                    await self._asked.wait()

    async def round(self) -> None:
        """One round of `run`: makes all that is due and whose sound is on this node, one after the other."""
        for clip in await self._store.unrendered(self._clock(), limit=2 * renditions.MOST_WAITING):
            for rendition in clip.renditions:
                if rendition.is_due(self._clock()) and clip.is_there(self._clock()) and self._workshop.has(clip.id):
                    await self._make(clip.id, rendition)

    async def _make(self, clip_id: str, rendition: ClipRendition) -> None:
        try:
            mine = await self._saved(clip_id, rendition, renditions.taken_up(rendition, self._clock()))
            if not mine.is_over:
                await self._make_own(clip_id, mine)
        except _NoLongerOurs:
            # What another server makes of it is its own; of a clip that is gone nothing stays.
            if await self._store.get(clip_id) is None:
                await self._workshop.discard(clip_id, rendition.kind)

    async def _make_own(self, clip_id: str, mine: ClipRendition) -> None:
        async def tell(progress: float) -> None:
            nonlocal mine
            mine = await self._saved(clip_id, mine, renditions.advanced(mine, progress, self._clock()))

        try:
            made = await self._workshop.render(clip_id, mine.kind, tell)
        except RenderingFailed as failure:
            log.error("clip %s: no %s: %s", clip_id, mine.kind, failure)
            await self._saved(clip_id, mine, renditions.failed(mine, str(failure)))
        except asyncio.CancelledError:
            with suppress(_NoLongerOurs):
                await self._saved(clip_id, mine, renditions.released(mine, self._clock()))
            raise
        else:
            await self._saved(clip_id, mine, renditions.ready(mine, made.samples, made.lufs))

    async def _saved(self, clip_id: str, seen: ClipRendition, becomes: ClipRendition) -> ClipRendition:
        if await self._store.render(clip_id, seen, becomes) is None:
            raise _NoLongerOurs
        change, self._change = self._change, asyncio.Event()
        change.set()
        return becomes
