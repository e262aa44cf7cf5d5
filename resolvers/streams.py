"""Streams: following a Space live."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry
from strawberry.relay import GlobalID

from app.domain import evolution, refusals, spaces
from app.domain.actions import View
from app.domain.events import Numbered, SpaceCanceled, SpaceDeleted
from app.domain.permissions import may
from app.services.ports import FeedItem, Heartbeat, Snapshot
from resolvers import mapping
from resolvers.arguments import key
from resolvers.context import Info, RequestContext
from resolvers.faults import Refused
from schema.events import SpaceEvent
from schema.marks import FOR_ALL
from schema.reactions import ReactionTally
from schema.spaces import Space
from schema.stage import Voice

SpaceId = Annotated[GlobalID, strawberry.argument(description="The Space to follow.")]


@strawberry.type
class StreamSubscription:
    """Live streams."""

    @strawberry.subscription(
        description="What happens in a Space: first a SpaceSnapshot, then every change in order. After a lost "
        "connection give the last `version` as `after`: what was missed follows, or a fresh snapshot if that is too "
        "long ago. A Heartbeat says that nothing is new. Ends after SpaceEnded, "
        "SpaceCanceled, SpaceExpired or SpaceDeleted. Following is not joining. "
        "While it is open the viewer stays in the Space they have joined; anonymous ones count as listeners.",
        metadata=FOR_ALL,
    )
    async def space_events(
        self,
        info: Info,
        space_id: SpaceId,
        after: Annotated[
            int | None, strawberry.argument(description="The version to continue after; null: from a snapshot.")
        ] = None,
    ) -> AsyncGenerator[SpaceEvent, None]:
        context, space_key = info.context, key(Space, space_id, "spaceId")
        try:
            known = await _visible(context, space_key, after)
            stream = context.streams.space_events(context.viewer_id, space_key, after)
            async with stream as items:
                async for item in items:
                    before, known = known, _state_after(item, known)
                    if not may(context.standing, View.SPACE, before if _is_the_last(item) else known):
                        raise refusals.SpaceNotFound
                    yield _shown(context, item, known)
        except refusals.Refusal as refusal:
            raise Refused(refusal) from None

    @strawberry.subscription(
        description="The reactions sent in a Space, in batches, at most 5 a second. Who reads too slowly misses some.",
        metadata=FOR_ALL,
    )
    async def reactions(self, info: Info, space_id: SpaceId) -> AsyncGenerator[list[ReactionTally], None]:
        context, space_key = info.context, key(Space, space_id, "spaceId")
        try:
            async with context.streams.reactions(context.viewer_id, space_key) as batches:
                async for batch in batches:
                    yield [mapping.reaction_tally(one) for one in batch]
        except refusals.Refusal as refusal:
            raise Refused(refusal) from None

    @strawberry.subscription(
        description="Who speaks in a Space, and how loud: now, and each time that changes, at most 5 times a second. "
        "Each list is whole: whoever is not in it is silent. Who reads too slowly misses what is over by then.",
        metadata=FOR_ALL,
    )
    async def speaking(self, info: Info, space_id: SpaceId) -> AsyncGenerator[list[Voice], None]:
        context, space_key = info.context, key(Space, space_id, "spaceId")
        try:
            async with context.streams.voices(context.viewer_id, space_key) as changes:
                async for voices in changes:
                    yield [mapping.voice(one) for one in voices.heard]
        except refusals.Refusal as refusal:
            raise Refused(refusal) from None


async def _visible(context: RequestContext, space_id: str, after: int | None) -> spaces.Space:
    """The state to begin with, not older than what the client has seen: from memory while it is live, as then everyone
    may see it. Raises `SpaceNotFound`.
    """
    use_cases = context.use_cases.spaces
    for space in await use_cases.get_many(context.viewer_id, [space_id]):
        if space.state is spaces.SpaceState.LIVE and space.version >= (after or 0):
            return space
    return await use_cases.require(context.viewer_id, space_id)


def _state_after(item: FeedItem, known: spaces.Space) -> spaces.Space:
    """The Space after this item. Events older than what is known are told, but change nothing any more."""
    match item:
        case Snapshot(space):
            return space
        case Heartbeat():
            return known
        case _:
            return evolution.apply(known, item.event) if item.version > known.version else known


def _is_the_last(item: FeedItem) -> bool:
    """Whether the item takes the Space, or a place in it, from whoever is told so by it."""
    return isinstance(item, Numbered) and isinstance(item.event, SpaceDeleted | SpaceCanceled)


def _shown(context: RequestContext, item: FeedItem, space: spaces.Space) -> SpaceEvent:
    match item:
        case Snapshot():
            return mapping.snapshot(context.shown(space), context.clock())
        case Heartbeat(version):
            return mapping.heartbeat(version, context.clock())
        case _:
            return mapping.event(item, space)
