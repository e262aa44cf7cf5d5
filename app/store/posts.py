"""Posts: one document each, found by id, and by author in the order of writing."""

import asyncio
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Final

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from app.domain.posts import Post
from app.services.pages import Moment, Window, part
from app.services.plain import Plain
from app.store.database import Database, Document, from_document, to_document
from app.store.pages import bounds, find_page
from app.store.places import NEWEST, by_place, moment, place

AUTHORS_AT_ONCE: Final = 200
"""MongoDB merges the Posts of no more authors in order (`internalQueryMaxScansToExplode`); it would sort them all."""

_POSTS: Final = Plain(Post)
_ALL: Final[Document] = {"place": {"$gt": {}}}
"""Every Post there is, as a range of the index."""
_PLACE_ONLY: Final = {"_id": False, "place": True}


class MongoPostStore:
    """The `PostStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._posts = database["posts"]

    async def add(self, post: Post) -> Post:
        try:
            await self._posts.insert_one(to_document(_POSTS.encode(post)) | {"place": place(post.place)})
        except DuplicateKeyError:
            [kept] = await self.get_many([post.id]) or [post]
            return kept
        return post

    async def delete(self, post_id: str) -> None:
        await self._posts.delete_one({"_id": post_id})

    async def get_many(self, post_ids: Collection[str]) -> list[Post]:
        return [_post(document) async for document in self._posts.find({"_id": {"$in": list(post_ids)}})]

    async def by_authors(self, author_ids: Collection[str], window: Window[Moment]) -> list[Post]:
        """Nothing but keys of indexes is looked at until it is known which documents the window has."""
        ids = sorted(author_ids)
        places = await self._walk(ids, window) if len(ids) > AUTHORS_AT_ONCE else []
        if len(places) < window.limit:
            places = await self._merge(ids, window)
        posts = {post.id: post for post in await self.get_many([post_id for _, post_id in places])}
        return [posts[post_id] for _, post_id in places if post_id in posts]

    async def _walk(self, author_ids: Sequence[str], window: Window[Moment]) -> list[Moment]:
        """The window, if it fills, picked out of as many Posts of everybody as there are authors.

        Whoever follows many finds some of them within few Posts. Whoever does not has lost no more than a merge costs.
        """
        steps: list[Document] = [
            {"$match": {"$and": [_ALL, *bounds(NEWEST, by_place(window))]}},
            {"$sort": dict(NEWEST) if not window.last else {"place": ASCENDING}},
            {"$limit": len(author_ids)},
            {"$project": {"_id": False, "place": True, "author.id": True}},
            {"$match": {"author.id": {"$in": author_ids}}},
            {"$limit": window.limit},
        ]
        places = [moment(one) async for one in self._posts.aggregate(steps)]
        return places[::-1] if window.last else places

    async def _merge(self, author_ids: Sequence[str], window: Window[Moment]) -> list[Moment]:
        starts = range(0, len(author_ids), AUTHORS_AT_ONCE)
        groups = (author_ids[start : start + AUTHORS_AT_ONCE] for start in starts)
        found = await asyncio.gather(*(self._places(group, window) for group in groups))
        return part(chain.from_iterable(found), window, key_of=lambda one: one, newest_first=True)

    async def _places(self, author_ids: Sequence[str], window: Window[Moment]) -> list[Moment]:
        written = {"author.id": {"$in": author_ids}}
        return [moment(one) for one in await find_page(self._posts, written, NEWEST, by_place(window), _PLACE_ONLY)]


def _post(document: Document) -> Post:
    return _POSTS.decode(from_document(document))
