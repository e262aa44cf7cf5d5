"""Posts, as the schema shows them."""

from __future__ import annotations

from typing import assert_never

from strawberry.relay import GlobalID

from app.domain import posts
from resolvers.mapping.people import user
from schema.people import User
from schema.posts import CardKind, Post, SharedPost


def post(post: posts.Post, *, known_author: User | None = None) -> Post:
    """A Post; without `known_author` its author is looked up when asked for, with the names they have now."""
    kind, key = _card(post.card)
    return Post(
        key=post.id,
        text=post.text,
        created_at=post.created_at,
        author_key=post.author.id,
        known_author=known_author,
        card_kind=kind,
        card_key=key,
    )


def shared_post(shared: posts.SharedPost, post_told: posts.Post | None = None) -> SharedPost:
    """A Post that a Space shows; one that an event tells is not looked up by every listener."""
    return SharedPost(
        shared_by=user(shared.shared_by),
        shared_at=shared.shared_at,
        post_key=shared.post_id,
        known_post=post(post_told, known_author=user(post_told.author)) if post_told else None,
    )


def post_id(key: str) -> GlobalID:
    """The global id of a Post."""
    return GlobalID(type_name=Post.__name__, node_id=key)


def _card(card: posts.Card | None) -> tuple[CardKind | None, str]:
    match card:
        case None:
            return None, ""
        case posts.SpaceCard(space_id):
            return CardKind.SPACE, space_id
        case posts.ClipCard(clip_id):
            return CardKind.CLIP, clip_id
        case posts.PostCard(post_id):
            return CardKind.POST, post_id
        case _:
            assert_never(card)
