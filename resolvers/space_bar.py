"""The space bar: following it live, and who is seen in it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from resolvers import mapping
from resolvers.arguments import page_size
from resolvers.context import Info
from resolvers.payloads import outcome
from schema.pages import MAX_PAGE
from schema.people import Viewer
from schema.space_bar import SpaceBarEntry, UpdateSettingsInput, UpdateSettingsPayload

USUALLY_SHOWN = 20


@strawberry.type
class SpaceBarSubscription:
    """The bar, live."""

    @strawberry.subscription(
        description="The beginning of `viewer.spaceBar`, whole: at once, and again whenever its Spaces or reasons have "
        "changed, at most once a second. How many listen is as it was then, and no reason to send it again. Never ends."
    )
    async def space_bar_updated(
        self,
        info: Info,
        first: Annotated[
            int, strawberry.argument(description=f"How many entries at most, 1 to {MAX_PAGE}.")
        ] = USUALLY_SHOWN,
    ) -> AsyncGenerator[list[SpaceBarEntry], None]:
        context, size = info.context, page_size("first", first)
        async with context.use_cases.bar_watch.follow(context.actor.id) as bars:
            async for entries in bars:
                yield [context.shown_in_bar(one) for one in entries[:size]]


@strawberry.type
class SettingsMutation:
    """What people choose for themselves."""

    @strawberry.mutation(description="Changes what the viewer has chosen for themselves; it holds at once.")
    async def update_settings(
        self, info: Info, input: Annotated[UpdateSettingsInput, strawberry.argument(description="The changes.")]
    ) -> UpdateSettingsPayload:
        people, actor = info.context.use_cases.people, info.context.actor
        account, errors = await outcome(people.update_settings(actor, input.listening_visibility))
        return UpdateSettingsPayload(
            viewer=Viewer(user=mapping.user_of(account)) if account else None, user_errors=errors
        )
