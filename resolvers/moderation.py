"""Moderation: the log."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.relay import GlobalID

from app.domain.refusals import Refusal
from resolvers import mapping
from resolvers.arguments import after_number, connection, cursor, key, page_size
from resolvers.context import Info
from resolvers.faults import Refused
from schema.moderation import ModerationEntry
from schema.pages import After, Connection, First, Page
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
        first: First,
        after: After = None,
    ) -> Connection[ModerationEntry] | None:
        moderation, page = info.context.use_cases.moderation, Page(first, after)
        space_key = key(Space, space_id, "spaceId")
        try:
            found = await moderation.log(
                info.context.actor, space_key, limit=page_size(page) + 1, before=after_number(page)
            )
        except Refusal as refusal:
            raise Refused(refusal) from None
        return connection(found, page, node=mapping.moderation_entry, cursor_of=lambda one: cursor(str(one.version)))
