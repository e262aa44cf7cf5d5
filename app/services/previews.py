"""Previews: what links to Spaces, clips and people tell where they are shared: only what anyone may see."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from app.domain import previews
from app.domain.actions import View
from app.domain.clips import Clip
from app.domain.permissions import may
from app.domain.previews import Preview
from app.domain.spaces import Space, SpaceState
from app.domain.standing import ANONYMOUS
from app.domain.transcripts import between
from app.services.audio import Audio
from app.services.media_engine import MediaRefused, MediaUnavailable
from app.services.stores import Node, PersonStore, SpaceStore, Stretch, TranscriptStore
from app.services.workshop import SpacePosterText, Workshop, WorkshopFull


class Previews:
    """None where there is nothing that anyone may see: whether there is more for others is not told."""

    def __init__(
        self,
        audio: Audio,
        spaces: SpaceStore,
        people: PersonStore,
        transcripts: TranscriptStore,
        workshop: Workshop,
        *,
        node: Node,
    ) -> None:
        self._audio = audio
        self._spaces = spaces
        self._people = people
        self._transcripts = transcripts
        self._workshop = workshop
        self._server = urlsplit(node.url).netloc

    async def space(self, space_id: str) -> Preview | None:
        """Of a Space that is or was live, or announced."""
        space = await self._public(space_id)
        return previews.of_space(space) if space else None

    async def clip(self, clip_id: str) -> Preview | None:
        """Of a published clip."""
        with suppress(MediaRefused):
            return await self._of_clip(await self._audio.public_clip(clip_id))
        return None

    async def person(self, handle: str) -> Preview | None:
        """Of someone with an account."""
        account = await self._people.by_handle(handle)
        return previews.of_person(account) if account else None

    async def space_poster(self, space_id: str) -> bytes | None:
        """The picture of a Space, as it is now: a PNG of 1200 x 630 pixels.

        Raises `MediaUnavailable` where too many are to be drawn at once.
        """
        space = await self._public(space_id)
        if space is None:
            return None
        told = previews.announcement(space)
        text = SpacePosterText(
            title=previews.plain(space.title),
            host=previews.plain(space.host.display_name),
            label=told.label,
            when=told.when[:1].upper() + told.when[1:],
            is_live=space.state is SpaceState.LIVE,
            server=self._server,
        )
        try:
            return await self._workshop.space_poster(text)
        except WorkshopFull:
            raise MediaUnavailable("Too many posters are to be drawn at the moment.") from None

    async def _public(self, space_id: str) -> Space | None:
        space = await self._spaces.get(space_id)
        return space if space and may(ANONYMOUS, View.SPACE, space) else None

    async def _of_clip(self, clip: Clip) -> Preview | None:
        space, creator = await self._public(clip.space_id), await self._people.get(clip.creator_id)
        if space is None or creator is None:
            return None
        stretch = Stretch(space.id, clip.start_offset_ms, clip.start_offset_ms + clip.duration_ms)
        said = between(await self._transcripts.touching([stretch]), stretch.start_ms, stretch.end_ms)
        return previews.of_clip(clip, space, creator.person, said)
