"""Sharing: Posts shown to all in a Space. It changes nothing else of the Space."""

from __future__ import annotations

from datetime import datetime

from app.domain import refusals
from app.domain.events import PostShared, PostUnshared, SpaceEvent
from app.domain.permissions import Action, may_unshare, require
from app.domain.posts import Post, SharedPost
from app.domain.roster import Person
from app.domain.spaces import Space

SHARED_POSTS = 100
"""A Space is one document, read and written as a whole."""


def share_post(space: Space, actor: Person, post: Post, now: datetime) -> list[SpaceEvent]:
    """Someone on the stage shows a Post to all, below the others. Showing what is shown already changes nothing."""
    space.require_live()
    require(space, actor.id, Action.SHARE_POST)
    if space.shared_post(post.id):
        return []
    if len(space.shared_posts) >= SHARED_POSTS:
        raise refusals.SharedPostLimitReached(field="postId", limit=SHARED_POSTS, current=len(space.shared_posts))
    return [PostShared(at=now, post=post, shared=SharedPost(post.id, actor, now))]


def unshare_post(space: Space, actor: Person, post_id: str, now: datetime) -> list[SpaceEvent]:
    """Whoever shared it, or a moderator, takes a Post down again."""
    space.require_live()
    shared = space.shared_post(post_id)
    if shared is None:
        raise refusals.PostNotFound("That Post is not shared in this Space.", field="postId")
    if not may_unshare(space, actor.id, shared):
        raise refusals.NotPermitted(field="postId")
    return [PostUnshared(at=now, post_id=post_id)]


def withdraw_post(space: Space, post_id: str, now: datetime) -> list[SpaceEvent]:
    """A Post that is deleted is shown no longer, where anything is shown still."""
    if space.is_over or space.shared_post(post_id) is None:
        return []
    return [PostUnshared(at=now, post_id=post_id)]
