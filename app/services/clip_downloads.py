"""Downloads: the files of a clip, by an address that is good for them: its sound, its renditions, its poster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from app.domain import clips
from app.domain.clips import Clip
from app.domain.renditions import RenditionKind
from app.domain.spaces import Space
from app.domain.transcripts import between
from app.services.audio import Audio
from app.services.media_engine import MediaEngine, MediaRefused, MediaUnavailable
from app.services.stores import Node, PersonStore, SpaceStore, Stretch, TranscriptStore
from app.services.workshop import PosterText, Workshop, WorkshopFull

POSTER_FILE = "poster.png"


class ClipDownloads:
    """Uses raise `MediaRefused` as those of `Audio` do: whoever may hear the clip may have all of it."""

    def __init__(
        self,
        audio: Audio,
        spaces: SpaceStore,
        people: PersonStore,
        transcripts: TranscriptStore,
        media: MediaEngine,
        workshop: Workshop,
        *,
        node: Node,
    ) -> None:
        self._audio = audio
        self._spaces = spaces
        self._people = people
        self._transcripts = transcripts
        self._media = media
        self._workshop = workshop
        self._server = urlsplit(node.url).netloc

    async def sound(self, token: str) -> tuple[Clip, Path]:
        """The clip's own m4a."""
        return self._sound_of(await self._audio.clip(token))

    async def public_sound(self, clip_id: str) -> tuple[Clip, Path]:
        """The same of a clip that anyone may hear, by its id alone."""
        return self._sound_of(await self._audio.public_clip(clip_id))

    async def rendition(self, token: str, kind: RenditionKind) -> tuple[Clip, Path]:
        """The file of a rendition that is READY."""
        clip = await self._audio.clip(token)
        return clip, _found(self._workshop.rendition(clip.id, kind))

    async def poster(self, token: str) -> tuple[Clip, Path]:
        """The clip's poster, of its Space's title and its speakers' names as they are now.

        Raises `MediaUnavailable` where too many are to be drawn at once.
        """
        return await self._poster_of(await self._audio.clip(token))

    async def public_poster(self, clip_id: str) -> tuple[Clip, Path]:
        """The same of a clip that anyone may hear, by its id alone."""
        return await self._poster_of(await self._audio.public_clip(clip_id))

    def _sound_of(self, clip: Clip) -> tuple[Clip, Path]:
        return clip, _found(self._media.clip_file(clip.id))

    async def _poster_of(self, clip: Clip) -> tuple[Clip, Path]:
        space = await self._spaces.get(clip.space_id)
        if space is None:
            raise MediaRefused(404, "There is no such clip.")
        text = PosterText(space.title, await self._names(clip, space), clip.waveform, clip.duration_ms, self._server)
        try:
            return clip, _found(await self._workshop.poster(clip.id, text))
        except WorkshopFull:
            raise MediaUnavailable("Too many posters are to be drawn at the moment.") from None

    async def name(self, clip: Clip, ending: str) -> str:
        """What the file is called when it is saved."""
        space = await self._spaces.get(clip.space_id)
        return clips.saved_as(clip, space.title if space else "", ending)

    async def _names(self, clip: Clip, space: Space) -> tuple[str, ...]:
        """Who is heard in the clip by its transcript, who says most first; without one, who was on stage when it was
        cut; and where that is not known, its host.
        """
        return await self._called(await self._heard(clip) or clip.stage or (space.host.id,))

    async def _heard(self, clip: Clip) -> Sequence[str]:
        start, end = clip.start_offset_ms, clip.start_offset_ms + clip.duration_ms
        phrases = await self._transcripts.touching([Stretch(clip.space_id, start, end)])
        said = Counter[str]()
        for one in between(phrases, start, end):
            said[one.speaker_id] += len(one.words)
        return [person_id for person_id, _ in said.most_common()]

    async def _called(self, person_ids: Collection[str]) -> tuple[str, ...]:
        names = {one.id: one.display_name for one in await self._people.get_many(set(person_ids))}
        return tuple(names[one] for one in person_ids if one in names)


def _found(path: Path | None) -> Path:
    if path is None:
        raise MediaRefused(404, "There is no such file of this clip.")
    return path
