"""Upkeep of clips: what publishing, deleting and time leave to be done, also by a server that died in the middle."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import timedelta

from app.domain import posts
from app.domain.clips import Clip
from app.domain.posts import ClipCard, Post
from app.domain.roster import Person
from app.services.media_engine import MediaEngine
from app.services.ports import Clock
from app.services.rounds import every
from app.services.stores import ClipStore, PersonStore, PostStore

log = logging.getLogger(__name__)

ROUND = timedelta(minutes=1)
"""How often it is looked for, and for how long it is left to whoever is at it: clocks of processes differ too."""
AT_ONCE = 100


class ClipUpkeep:
    """Every step can be done again: a clip is public before its Post is there, and its sound goes before its record."""

    def __init__(
        self, store: ClipStore, posts: PostStore, people: PersonStore, media: MediaEngine, *, clock: Clock
    ) -> None:
        self._store = store
        self._posts = posts
        self._people = people
        self._media = media
        self._clock = clock

    async def post(self, clip: Clip, author: Person) -> Post | None:
        """The Post by which a clip was published, there from now on; None where its author deleted it, or has none.

        It is made here alone, and its id is the clip's: whoever else is at it makes the same one.
        """
        if clip.publication is None:
            return None
        if clip.publication.is_posted:
            return next(iter(await self._posts.get_many([clip.id])), None)
        how = clip.publication
        post = posts.write(author, how.text, ClipCard(clip.id), post_id=clip.id, now=how.at)
        made = await self._posts.add(post)
        await self._store.posted(clip.id)
        return made

    async def purge(self, clip: Clip) -> bool:
        """Deletes sound and record of a clip that is gone, and answers whether it could; if not, a later round does."""
        return await self._tried(clip, self._purge(clip))

    async def _purge(self, clip: Clip) -> None:
        await self._media.delete_clip(clip.id)
        await self._store.delete(clip.id)

    async def run(self) -> None:
        """Purges drafts that nobody published in time and what is left of deleted clips, and posts what was published
        by a server that died before it did; for ever.
        """
        await every(ROUND, self.round)

    async def round(self) -> None:
        """One round of `run`."""
        over = self._clock() - ROUND
        while gone := await self._store.expired(over, limit=AT_ONCE):
            if not all([await self.purge(clip) for clip in gone]):
                break
        while unposted := await self._store.unposted(over, limit=AT_ONCE):
            found = await self._people.get_many({clip.creator_id for clip in unposted})
            authors = {one.id: one.person for one in found}
            if not all([await self._tried(clip, self.post(clip, authors[clip.creator_id])) for clip in unposted]):
                break

    async def _tried(self, clip: Clip, step: Awaitable[object]) -> bool:
        try:
            await step
        except Exception:
            log.exception("something is left to do about the clip %s; a later round does it", clip.id)
            return False
        return True
