"""Posts: what the use cases ask of the database about them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from app.domain.posts import Post
from app.services.pages import Moment, Window


class PostStore(Protocol):
    """Posts, in lists by their `place`, the newest first."""

    async def add(self, post: Post) -> Post:
        """Keeps the Post; where there is one of its id already, nothing is written and that one is answered."""

    async def delete(self, post_id: str) -> None:
        """One that is gone already is no error."""

    async def get_many(self, post_ids: Collection[str]) -> list[Post]:
        """Those of the Posts that there are, in no particular order."""

    async def by_authors(self, author_ids: Collection[str], window: Window[Moment]) -> list[Post]:
        """The Posts of all these people together. It costs as much as there are people and entries in the window,
        however much they have written.
        """
