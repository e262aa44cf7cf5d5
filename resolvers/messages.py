"""Messages: sending them, and telling others of a Space."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domain.posts import SpaceCard
from resolvers import mapping
from resolvers.arguments import key
from resolvers.context import Info
from resolvers.faults import BadInput
from resolvers.payloads import outcome
from schema.messages import (
    SendDirectMessageInput,
    SendDirectMessagePayload,
    ShareAsMessageInput,
    ShareAsPostInput,
    ShareSpaceInput,
    ShareSpacePayload,
)
from schema.people import User
from schema.spaces import Space


@strawberry.type
class MessageMutation:
    """Telling others."""

    @strawberry.mutation(
        description="Sends a message to each of the people, or to none of them where a rule says no. They hear of it "
        "by `viewerEvents`, and find it in `viewer.conversations` and `viewer.directMessages`. At most 100 in 10 "
        "minutes."
    )
    async def send_direct_message(
        self, info: Info, input: Annotated[SendDirectMessageInput, strawberry.argument(description="What, to whom.")]
    ) -> SendDirectMessagePayload:
        user_ids = [key(User, one, "userIds") for one in input.user_ids]
        send = info.context.use_cases.messages.send
        sent, errors = await outcome(
            send(info.context.actor, user_ids, input.text, idempotency_key=input.idempotency_key)
        )
        return SendDirectMessagePayload(
            messages=[mapping.direct_message(one) for one in sent or ()], user_errors=errors
        )

    @strawberry.mutation(
        description="Tells others of a Space, by a Post, by direct messages, or by the link alone. Its host may do so "
        "at any time, everyone in it while it is live, and anyone with an account once it has ended. The link is for "
        "everyone who may see the Space, without an account too."
    )
    async def share_space(
        self, info: Info, input: Annotated[ShareSpaceInput, strawberry.argument(description="Which Space, and how.")]
    ) -> ShareSpacePayload:
        space_id = key(Space, input.space_id, "spaceId")
        if input.form.post:
            return await _by_post(info, space_id, input.form.post, input.idempotency_key)
        if input.form.message:
            return await _by_message(info, space_id, input.form.message, input.idempotency_key)
        if not input.form.link:
            raise BadInput("link", "is true where it is given.")
        space, errors = await outcome(info.context.use_cases.spaces.require(info.context.viewer_id, space_id))
        return ShareSpacePayload(url=info.context.space_url(space.id) if space else None, user_errors=errors)


async def _by_post(info: Info, space_id: str, form: ShareAsPostInput, once: str | None) -> ShareSpacePayload:
    create = info.context.use_cases.posts.create
    post, errors = await outcome(
        create(info.context.actor, form.text, SpaceCard(space_id), once, operation="shareSpace")
    )
    if post is None:
        return ShareSpacePayload(user_errors=errors)
    return ShareSpacePayload(url=info.context.space_url(space_id), post=mapping.post(post), user_errors=errors)


async def _by_message(info: Info, space_id: str, form: ShareAsMessageInput, once: str | None) -> ShareSpacePayload:
    user_ids = [key(User, one, "userIds") for one in form.user_ids]
    send = info.context.use_cases.messages.send
    sent, errors = await outcome(send(info.context.actor, user_ids, form.text, space_id, once, operation="shareSpace"))
    if sent is None:
        return ShareSpacePayload(user_errors=errors)
    messages = [mapping.direct_message(one) for one in sent]
    return ShareSpacePayload(url=info.context.space_url(space_id), messages=messages, user_errors=errors)
