"""Personal streams: what concerns the viewer alone, live."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.domain.personal import Received
from app.services.inboxes import Opened
from app.services.ports import Heartbeat
from resolvers import mapping
from resolvers.context import Info
from schema.people import Viewer
from schema.personal import ViewerEvent, ViewerHeartbeat, ViewerSnapshot


@strawberry.type
class PersonalSubscription:
    """What concerns the viewer alone."""

    @strawberry.subscription(
        description="What concerns the viewer alone: invitations, requests to speak where they moderate, their own "
        "role, removal, reminders, warnings, direct messages and their being read. First a ViewerSnapshot, then every "
        "event in order. After a lost connection give the last `version` as `after`: what was missed follows, or a "
        "fresh snapshot if that is too long ago. Needs a token, and ends with it."
    )
    async def viewer_events(
        self,
        info: Info,
        after: Annotated[
            int | None, strawberry.argument(description="The version to continue after; null: from now on.")
        ] = None,
    ) -> AsyncGenerator[ViewerEvent, None]:
        context, viewer_id = info.context, info.context.actor.id
        async with context.use_cases.inboxes.follow(viewer_id, after) as items:
            async for item in items:
                match item:
                    case Opened(version):
                        viewer = Viewer(user=await context.user(viewer_id))
                        yield ViewerSnapshot(version=version, at=context.clock(), viewer=viewer, resumed=False)
                    case Heartbeat(version):
                        yield ViewerHeartbeat(version=version, at=context.clock())
                    case Received():
                        yield mapping.personal_event(item)
