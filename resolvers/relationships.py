"""Relationships: following, blocking and muting others."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, TypeVar

import strawberry

from app.domain.people import Account
from resolvers import mapping
from resolvers.arguments import key
from resolvers.context import Info
from resolvers.payloads import outcome
from schema.people import User
from schema.relationships import AboutUserPayload, FollowInput, FollowPayload, UnfollowInput, UnfollowPayload

Answered = TypeVar("Answered", bound=AboutUserPayload)


@strawberry.type
class RelationshipMutation:
    """What people do about each other."""

    @strawberry.mutation(description="Follows a person; following twice is following once.")
    async def follow(
        self, info: Info, input: Annotated[FollowInput, strawberry.argument(description="Whom.")]
    ) -> FollowPayload:
        follows, user_id = info.context.use_cases.follows, key(User, input.user_id, "userId")
        return await _answered(FollowPayload, follows.follow(info.context.actor, user_id))

    @strawberry.mutation(description="Follows a person no more.")
    async def unfollow(
        self, info: Info, input: Annotated[UnfollowInput, strawberry.argument(description="Whom.")]
    ) -> UnfollowPayload:
        follows, user_id = info.context.use_cases.follows, key(User, input.user_id, "userId")
        return await _answered(UnfollowPayload, follows.unfollow(info.context.actor, user_id))


async def _answered(payload: type[Answered], command: Awaitable[Account]) -> Answered:
    account, errors = await outcome(command)
    return payload(user=mapping.user_of(account) if account else None, user_errors=errors)
