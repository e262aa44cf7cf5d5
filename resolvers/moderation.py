"""Moderation: the log."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.relay import GlobalID

from app.domain.refusals import Refusal
from resolvers import mapping
from resolvers.arguments import connection, cursor, key, moment_key, window
from resolvers.context import Info
from resolvers.faults import Refused
from resolvers.payloads import changed
from schema.moderation import AdminEndSpaceInput, AdminEndSpacePayload, ModerationEntry
from schema.pages import After, Before, Connection, First, Last, Page
from schema.spaces import Space


@strawberry.type
class ModerationQuery:
    """What moderators did."""

    @strawberry.field(
        description="What moderators did to people in a Space, the newest first. For the host and operators: "
        "others get an error with the code NOT_PERMITTED."
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
            found = await moderation.log(info.context.authenticated, space_key, window(page, moment_key))
        except Refusal as refusal:
            raise Refused(refusal) from None
        return connection(found, page, node=mapping.moderation_entry, cursor_of=lambda one: cursor(one.at, one.id))


@strawberry.type
class ModerationMutation:
    """What operators do to Spaces."""

    @strawberry.mutation(
        description="Ends anybody's live Space, for good, with the end reason OPERATOR. For operators of the server."
    )
    async def admin_end_space(
        self, info: Info, input: Annotated[AdminEndSpaceInput, strawberry.argument(description="Which, and why.")]
    ) -> AdminEndSpacePayload:
        spaces, space_id = info.context.use_cases.spaces, key(Space, input.space_id, "spaceId")
        viewer = info.context.authenticated
        return await changed(info, AdminEndSpacePayload, spaces.end_by_operator(viewer, space_id, input.reason))
