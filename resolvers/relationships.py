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
from schema.relationships import (
    AboutUserPayload,
    BlockInput,
    BlockPayload,
    FollowInput,
    FollowPayload,
    MuteInput,
    MutePayload,
    UnblockInput,
    UnblockPayload,
    UnfollowInput,
    UnfollowPayload,
    UnmuteInput,
    UnmutePayload,
)

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

    @strawberry.mutation(
        description="Keeps a person away: follows between the two end, and the person can be in no Space that the "
        "viewer hosts, nor listen to it. The person is not told."
    )
    async def block(
        self, info: Info, input: Annotated[BlockInput, strawberry.argument(description="Whom.")]
    ) -> BlockPayload:
        blocks, user_id = info.context.use_cases.blocks, key(User, input.user_id, "userId")
        return await _answered(BlockPayload, blocks.block(info.context.actor, user_id))

    @strawberry.mutation(description="Takes a block back; follows that it ended stay ended.")
    async def unblock(
        self, info: Info, input: Annotated[UnblockInput, strawberry.argument(description="Whom.")]
    ) -> UnblockPayload:
        blocks, user_id = info.context.use_cases.blocks, key(User, input.user_id, "userId")
        return await _answered(UnblockPayload, blocks.unblock(info.context.actor, user_id))

    @strawberry.mutation(
        description="Mutes a person, who is not told. For what they write; microphones are muted by `muteParticipant`."
    )
    async def mute(
        self, info: Info, input: Annotated[MuteInput, strawberry.argument(description="Whom.")]
    ) -> MutePayload:
        mutes, user_id = info.context.use_cases.mutes, key(User, input.user_id, "userId")
        return await _answered(MutePayload, mutes.mute(info.context.actor, user_id))

    @strawberry.mutation(description="Takes a mute back.")
    async def unmute(
        self, info: Info, input: Annotated[UnmuteInput, strawberry.argument(description="Whom.")]
    ) -> UnmutePayload:
        mutes, user_id = info.context.use_cases.mutes, key(User, input.user_id, "userId")
        return await _answered(UnmutePayload, mutes.unmute(info.context.actor, user_id))


async def _answered(payload: type[Answered], command: Awaitable[Account]) -> Answered:
    account, errors = await outcome(command)
    return payload(user=mapping.user_of(account) if account else None, user_errors=errors)
