"""Posts: writing, deleting and reading them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from app.domain import posts, refusals
from app.domain.permissions import may_delete, may_read
from app.domain.posts import Card, Post
from app.domain.roster import Person
from app.domain.sharing import withdraw_post
from app.services.admission import Admission
from app.services.cards import Cards
from app.services.changes import Changes
from app.services.idempotency import Idempotency
from app.services.pages import Moment, Window
from app.services.ports import Clock
from app.services.stores import PostStore, SpaceStore


class Posts:
    """What people write. Whom an author blocks sees none of their Posts."""

    def __init__(
        self,
        store: PostStore,
        spaces: SpaceStore,
        cards: Cards,
        changes: Changes,
        admission: Admission,
        idempotency: Idempotency,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._cards = cards
        self._changes = changes
        self._admission = admission
        self._idempotency = idempotency
        self._clock = clock

    async def create(
        self,
        actor: Person,
        text: str,
        card: Card | None = None,
        idempotency_key: str | None = None,
        *,
        operation: str = "createPost",
    ) -> Post:
        """A new Post, or the one that this operation made under the key the first time.

        Raises `EmptyPost`, `InvalidText`, `InvalidIdempotencyKey`, and what `Cards.require` raises.
        """
        post_id = await self._idempotency.id_for(actor.id, operation, idempotency_key)
        for made_before in await self._store.get_many([post_id] if idempotency_key else []):
            return made_before
        post = posts.write(actor, text, card, post_id=post_id, now=self._clock())
        if card is not None:
            await self._cards.require(actor, card)
        return await self._store.add(post)

    async def delete(self, actor: Person, post_id: str) -> None:
        """Gone for good: it is taken down wherever it is shown; Posts that quote it stay.

        Raises `PostNotFound`, `NotPermitted`; `Busy` with nothing deleted yet: delete again.
        """
        post = await self.require(actor, post_id)
        if not may_delete(post, actor.id):
            raise refusals.NotPermitted("A Post is deleted by who wrote it alone.", field="postId")
        await self._withdraw(post_id)
        await self._store.delete(post_id)
        # Once more, for whoever shared it meanwhile and found it there still. What is left even so shows nothing.
        with suppress(refusals.Busy):
            await self._withdraw(post_id)

    async def withdraw_from(self, space_id: str, post_id: str) -> None:
        """A Space shows the Post no longer. Raises `Busy`."""
        with suppress(refusals.SpaceNotFound):
            await self._changes.change(space_id, lambda space: withdraw_post(space, post_id, self._clock()))

    async def _withdraw(self, post_id: str) -> None:
        for space_id in await self._spaces.showing(post_id):
            await self.withdraw_from(space_id, post_id)

    async def require(self, actor: Person, post_id: str) -> Post:
        """The Post. Raises `PostNotFound`, also for one that the actor may not see."""
        for post in await self.get_many(actor.id, [post_id]):
            return post
        raise refusals.PostNotFound(field="postId")

    async def get_many(self, viewer_id: str | None, post_ids: Collection[str]) -> list[Post]:
        """Those of the Posts that this viewer (None: anonymous) may see, in no particular order."""
        found = await self._store.get_many(post_ids)
        blocking = await self._admission.blocking(viewer_id, {one.author.id for one in found})
        return [one for one in found if may_read(one, blocking)]

    async def shown(self, post_ids: Collection[str]) -> list[Post]:
        """Those of the Posts that there are, as a Space shows them: what it shows is the same for all."""
        return await self._store.get_many(post_ids)

    async def of_author(self, viewer_id: str | None, author_id: str, window: Window[Moment]) -> list[Post]:
        """A person's Posts, newest first; none for whom they block."""
        if await self._admission.blocking(viewer_id, [author_id]):
            return []
        return await self._store.by_authors([author_id], window)
