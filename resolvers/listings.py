"""Listings: the Spaces tab, and searching it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import strawberry

from app.domain import listings
from app.domain.drafts import TITLE_LENGTH
from app.domain.listings import ORDERS, Listing, Order
from app.domain.spaces import SpaceState
from app.services.pages import Place
from resolvers.arguments import connection, count_key, cursor, key, moment_key, window
from resolvers.context import Info
from resolvers.faults import BadInput
from schema.listings import ListedState, SpaceFilter, SpaceOrder
from schema.pages import After, Before, Connection, First, Last, Page
from schema.people import User
from schema.spaces import Space

_KEYS: Mapping[Order, Callable[[Sequence[str]], Place]] = {
    Order.STARTED_AT: moment_key,
    Order.LISTENERS: count_key,
    Order.SCHEDULED_START: moment_key,
}

TOPICS_NAMED = 20
"""More at once are no choice any more."""


@strawberry.type
class ListingQuery:
    """Finding Spaces that one has no id of."""

    @strawberry.field(
        description="The Spaces tab: public Spaces, live ones unless the filter says otherwise. Those whose host "
        "blocks the viewer are not in it."
    )
    async def spaces(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[SpaceFilter | None, strawberry.argument(description="Which; null: all live ones.")] = None,
        order_by: Annotated[
            SpaceOrder | None,
            strawberry.argument(
                description="In which order; null: that which started last first, or is to start soonest."
            ),
        ] = None,
        state: Annotated[
            ListedState | None,
            strawberry.argument(
                description="Only Spaces in this state.", deprecation_reason="Use `filter: {state: ...}`."
            ),
        ] = None,
    ) -> Connection[Space]:
        page = Page(first, after, last, before)
        listing = _listing(filter or SpaceFilter(), order_by, state)
        read_key = _KEYS[listing.order]
        found = await info.context.use_cases.listings.page(info.context.viewer_id, listing, window(page, read_key))
        return connection(
            found,
            page,
            node=info.context.shown,
            cursor_of=lambda one: cursor(*listings.place(one, listing.order)),
        )


def _listing(asked: SpaceFilter, order: SpaceOrder | None, state: ListedState | None) -> Listing:
    listed = SpaceState[(state or asked.state).name]
    return Listing(
        state=listed,
        order=_order(listed, order),
        host_id=key(User, asked.host_id, "hostId") if asked.host_id else None,
        topics=_topics(asked.topics),
        language=asked.language,
        words=frozenset() if asked.query is None else _words(asked.query),
    )


def _order(state: SpaceState, asked: SpaceOrder | None) -> Order:
    usual, *_ = ORDERS[state]
    order = Order[asked.name] if asked else usual
    if order not in ORDERS[state]:
        raise BadInput("orderBy", f"is {order.name}, which is no order of Spaces that are {state.name}.")
    return order


def _topics(asked: list[str] | None) -> tuple[str, ...]:
    if asked is None:
        return ()
    if not 1 <= len(asked) <= TOPICS_NAMED:
        raise BadInput("topics", f"names {len(asked)} topics, but must name 1 to {TOPICS_NAMED}.")
    return tuple(asked)


def _words(query: str) -> frozenset[str]:
    length = len(query.strip())
    if not 1 <= length <= TITLE_LENGTH:
        raise BadInput("query", f"has {length} characters, but must have 1 to {TITLE_LENGTH}.")
    found = listings.words(query)
    if not found:
        raise BadInput("query", "has no word to look for.")
    return found
