"""Sharing: Posts shown to all in a Space."""

from __future__ import annotations

from contextlib import suppress

from app.domain import refusals, sharing
from app.domain.roster import Person
from app.domain.spaces import Space
from app.services.changes import Changes
from app.services.ports import Clock
from app.services.posts import Posts


class Sharing:
    """Both commands answer the Space afterwards; done already is done."""

    def __init__(self, changes: Changes, posts: Posts, *, clock: Clock) -> None:
        self._changes = changes
        self._posts = posts
        self._clock = clock

    async def share_post(self, actor: Person, space_id: str, post_id: str) -> Space:
        """Shows a Post to all in the Space. Raises `PostNotFound` and the refusals of `sharing.share_post`."""
        post = await self._posts.require(actor, post_id)
        space = await self._changes.command(
            actor, space_id, lambda space: sharing.share_post(space, actor, post, self._clock())
        )
        try:
            # Its author may have deleted it meanwhile, and not found this Space among those that show it.
            await self._posts.require(actor, post_id)
        except refusals.PostNotFound:
            with suppress(refusals.Busy):
                await self._posts.withdraw_from(space_id, post_id)
            raise
        return space

    async def unshare_post(self, actor: Person, space_id: str, post_id: str) -> Space:
        """Takes a Post down again. Raises the refusals of `sharing.unshare_post`."""
        return await self._changes.command(
            actor, space_id, lambda space: sharing.unshare_post(space, actor, post_id, self._clock())
        )
