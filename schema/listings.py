"""Listings: what the Spaces tab is asked for."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import relay


@strawberry.enum(description="The states by which Spaces can be listed.")
class ListedState(Enum):
    """The states by which Spaces can be listed."""

    LIVE = strawberry.enum_value("LIVE", description="On air now.")
    SCHEDULED = strawberry.enum_value("SCHEDULED", description="To come, and not yet prepared or overdue for too long.")
    ENDED = strawberry.enum_value("ENDED", description="Over; `Space.audio` is the recording, where there is one.")


@strawberry.enum(
    description="The orders of a list of Spaces. Cursors hold the place in the order, not the Space: a list goes on "
    "where it was left, whatever ended meanwhile."
)
class SpaceOrder(Enum):
    """The orders of a list of Spaces."""

    STARTED_AT = strawberry.enum_value("STARTED_AT", description="That which started last first. For LIVE and ENDED.")
    LISTENERS = strawberry.enum_value(
        "LISTENERS",
        description="That with most listeners first, those without an account counted too. For LIVE. Numbers change "
        "while one reads: a Space that passes the cursor comes on two pages or on none.",
    )
    SCHEDULED_START = strawberry.enum_value(
        "SCHEDULED_START", description="That which is to start soonest first. For SCHEDULED."
    )


@strawberry.input(description="Which Spaces: those for which all that is given holds.")
class SpaceFilter:
    """Which Spaces."""

    state: ListedState = strawberry.field(description="The state they are in.", default=ListedState.LIVE)
    topics: list[str] | None = strawberry.field(
        description="At least one of these, each of the server's `topics`; null: any or none.", default=None
    )
    language: str | None = strawberry.field(
        description="The language spoken, as a BCP 47 tag: `pt` finds `pt-BR` too. Null: any.", default=None
    )
    query: str | None = strawberry.field(
        description="Words that the title has, all of them and each in full, in any order; without regard to case and "
        "accents. 1 to 70 characters; null: any title.",
        default=None,
    )
    host_id: relay.GlobalID | None = strawberry.field(description="Whose Spaces; null: anyone's.", default=None)
