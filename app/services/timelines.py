"""Timelines: the Posts of those whom a person follows, and their own."""

from __future__ import annotations

from app.domain.posts import Post
from app.domain.roster import Person
from app.services.pages import Moment, Window
from app.services.stores import BlockStore, PairStore, PostStore


class Timelines:
    """Put together when they are read, so that a follow, a mute or a block counts at once and nothing is kept twice."""

    def __init__(self, posts: PostStore, follows: PairStore, mutes: PairStore, blocks: BlockStore) -> None:
        self._posts = posts
        self._follows = follows
        self._mutes = mutes
        self._blocks = blocks

    async def page(self, actor: Person, window: Window[Moment]) -> list[Post]:
        """The newest first; without the muted, and whoever blocks the actor or is blocked."""
        followed = await self._follows.others(actor.id) - await self._mutes.others(actor.id)
        authors = followed | {actor.id}
        while True:
            page = await self._posts.by_authors(authors, window)
            apart = await self._apart(actor.id, {post.author.id for post in page})
            if not apart:
                return page
            # A block ends follows, but a moment after it is kept, or later where the server died in between.
            authors -= apart

    async def _apart(self, person_id: str, others: set[str]) -> set[str]:
        pairs = {(person_id, one) for one in others} | {(one, person_id) for one in others}
        return {one for pair in await self._blocks.among(pairs) for one in pair} - {person_id}
