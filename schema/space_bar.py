"""The space bar: the live Spaces that people whom the viewer follows are in."""

from __future__ import annotations

import strawberry

from schema.payloads import Payload
from schema.people import User, Viewer
from schema.spaces import Space
from schema.stage import Role


@strawberry.type(description="Someone whom the viewer follows, and what they are in a Space.")
class SpaceBarReason:
    """Someone whom the viewer follows, and what they are in a Space."""

    user: User = strawberry.field(description="Whom the viewer follows.")
    role: Role = strawberry.field(description="What they are there; LISTENER only where they let it be seen.")


@strawberry.type(description="A live Space in the viewer's bar, and why it is there.")
class SpaceBarEntry:
    """A live Space in the viewer's bar."""

    space: Space = strawberry.field(description="The Space.")
    reasons: list[SpaceBarReason] = strawberry.field(
        description="Whom the viewer follows there: host, co-hosts and speakers, then listeners. At most 20."
    )
    followed_count: int = strawberry.field(description="How many the viewer follows there, `reasons` counted too.")


@strawberry.input(description="What of the viewer's settings is to change.")
class UpdateSettingsInput:
    """What of the viewer's settings is to change."""

    listening_visibility: bool | None = strawberry.field(
        description="Whether followers may see in their space bars where the viewer listens; null leaves it.",
        default=None,
    )


@strawberry.type(description="What `updateSettings` answers.")
class UpdateSettingsPayload(Payload):
    """What `updateSettings` answers."""

    viewer: Viewer | None = strawberry.field(
        description="The viewer with the settings as they are now; null where a rule said no.", default=None
    )
