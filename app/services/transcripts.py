"""Transcripts: what is said live, told as captions and kept where the Space is recorded; and finding it again."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from app.domain import recordings
from app.domain.actions import View
from app.domain.permissions import may
from app.domain.spaces import Space, SpaceState
from app.domain.transcripts import Heard, Phrase, between, is_kept, phrase
from app.services.admission import Admission
from app.services.airings import Airings
from app.services.media_engine import MediaEngine
from app.services.pages import Moment, Offset, Window
from app.services.ports import Clock, Feeds, NewId
from app.services.stores import SpaceStore, Stretch, TranscriptStore

RECENT = timedelta(seconds=60)
"""How long phrases are at hand that were understood here, for live subtitles."""

log = logging.getLogger(__name__)


class Transcripts:
    """Phrases come from the sound of this process's Spaces; everybody reads those of all."""

    def __init__(
        self,
        store: TranscriptStore,
        spaces: SpaceStore,
        airings: Airings,
        admission: Admission,
        feeds: Feeds,
        media: MediaEngine,
        *,
        new_id: NewId,
        clock: Clock,
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._airings = airings
        self._admission = admission
        self._feeds = feeds
        self._media = media
        self._new_id = new_id
        self._clock = clock
        self._recent: deque[Phrase] = deque()

    async def run(self) -> None:
        """Tells and keeps what is understood, for ever. What cannot be kept is told all the same, and lost."""
        while True:
            heard = await self._media.next_phrase()
            try:
                await self.take(heard)
            except Exception:
                log.exception("a phrase of Space %s is not in its transcript", heard.space_id)

    async def take(self, heard: Heard) -> None:
        """Tells everyone who reads captions, then keeps it, unless the Space or its recording is gone."""
        space = self._airings.current(heard.space_id) or await self._spaces.get(heard.space_id)
        if space is None or space.state is SpaceState.DELETED:
            return
        said = phrase(heard, space, phrase_id=self._new_id(), now=self._clock())
        self._remember(said)
        self._feeds.caption(said)
        if is_kept(space):
            await self._store.add(said)
            await self._require_still_kept(space.id)

    def recent(self, space_id: str) -> list[Phrase]:
        """What was understood of a Space on air here in the last minute, kept or not."""
        return [one for one in self._recent if one.space_id == space_id]

    async def of_spaces(
        self, viewer_id: str | None, spaces: Sequence[Space], window: Window[Offset]
    ) -> list[list[Phrase] | None]:
        """Of each of the Spaces its phrases in order of (start_ms, id); None where none are kept, and for whom is kept
        out. A phrase that is trimmed away, or in part, is its host's to read alone.
        """
        shown = await self._readable(viewer_id, spaces)
        pages = await self._store.of_spaces([_read_by(viewer_id, one) for one in shown], window)
        by_space = {space.id: page for space, page in zip(shown, pages, strict=True)}
        return [by_space.get(one.id) for one in spaces]

    async def touching(self, stretch: Stretch) -> list[Phrase]:
        """The phrases that were said in the stretch, wholly or partly, in no particular order."""
        return await self._store.touching([stretch])

    async def of_stretches(self, stretches: Sequence[Stretch]) -> Mapping[Stretch, list[Phrase]]:
        """What was said in each of the stretches, to the word."""
        found = await self._store.touching(stretches)
        return {
            one: between((each for each in found if each.space_id == one.space_id), one.start_ms, one.end_ms)
            for one in stretches
        }

    async def search(self, viewer_id: str | None, terms: Sequence[str], window: Window[Moment]) -> list[Phrase]:
        """Phrases with all the terms, in order of (at, id), newest first; without Spaces that keep the viewer out.

        The window is never shorter than the list allows.
        """
        found: list[Phrase] = []
        while True:
            read = await self._store.search(terms, window)
            shown = await self._shown(viewer_id, read)
            found = [*shown, *found] if window.last else [*found, *shown]
            if len(read) < window.limit or len(found) >= window.limit:
                return found[-window.limit :] if window.last else found[: window.limit]
            edge = read[0 if window.last else -1]
            key = (edge.at, edge.id)
            window = replace(window, before=key) if window.last else replace(window, after=key)

    async def _shown(self, viewer_id: str | None, phrases: Sequence[Phrase]) -> list[Phrase]:
        spaces = await self._spaces.get_many({one.space_id for one in phrases})
        shown = {one.id: _read_by(viewer_id, one) for one in await self._readable(viewer_id, spaces)}
        return [one for one in phrases if one.space_id in shown and _is_within(one, shown[one.space_id])]

    async def _readable(self, viewer_id: str | None, spaces: Sequence[Space]) -> list[Space]:
        """What is deleted is deleted at once, though its phrases may go later."""
        viewers = await self._admission.standings(viewer_id, spaces)
        pairs = zip(viewers, spaces, strict=True)
        return [space for viewer, space in pairs if is_kept(space) and may(viewer, View.TRANSCRIPT, space)]

    def _remember(self, said: Phrase) -> None:
        self._recent.append(said)
        while self._recent[0].at < said.at - RECENT:
            self._recent.popleft()

    async def _require_still_kept(self, space_id: str) -> None:
        """A recording that was deleted meanwhile has taken its transcript along, this phrase too."""
        space = await self._spaces.get(space_id)
        if space is None or space.state is SpaceState.DELETED or not is_kept(space):
            await self._store.delete(space_id)


def _read_by(viewer_id: str | None, space: Space) -> Stretch:
    heard = recordings.heard_by(space, viewer_id)
    return Stretch(space.id, heard.start_ms, heard.stop_ms)


def _is_within(one: Phrase, stretch: Stretch) -> bool:
    return stretch.start_ms <= one.start_ms and one.end_ms <= stretch.end_ms
