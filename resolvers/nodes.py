"""Nodes: anything with a global id, by that id."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import strawberry
from strawberry.relay import GlobalID, Node

from resolvers.context import Info, RequestContext
from resolvers.faults import BadInput
from schema.pages import MAX_PAGE

_FIND: Mapping[str, Callable[[RequestContext, str], Awaitable[Node | None]]] = {
    "Space": RequestContext.space,
    "User": RequestContext.find_user,
    "Clip": RequestContext.clip,
    "Post": RequestContext.post,
    "DirectMessage": RequestContext.message,
    "Conversation": RequestContext.conversation,
    "Report": RequestContext.report,
}


@strawberry.type
class NodeQuery:
    """Relay's way to anything."""

    @strawberry.field(description="The object of this id; null if there is none, or none that the viewer may see.")
    async def node(
        self,
        info: Info,
        id: Annotated[
            GlobalID,
            strawberry.argument(description="Of a Space, User, Clip, Post, DirectMessage, Conversation or Report."),
        ],
    ) -> Node | None:
        return await _find(info, id)

    @strawberry.field(description="The objects of these ids, in their order; null where there is none.")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[GlobalID], strawberry.argument(description=f"At most {MAX_PAGE}.")],
    ) -> list[Node | None]:
        if len(ids) > MAX_PAGE:
            raise BadInput("ids", f"has {len(ids)} ids, but at most {MAX_PAGE} are answered at once.")
        return await asyncio.gather(*(_find(info, one) for one in ids))


async def _find(info: Info, id: GlobalID) -> Node | None:
    find = _FIND.get(id.type_name)
    return await find(info.context, id.node_id) if find else None
