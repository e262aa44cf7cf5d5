"""Moderation: the log."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.relay import GlobalID

from app.domain.refusals import Refusal
from resolvers import mapping
from resolvers.arguments import connection, cursor, key, number_key, window
from resolvers.context import Info
from resolvers.faults import Refused
from schema.moderation import ModerationEntry
from schema.pages import After, Before, Connection, First, Last, Page
from schema.spaces import Space


@strawberry.type
class ModerationQuery:
    """What moderators did."""

    @strawberry.field(
        description="What moderators did to people in a Space, the newest first. For the host: others get an "
        "error with the code NOT_PERMITTED."
    )
    async def moderation_log(
        self,
        info: Info,
        space_id: Annotated[GlobalID, strawberry.argument(description="The Space.")],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ModerationEntry] | None:
        moderation, page = info.context.use_cases.moderation, Page(first, after, last, before)
        space_key = key(Space, space_id, "spaceId")
        try:
            found = await moderation.log(info.context.actor, space_key, window(page, number_key))
        except Refusal as refusal:
            raise Refused(refusal) from None
        return connection(found, page, node=mapping.moderation_entry, cursor_of=lambda one: cursor(one.version))
