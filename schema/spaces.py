"""Spaces: one live conversation, its state, its stage and what leads on from it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import relay

from schema.audio import Audio
from schema.capabilities import Capability
from schema.clips import Clip
from schema.context import SpaceLinks
from schema.marks import FOR_ALL, FOR_ALL_NOW, PER_VIEWER
from schema.pages import After, Before, Connection, First, Last, Page
from schema.people import User
from schema.reactions import ReactionCount
from schema.stage import Invitation, Participant, Role, SpeakPolicy, SpeakRequest
from schema.transcripts import Phrase

if TYPE_CHECKING:
    from schema.feedback import Feedback, FeedbackSummary
    from schema.posts import SharedPost
    from schema.recordings import Recording
    from schema.removals import Removal


@strawberry.enum(description="Where a Space is in its life.")
class SpaceState(Enum):
    """Where a Space is in its life."""

    SCHEDULED = strawberry.enum_value(
        "SCHEDULED",
        description="Announced for a time and seen by everyone, with nobody in it yet. Then PREPARING (`prepareSpace`, "
        "or in passing by `startSpace`), CANCELED (`cancelScheduledSpace`), or EXPIRED by itself.",
    )
    PREPARING = strawberry.enum_value(
        "PREPARING",
        description="Open to its host and those it invites, not started: then LIVE (`startSpace`) or CANCELED. One "
        "that was scheduled is still seen by everyone, and expires like a scheduled one; any other is seen by those "
        "it invites alone.",
    )
    LIVE = strawberry.enum_value("LIVE", description="On air.")
    ENDED = strawberry.enum_value("ENDED", description="Over for good.")
    CANCELED = strawberry.enum_value("CANCELED", description="Called off by its host before the start, for good.")
    EXPIRED = strawberry.enum_value(
        "EXPIRED", description="Scheduled and not started in time (2 hours, if not configured otherwise), for good."
    )


@strawberry.enum(description="Why a Space ended.")
class EndReason(Enum):
    """Why a Space ended."""

    HOST = strawberry.enum_value("HOST", description="The host ended it.")
    EMPTY = strawberry.enum_value("EMPTY", description="Nobody at all was in it any more: the server ended it.")
    OPERATOR = strawberry.enum_value("OPERATOR", description="An operator of the server ended it.")


@strawberry.enum(description="Whether the host is in their Space.")
class HostPresence(Enum):
    """Whether the host is in their Space."""

    PRESENT = strawberry.enum_value("PRESENT", description="The host is there.")
    ABSENT = strawberry.enum_value("ABSENT", description="The host left or lost the connection; the Space goes on.")


@strawberry.type(description="How many seats a Space has. Listeners are without limit.")
class Limits:
    """How many seats a Space has."""

    cohosts: int = strawberry.field(description="Co-hosts at most.", metadata=FOR_ALL)
    speakers: int = strawberry.field(description="Speakers at most, host and co-hosts not counted.", metadata=FOR_ALL)
    stage: int = strawberry.field(
        description="Everyone on the stage at most: host, co-hosts and speakers.", metadata=FOR_ALL
    )


@strawberry.type(
    description="A live audio conversation: a host and up to 12 others on its stage, and anyone listening."
)
class Space(relay.Node):
    """A Space as one viewer sees it."""

    key: relay.NodeID[str]
    version: int = strawberry.field(
        description="One up with every change; `spaceEvents(after:)` continues from it.", metadata=FOR_ALL
    )
    title: str = strawberry.field(description="What it is about, 1 to 70 characters.", metadata=FOR_ALL)
    topics: list[str] = strawberry.field(description="Up to 3 of the server's `topics`.", metadata=FOR_ALL)
    language: str | None = strawberry.field(
        description="The language spoken, as a BCP 47 tag; null if not said.", metadata=FOR_ALL
    )
    state: SpaceState = strawberry.field(description="Where it is in its life.", metadata=FOR_ALL)
    url: str = strawberry.field(description="The stable public address of its web page.", metadata=FOR_ALL)
    host: User = strawberry.field(description="Whose Space it is.", metadata=FOR_ALL)
    host_presence: HostPresence = strawberry.field(
        description="Whether the host is there; ABSENT while SCHEDULED, when nobody is.", metadata=FOR_ALL
    )
    host_absent_since: datetime | None = strawberry.field(
        description="Since when the host is away; null if there, or not come yet.", metadata=FOR_ALL
    )
    recording_enabled: bool = strawberry.field(
        description="Whether it is recorded while live; fixed at the start.", metadata=FOR_ALL
    )
    recording_deleted_at: datetime | None = strawberry.field(
        description="When the recording was deleted, by the host or because its time was over; null if it was not.",
        metadata=FOR_ALL,
    )
    is_recording: bool = strawberry.field(
        description="Whether the sound is being recorded now: not while the disk is full, say.", metadata=FOR_ALL
    )
    clipping_allowed: bool = strawberry.field(description="Whether clips may be made.", metadata=FOR_ALL)
    speak_policy: SpeakPolicy = strawberry.field(description="Who may ask for a seat.", metadata=FOR_ALL)
    limits: Limits = strawberry.field(description="How many seats there are.", metadata=FOR_ALL)
    available_reactions: list[str] = strawberry.field(
        description="The emoji that `sendReaction` takes.", metadata=FOR_ALL
    )
    scheduled_start: datetime | None = strawberry.field(
        description="For when it was announced; null if it never was. To show it by the host's clock take `timeZone`.",
        metadata=FOR_ALL,
    )
    time_zone: str | None = strawberry.field(
        description="By the clock of which time zone the host chose the start, as an IANA name; null if not scheduled.",
        metadata=FOR_ALL,
    )
    is_overdue: bool = strawberry.field(
        description="Whether its time has come and it has neither started nor expired yet.", metadata=FOR_ALL_NOW
    )
    ics_url: str | None = strawberry.field(
        description="Its address for calendar apps, as iCalendar (RFC 5545); they see every change there, and a "
        "cancellation. Null if it was never scheduled.",
        metadata=FOR_ALL,
    )
    created_at: datetime = strawberry.field(description="When it was made.", metadata=FOR_ALL)
    started_at: datetime | None = strawberry.field(description="When it went live; null before.", metadata=FOR_ALL)
    ended_at: datetime | None = strawberry.field(description="When it ended; null before.", metadata=FOR_ALL)
    end_reason: EndReason | None = strawberry.field(description="Why it ended; null before.", metadata=FOR_ALL)
    stage: list[Participant] = strawberry.field(
        description="Everyone with a seat, in the order of taking it.", metadata=FOR_ALL
    )
    listener_count: int = strawberry.field(
        description="People listening with an account and without a seat.", metadata=FOR_ALL
    )
    anonymous_listener_count: int = strawberry.field(
        description="Listeners without an account; never listed.", metadata=FOR_ALL
    )
    participant_count: int = strawberry.field(
        description="Everyone: stage, listeners and anonymous listeners.", metadata=FOR_ALL
    )
    speak_request_count: int = strawberry.field(
        description="Requests to speak that wait for an answer.", metadata=FOR_ALL
    )
    invitation_count: int = strawberry.field(
        description="Invitations to the stage that wait for an answer.", metadata=FOR_ALL
    )
    viewer_role: Role = strawberry.field(
        description="The viewer's role; LISTENER also for who is not in the Space.", metadata=PER_VIEWER
    )
    viewer_invitation: Invitation | None = strawberry.field(
        description="The viewer's pending invitation, if any.", metadata=PER_VIEWER
    )
    viewer_speak_request: SpeakRequest | None = strawberry.field(
        description="The viewer's raised hand, if any.", metadata=PER_VIEWER
    )
    links: strawberry.Private[SpaceLinks]

    @strawberry.field(description="Whether the viewer is in the Space, on stage or listening.", metadata=PER_VIEWER)
    async def viewer_is_participant(self) -> bool:
        return await self.links.viewer_is_participant()

    @strawberry.field(
        description="What the viewer may do here now, by their role and the Space's state: what a client offers.",
        metadata=PER_VIEWER,
    )
    async def viewer_capabilities(self) -> list[Capability]:
        return await self.links.viewer_capabilities()

    @strawberry.field(
        description="Those on the stage whom the viewer blocks. They are not told, and nor is anyone else.",
        metadata=PER_VIEWER,
    )
    async def viewer_blocked_speakers(self) -> list[User]:
        return await self.links.viewer_blocked_speakers()

    @strawberry.field(
        description="What the viewer said of it by `submitFeedback`; null if nothing.", metadata=PER_VIEWER
    )
    async def viewer_feedback(self) -> Annotated[Feedback, strawberry.lazy("schema.feedback")] | None:
        return await self.links.viewer_feedback()

    @strawberry.field(
        description="What all feedback on it comes to. For the host and operators; null for others.",
        metadata=PER_VIEWER,
    )
    async def feedback_summary(self) -> Annotated[FeedbackSummary, strawberry.lazy("schema.feedback")] | None:
        return await self.links.feedback_summary()

    @strawberry.field(
        description="Who was removed from it and may not come back, the last one first. For host and co-hosts; null "
        "for others.",
        metadata=PER_VIEWER,
    )
    async def removals(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Annotated[Removal, strawberry.lazy("schema.removals")]] | None:
        return await self.links.removals(Page(first, after, last, before))

    @strawberry.field(
        description="Whether the viewer will be reminded of its start by `setReminder`.", metadata=PER_VIEWER
    )
    async def viewer_has_reminder(self) -> bool:
        return await self.links.viewer_has_reminder()

    @strawberry.field(
        description="How many people asked to be reminded of its start. For the host; null for others.",
        metadata=PER_VIEWER,
    )
    async def reminder_count(self) -> int | None:
        return await self.links.reminder_count()

    @strawberry.field(
        description="Those listening with an account and without a seat, in the order of coming in.",
        metadata=PER_VIEWER,
    )
    async def listeners(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[User]:
        return await self.links.listeners(Page(first, after, last, before))

    @strawberry.field(
        description="The raised hands in order of asking. For host and co-hosts; null for others.", metadata=PER_VIEWER
    )
    def speak_requests(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[SpeakRequest] | None:
        return self.links.speak_requests(Page(first, after, last, before))

    @strawberry.field(
        description="The pending invitations to the stage. For host and co-hosts; null for others.", metadata=PER_VIEWER
    )
    def invitations(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Invitation] | None:
        return self.links.invitations(Page(first, after, last, before))

    @strawberry.field(
        description="How often each reaction has been sent so far, in order of `availableReactions`.", metadata=FOR_ALL
    )
    async def reaction_counts(self) -> list[ReactionCount]:
        return list(await self.links.reaction_counts())

    @strawberry.field(
        description="Where the sound is. Null while there is none: before the start, or ended without recording, or "
        "with one that was deleted.",
        metadata=PER_VIEWER,
    )
    async def audio(self) -> Audio | None:
        return await self.links.audio()

    @strawberry.field(
        description="What is kept of its sound, from the start on. Null where it is not recorded, once the recording "
        "is deleted, and for whom is kept out.",
        metadata=PER_VIEWER,
    )
    async def recording(self) -> Annotated[Recording, strawberry.lazy("schema.recordings")] | None:
        return await self.links.recording()

    @strawberry.field(
        description="The Posts shown to all in it, in the order of showing; at most 100.", metadata=FOR_ALL
    )
    def shared_posts(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Annotated[SharedPost, strawberry.lazy("schema.posts")]]:
        return self.links.shared_posts(Page(first, after, last, before))

    @strawberry.field(
        description="The clips of it that are published, and the viewer's own drafts, the newest first.",
        metadata=PER_VIEWER,
    )
    async def clips(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Clip]:
        return await self.links.clips(Page(first, after, last, before))

    @strawberry.field(
        description="What was said in it, in the order of saying it; grows while it is live. Null where it is not "
        "recorded, once the recording is deleted, and for whom is kept out. Where the recording is trimmed, phrases "
        "that are not wholly heard are the host's to read alone.",
        metadata=PER_VIEWER,
    )
    async def transcript(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Phrase] | None:
        return await self.links.transcript(Page(first, after, last, before))
