"""Posts in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection

from app.domain.posts import Post
from app.services.pages import Moment, Window, part


class MemoryPostStore:
    """`PostStore` in a dict."""

    def __init__(self) -> None:
        self._posts: dict[str, Post] = {}

    async def add(self, post: Post) -> Post:
        return self._posts.setdefault(post.id, post)

    async def delete(self, post_id: str) -> None:
        self._posts.pop(post_id, None)

    async def get_many(self, post_ids: Collection[str]) -> list[Post]:
        return [self._posts[post_id] for post_id in set(post_ids) & self._posts.keys()]

    async def by_authors(self, author_ids: Collection[str], window: Window[Moment]) -> list[Post]:
        written = [one for one in self._posts.values() if one.author.id in author_ids]
        return part(written, window, key_of=lambda one: one.place, newest_first=True)
