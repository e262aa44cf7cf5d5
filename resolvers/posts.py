"""Posts: writing, reading and deleting them, and showing them in Spaces."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domain import posts
from resolvers import mapping
from resolvers.arguments import connection, cursor, key, moment_key, window
from resolvers.context import Info
from resolvers.payloads import changed, outcome
from schema.clips import Clip
from schema.pages import After, Before, Connection, First, Last, Page
from schema.posts import (
    CardInput,
    CreatePostInput,
    CreatePostPayload,
    DeletePostInput,
    DeletePostPayload,
    Post,
    SharePostToSpaceInput,
    SharePostToSpacePayload,
    UnsharePostInput,
    UnsharePostPayload,
)
from schema.spaces import Space


@strawberry.type
class PostQuery:
    """Reading Posts."""

    @strawberry.field(
        description="The Posts of those whom the viewer follows, and the viewer's own, the newest first; without those "
        "of people whom the viewer mutes or blocks, or who block the viewer."
    )
    async def timeline(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Post]:
        page = Page(first, after, last, before)
        found = await info.context.use_cases.timelines.page(info.context.actor, window(page, moment_key))
        return connection(found, page, node=mapping.post, cursor_of=lambda one: cursor(*one.place))


@strawberry.type
class PostMutation:
    """Writing Posts, and showing them in Spaces."""

    @strawberry.mutation(description="Writes a Post, for the timelines of those who follow the viewer.")
    async def create_post(
        self, info: Info, input: Annotated[CreatePostInput, strawberry.argument(description="What it says.")]
    ) -> CreatePostPayload:
        create = info.context.use_cases.posts.create
        card = _card(input.card) if input.card else None
        post, errors = await outcome(create(info.context.actor, input.text, card, input.idempotency_key))
        return CreatePostPayload(post=mapping.post(post) if post else None, user_errors=errors)

    @strawberry.mutation(
        description="Deletes a Post of the viewer's for good. Spaces show it no longer; Posts that quote it stay, "
        "with an UnavailableCard."
    )
    async def delete_post(
        self, info: Info, input: Annotated[DeletePostInput, strawberry.argument(description="Which Post.")]
    ) -> DeletePostPayload:
        delete, post_id = info.context.use_cases.posts.delete, key(Post, input.post_id, "postId")
        _, errors = await outcome(delete(info.context.actor, post_id))
        return DeletePostPayload(deleted_post_id=None if errors else input.post_id, user_errors=errors)

    @strawberry.mutation(
        description="Shows a Post to all in a live Space, below those shown already, up to 100. For everyone on the "
        "stage. It changes nothing else; showing it twice is showing it once."
    )
    async def share_post_to_space(
        self, info: Info, input: Annotated[SharePostToSpaceInput, strawberry.argument(description="What and where.")]
    ) -> SharePostToSpacePayload:
        share, space_id = info.context.use_cases.sharing.share_post, key(Space, input.space_id, "spaceId")
        post_id = key(Post, input.post_id, "postId")
        return await changed(info, SharePostToSpacePayload, share(info.context.actor, space_id, post_id))

    @strawberry.mutation(
        description="Takes a Post down that a live Space shows. For whoever showed it, the host and co-hosts."
    )
    async def unshare_post(
        self, info: Info, input: Annotated[UnsharePostInput, strawberry.argument(description="What and where.")]
    ) -> UnsharePostPayload:
        unshare, space_id = info.context.use_cases.sharing.unshare_post, key(Space, input.space_id, "spaceId")
        post_id = key(Post, input.post_id, "postId")
        return await changed(info, UnsharePostPayload, unshare(info.context.actor, space_id, post_id))


def _card(input: CardInput) -> posts.Card:
    if input.space_id:
        return posts.SpaceCard(key(Space, input.space_id, "spaceId"))
    if input.clip_id:
        return posts.ClipCard(key(Clip, input.clip_id, "clipId"))
    assert input.post_id, "GraphQL lets just one through"
    return posts.PostCard(key(Post, input.post_id, "postId"))
