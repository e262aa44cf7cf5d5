"""Personal events: what `viewerEvents` streams, to one person alone."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry
from strawberry import relay

from schema.context import Info
from schema.conversations import Conversation
from schema.messages import DirectMessage
from schema.people import User, Viewer
from schema.spaces import Space
from schema.stage import Invitation, Role, SeatEnd


@strawberry.enum(description="How an offer of a seat was closed.")
class InvitationState(Enum):
    """Where an invitation stands."""

    PENDING = strawberry.enum_value("PENDING", description="It waits for an answer.")
    ACCEPTED = strawberry.enum_value("ACCEPTED", description="The person took the seat.")
    DECLINED = strawberry.enum_value("DECLINED", description="The person said no.")
    REVOKED = strawberry.enum_value("REVOKED", description="A moderator took it back, or offered another seat.")
    EXPIRED = strawberry.enum_value("EXPIRED", description="The seat has gone, or the Space is over.")


@strawberry.enum(description="How a request to speak ended.")
class RequestOutcome(Enum):
    """How a request to speak ended."""

    ACCEPTED = strawberry.enum_value("ACCEPTED", description="A seat was granted.")
    DECLINED = strawberry.enum_value("DECLINED", description="A moderator said no.")
    CANCELED = strawberry.enum_value("CANCELED", description="The person took the hand down, or left.")
    EXPIRED = strawberry.enum_value("EXPIRED", description="Fewer people may ask since.")


@strawberry.enum(description="How close a scheduled start is.")
class ReminderKind(Enum):
    """How close a scheduled start is."""

    SOON = strawberry.enum_value("SOON", description="30 minutes are left, or somewhat less where word comes late.")
    NOW = strawberry.enum_value("NOW", description="It is the time, or the Space went live before it.")


@strawberry.interface(
    description="Something that concerns the viewer alone. They come in order of `version`, without gap or repeat, and "
    "are kept for a while: what came while the viewer was away is streamed after `after`."
)
class ViewerEvent:
    """Something that concerns the viewer alone."""

    version: int = strawberry.field(description="One up with every event; give the last one as `after` to resume.")
    at: datetime = strawberry.field(description="When it happened.")


@strawberry.type(
    description="What to start from. It is the first event, and also comes where `after` was too old to resume from."
)
class ViewerSnapshot(ViewerEvent):
    """What to start from."""

    viewer: Viewer = strawberry.field(description="The viewer, with what is theirs now.")
    resumed: bool = strawberry.field(
        description="Whether it continues what the client had. Always false: where a stream can be resumed at `after`, "
        "the missed events come instead of a snapshot."
    )


@strawberry.type
class AboutSpace(ViewerEvent):
    """What all personal events that come from a Space tell."""

    space_key: strawberry.Private[str]

    @strawberry.field(description="The id of the Space it is about.")
    def space_id(self) -> relay.GlobalID:
        return relay.GlobalID(type_name=Space.__name__, node_id=self.space_key)

    @strawberry.field(description="The Space it is about; null if the viewer cannot see it any more.")
    async def space(self, info: Info) -> Space | None:
        return await info.context.space(self.space_key)


@strawberry.type(description="The viewer is offered a seat: `acceptInvitation` or `declineInvitation` answers.")
class InvitationReceived(AboutSpace):
    """The viewer is offered a seat."""

    invitation: Invitation = strawberry.field(description="The offer.")


@strawberry.type(description="An offer of a seat, which the viewer had or made, is closed.")
class InvitationClosed(AboutSpace):
    """An offer is closed."""

    invitation_id: strawberry.ID = strawberry.field(description="Which offer.")
    state: InvitationState = strawberry.field(description="How.")


@strawberry.type(description="Someone raised a hand in a Space that the viewer moderates.")
class SpeakRequestReceived(AboutSpace):
    """Someone raised a hand."""

    request_id: strawberry.ID = strawberry.field(description="What `acceptSpeakRequest` takes.")
    user: User = strawberry.field(description="Who asks.")


@strawberry.type(description="A request to speak, the viewer's own or one in a Space that they moderate, is closed.")
class SpeakRequestClosed(AboutSpace):
    """A request to speak is closed."""

    request_id: strawberry.ID = strawberry.field(description="Which request.")
    outcome: RequestOutcome = strawberry.field(description="How.")


@strawberry.type(description="The viewer has another role in a Space.")
class RoleChanged(AboutSpace):
    """The viewer has another role."""

    role: Role = strawberry.field(description="The role now.")
    reason: SeatEnd | None = strawberry.field(description="Why the seat was lost; null where it was not.")


@strawberry.type(description="A moderator removed the viewer from a Space.")
class RemovedFromSpace(AboutSpace):
    """A moderator removed the viewer."""


@strawberry.type(description="Someone whom the viewer blocks took the stage of a Space that the viewer is in.")
class BlockedSpeakerWarning(AboutSpace):
    """Someone whom the viewer blocks took the stage."""

    speaker: User = strawberry.field(description="Who.")


@strawberry.type(description="A Space that the viewer hosts, or wanted to be reminded of, is to start.")
class ReminderDue(AboutSpace):
    """A Space is to start."""

    kind: ReminderKind = strawberry.field(description="How close that is.")
    scheduled_start: datetime = strawberry.field(description="When it is to start.")


@strawberry.type(description="A Space that the viewer wanted to be reminded of has another time.")
class ScheduledSpaceMoved(AboutSpace):
    """A Space has another time."""

    scheduled_start: datetime = strawberry.field(description="When it is to start now.")


@strawberry.type(
    description="A Space that the viewer wanted to be reminded of will not take place: it was canceled or deleted, "
    "or has expired; the last is told to its host too."
)
class ScheduledSpaceCanceled(AboutSpace):
    """A Space was canceled."""


@strawberry.type(description="Someone wrote to the viewer.")
class DirectMessageReceived(ViewerEvent):
    """Someone wrote to the viewer."""

    message_key: strawberry.Private[str]

    @strawberry.field(description="What they wrote; null if it is gone.")
    async def message(self, info: Info) -> DirectMessage | None:
        return await info.context.message(self.message_key)


@strawberry.type(description="The viewer wrote to someone, on this device or another.")
class DirectMessageSent(ViewerEvent):
    """The viewer wrote to someone."""

    message_key: strawberry.Private[str]

    @strawberry.field(description="What they wrote; null if it is gone.")
    async def message(self, info: Info) -> DirectMessage | None:
        return await info.context.message(self.message_key)


@strawberry.type(description="The viewer read a conversation further, on this device or another: its marks can go.")
class ConversationRead(ViewerEvent):
    """The viewer read a conversation further."""

    other_key: strawberry.Private[str]

    @strawberry.field(description="The conversation as it is now, which may be read further since.")
    async def conversation(self, info: Info) -> Conversation | None:
        return await info.context.viewer_conversation(self.other_key)


@strawberry.type(description="Nothing new, the stream is alive.")
class ViewerHeartbeat(ViewerEvent):
    """Nothing new."""


VIEWER_EVENTS = [
    ViewerSnapshot,
    InvitationReceived,
    InvitationClosed,
    SpeakRequestReceived,
    SpeakRequestClosed,
    RoleChanged,
    RemovedFromSpace,
    BlockedSpeakerWarning,
    ReminderDue,
    ScheduledSpaceMoved,
    ScheduledSpaceCanceled,
    DirectMessageReceived,
    DirectMessageSent,
    ConversationRead,
    ViewerHeartbeat,
]
"""Every kind: GraphQL finds them through the interface only if told."""
