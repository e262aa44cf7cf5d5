"""Events: what `spaceEvents` streams, the same for everyone who may see the Space."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry
from strawberry import relay

from schema.marks import FOR_ALL
from schema.posts import SharedPost
from schema.spaces import EndReason, Space
from schema.stage import Participant, SeatEnd, SpeakPolicy


@strawberry.interface(
    description="Something that happened in a Space. A client that applies each event to the snapshot before it has "
    "the Space's current state; events come in order of `version`, without gap or repeat."
)
class SpaceEvent:
    """Something that happened in a Space."""

    version: int = strawberry.field(
        description="The Space's version since; give the last one as `after` to resume.", metadata=FOR_ALL
    )
    at: datetime = strawberry.field(description="When it happened.", metadata=FOR_ALL)


@strawberry.type(
    description="The whole state to start from. It is the first event, and also follows where `after` was too old to "
    "resume from: then it replaces what the client had."
)
class SpaceSnapshot(SpaceEvent):
    """The whole state to start from."""

    space: Space = strawberry.field(description="The Space at this version.", metadata=FOR_ALL)
    resumed: bool = strawberry.field(
        description="Whether it continues what the client had. Always false: where a stream can be resumed at `after`, "
        "the missed events come instead of a snapshot.",
        metadata=FOR_ALL,
    )


@strawberry.type(description="A scheduled Space has another start, or its start is said in another time zone.")
class SpaceRescheduled(SpaceEvent):
    """A scheduled Space has another start."""

    scheduled_start: datetime = strawberry.field(description="When it is to start now.", metadata=FOR_ALL)
    time_zone: str = strawberry.field(
        description="By the clock of which time zone that was chosen, as an IANA name.", metadata=FOR_ALL
    )


@strawberry.type(
    description="A scheduled Space opened to its host, who is on its stage now with the microphone closed, and to "
    "those it invites: it is PREPARING."
)
class SpacePrepared(SpaceEvent):
    """A scheduled Space opened to its host and those it invites."""

    participant: Participant = strawberry.field(description="The host as they now are on the stage.", metadata=FOR_ALL)


@strawberry.type(description="The Space was canceled before its start; invitations are gone. The last event.")
class SpaceCanceled(SpaceEvent):
    """The Space was canceled."""


@strawberry.type(description="The Space was not started in time and has expired; invitations are gone. The last event.")
class SpaceExpired(SpaceEvent):
    """The Space has expired."""


@strawberry.type(description="The Space went live.")
class SpaceStarted(SpaceEvent):
    """The Space went live."""


@strawberry.type(
    description="The Space is over; stage, requests and invitations are gone. The last event, unless the recording or "
    "the Space is deleted later."
)
class SpaceEnded(SpaceEvent):
    """The Space is over."""

    end_reason: EndReason = strawberry.field(description="Why it ended.", metadata=FOR_ALL)


@strawberry.type(description="The Space was deleted, with its recording and clips. The last event.")
class SpaceDeleted(SpaceEvent):
    """The Space was deleted."""


@strawberry.enum(description="Why a recording is gone.")
class RecordingEnd(Enum):
    """Why a recording is gone."""

    HOST = strawberry.enum_value("HOST", description="The host deleted it.")
    EXPIRED = strawberry.enum_value("EXPIRED", description="Its time was over: see `Recording.expiresAt`.")


@strawberry.type(description="The recording of the ended Space was deleted; clips of it stay.")
class RecordingDeleted(SpaceEvent):
    """The recording of the ended Space was deleted."""

    reason: RecordingEnd = strawberry.field(description="Why.", metadata=FOR_ALL)


@strawberry.type(description="The host trimmed the recording of the ended Space, or undid that.")
class RecordingTrimmed(SpaceEvent):
    """The host trimmed the recording of the ended Space."""

    start_offset_ms: int | None = strawberry.field(
        description="From where on it is heard, in ms from the first recorded sample; null: from the beginning.",
        metadata=FOR_ALL,
    )
    end_offset_ms: int | None = strawberry.field(
        description="Up to where it is heard, in ms from the first recorded sample; null: to the end.", metadata=FOR_ALL
    )


@strawberry.type(description="The sound cannot be recorded at present, and listeners by HLS wait. The Space goes on.")
class RecordingFailed(SpaceEvent):
    """The sound cannot be recorded at present."""

    reason: str = strawberry.field(description="Why, in a sentence.", metadata=FOR_ALL)


@strawberry.type(description="The sound is being recorded again, after a gap.")
class RecordingResumed(SpaceEvent):
    """The sound is being recorded again."""


@strawberry.type(description="The title changed.")
class SpaceRenamed(SpaceEvent):
    """The title changed."""

    title: str = strawberry.field(description="The new title.", metadata=FOR_ALL)


@strawberry.type(description="The settings changed that are fixed once the Space has started.")
class SettingsChanged(SpaceEvent):
    """The settings changed that are fixed once the Space has started."""

    topics: list[str] = strawberry.field(description="The topics now.", metadata=FOR_ALL)
    language: str | None = strawberry.field(
        description="The language now, as a BCP 47 tag; null if not said.", metadata=FOR_ALL
    )
    recording_enabled: bool = strawberry.field(description="Whether it will be recorded.", metadata=FOR_ALL)


@strawberry.type(description="Who may ask for a seat changed.")
class SpeakPolicyChanged(SpaceEvent):
    """Who may ask for a seat changed."""

    speak_policy: SpeakPolicy = strawberry.field(description="The new policy.", metadata=FOR_ALL)


@strawberry.type(description="Whether clips may be made changed.")
class ClippingAllowedChanged(SpaceEvent):
    """Whether clips may be made changed."""

    clipping_allowed: bool = strawberry.field(description="Whether they may from now on.", metadata=FOR_ALL)


@strawberry.type(description="The host is absent since `at`; the Space goes on, and the seat stays the host's.")
class HostLeft(SpaceEvent):
    """The host is absent."""


@strawberry.type(description="The host is back.")
class HostReturned(SpaceEvent):
    """The host is back."""


@strawberry.type(
    description="A co-host is the host now: host and co-host swap roles. A former host who was absent then loses the "
    "co-host's seat too, by the next event."
)
class HostTransferred(SpaceEvent):
    """A co-host is the host now."""

    host_id: relay.GlobalID = strawberry.field(description="Who is the host now, and present.", metadata=FOR_ALL)
    former_host_id: relay.GlobalID = strawberry.field(description="Who was it, and is a co-host now.", metadata=FOR_ALL)


@strawberry.type(description="Someone took a seat, or moved to another: replace who is on stage with the same user.")
class SeatGranted(SpaceEvent):
    """Someone took a seat."""

    participant: Participant = strawberry.field(
        description="The person as they now are on the stage.", metadata=FOR_ALL
    )


@strawberry.type(description="Someone is no longer on the stage.")
class SeatVacated(SpaceEvent):
    """Someone is no longer on the stage."""

    user_id: relay.GlobalID = strawberry.field(description="Whose seat it was.", metadata=FOR_ALL)
    reason: SeatEnd = strawberry.field(description="Why it became free.", metadata=FOR_ALL)


@strawberry.type(description="Someone opened their microphone.")
class MicrophoneOpened(SpaceEvent):
    """Someone opened their microphone."""

    user_id: relay.GlobalID = strawberry.field(description="Whose microphone it is.", metadata=FOR_ALL)


@strawberry.type(description="A microphone was closed.")
class MicrophoneClosed(SpaceEvent):
    """A microphone was closed."""

    user_id: relay.GlobalID = strawberry.field(description="Whose microphone it is.", metadata=FOR_ALL)
    closed_by_id: relay.GlobalID = strawberry.field(
        description="Who closed it: its owner or a moderator.", metadata=FOR_ALL
    )


@strawberry.type(description="Raised hands came or went. Who asked is in `Space.speakRequests`, for moderators.")
class SpeakRequestsChanged(SpaceEvent):
    """Raised hands came or went."""

    pending_count: int = strawberry.field(description="How many now wait for an answer.", metadata=FOR_ALL)


@strawberry.type(description="Invitations were sent or answered. Whose is in `Space.invitations`, for moderators.")
class InvitationsChanged(SpaceEvent):
    """Invitations were sent or answered."""

    pending_count: int = strawberry.field(description="How many now wait for an answer.", metadata=FOR_ALL)


@strawberry.type(description="The number of listeners changed; at most 2 of these a second.")
class AudienceChanged(SpaceEvent):
    """The number of listeners changed."""

    listener_count: int = strawberry.field(
        description="People listening with an account and without a seat.", metadata=FOR_ALL
    )
    anonymous_listener_count: int = strawberry.field(description="Listeners without an account.", metadata=FOR_ALL)


@strawberry.type(description="A Post is shown to all, below those shown before.")
class PostShared(SpaceEvent):
    """A Post is shown to all."""

    shared_post: SharedPost = strawberry.field(description="The Post, and who shows it.", metadata=FOR_ALL)


@strawberry.type(description="A Post is shown no longer: taken down, or deleted by who wrote it.")
class PostUnshared(SpaceEvent):
    """A Post is shown no longer."""

    post_id: relay.GlobalID = strawberry.field(description="Which Post.", metadata=FOR_ALL)


@strawberry.type(description="Nothing new, the stream is alive: compare `version` with what you have.")
class Heartbeat(SpaceEvent):
    """Nothing new, the stream is alive."""


EVENTS = [
    SpaceSnapshot,
    SpaceRescheduled,
    SpacePrepared,
    SpaceCanceled,
    SpaceExpired,
    SpaceStarted,
    SpaceEnded,
    SpaceDeleted,
    RecordingDeleted,
    RecordingTrimmed,
    RecordingFailed,
    RecordingResumed,
    SpaceRenamed,
    SettingsChanged,
    SpeakPolicyChanged,
    ClippingAllowedChanged,
    HostLeft,
    HostReturned,
    HostTransferred,
    SeatGranted,
    SeatVacated,
    MicrophoneOpened,
    MicrophoneClosed,
    SpeakRequestsChanged,
    InvitationsChanged,
    AudienceChanged,
    PostShared,
    PostUnshared,
    Heartbeat,
]
"""Every kind of event: GraphQL finds them through the interface only if told."""
