"""Spaces: what one is. `life`, `stage` and `attendance` decide, `evolution` carries out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain import refusals
from app.domain.events import EndReason
from app.domain.posts import SharedPost
from app.domain.recorded import WHOLE, RecordingFailure, Trim
from app.domain.roster import Invitation, Person, Role, Seat, SpeakPolicy, SpeakRequest


class SpaceState(StrEnum):
    """Where a Space is in its life. Nobody sees a DELETED one: it is a tombstone that keeps its id taken."""

    SCHEDULED = "SCHEDULED"
    PREPARING = "PREPARING"
    LIVE = "LIVE"
    ENDED = "ENDED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    DELETED = "DELETED"


_OVER = {
    SpaceState.ENDED: refusals.SpaceEnded.message,
    SpaceState.CANCELED: "The Space was canceled; nothing in it can change any more.",
    SpaceState.EXPIRED: "The Space was not started in time and has expired; nothing in it can change any more.",
    SpaceState.DELETED: refusals.SpaceEnded.message,
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a Space is to start, by UTC and by the clock of whose time zone (an IANA name) its host chose it.

    `chosen_at`: since when the start is this one. `sequence` goes up with every change that a calendar shows, the
    last one at `changed_at`.
    """

    start: datetime
    time_zone: str
    chosen_at: datetime
    changed_at: datetime
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Space:
    """One Space: settings, state, the stage, raised hands and invitations. Listeners are not in it, only their number.

    `version` starts at 1 and goes up by one with every event, so that a state and the events after its version make
    the later state. `never_clipped`: clipping was off when it went live, and stays off. `empty_since`: when the last
    one in a live Space left, as far as it was told. While SCHEDULED nobody is in it, not even its host.
    """

    id: str
    version: int
    host: Person
    title: str
    topics: tuple[str, ...]
    language: str | None
    recording_enabled: bool
    clipping_allowed: bool
    speak_policy: SpeakPolicy
    state: SpaceState
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    host_absent_since: datetime | None = None
    stage: tuple[Seat, ...] = ()
    requests: tuple[SpeakRequest, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    listeners: int = 0
    anonymous: int = 0
    counted_at: datetime | None = None
    never_clipped: bool = False
    empty_since: datetime | None = None
    recording_deleted_at: datetime | None = None
    shared_posts: tuple[SharedPost, ...] = ()
    schedule: Schedule | None = None
    trim: Trim = WHOLE
    recording_failure: RecordingFailure | None = None

    def seat(self, person_id: str) -> Seat | None:
        """The person's seat on the stage, if they have one."""
        return next((seat for seat in self.stage if seat.person.id == person_id), None)

    def role(self, person_id: str) -> Role:
        """The person's role: the host's is for good; whoever has no seat is a LISTENER, in the Space or not."""
        if person_id == self.host.id:
            return Role.HOST
        seat = self.seat(person_id)
        return seat.role if seat else Role.LISTENER

    def count(self, role: Role) -> int:
        """Seats of a role that are taken."""
        return sum(seat.role is role for seat in self.stage)

    def invitation(self, person_id: str) -> Invitation | None:
        """The pending invitation of a person: nobody has more than one."""
        return next((one for one in self.invitations if one.person.id == person_id), None)

    def request(self, person_id: str) -> SpeakRequest | None:
        """The pending request of a person: nobody has more than one."""
        return next((one for one in self.requests if one.person.id == person_id), None)

    def shared_post(self, post_id: str) -> SharedPost | None:
        """The Post as it is shown in this Space, if it is."""
        return next((one for one in self.shared_posts if one.post_id == post_id), None)

    @property
    def is_over(self) -> bool:
        """Whether nothing will ever happen in the Space any more, but its deletion."""
        return self.state in _OVER

    @property
    def is_upcoming(self) -> bool:
        """Whether the Space is scheduled and has not started, its green room open or not."""
        return self.schedule is not None and self.state in (SpaceState.SCHEDULED, SpaceState.PREPARING)

    @property
    def keeps_recording(self) -> bool:
        """Whether what is heard in it is recorded, or was and has not been deleted since."""
        return self.recording_enabled and self.recording_deleted_at is None

    @property
    def is_failing(self) -> bool:
        """Whether sound that should be recorded is not being written, or was not when the Space ended."""
        return self.recording_failure is not None and self.recording_failure.resumed_at is None

    @property
    def is_empty(self) -> bool:
        """Whether, by what is told, nobody is in the live Space: a seat but the absent host's is somebody there."""
        seated = len(self.stage) - (self.host_absent_since is not None)
        return self.state is SpaceState.LIVE and not (seated or self.listeners or self.anonymous)

    def require_open(self) -> None:
        """Raises `SpaceEnded` where nothing may change any more."""
        if self.is_over:
            raise refusals.SpaceEnded(_OVER[self.state], field="spaceId")

    def require_live(self) -> None:
        """Raises `SpaceEnded` or `SpaceNotLive` unless the Space is live."""
        self.require_open()
        if self.state is not SpaceState.LIVE:
            raise refusals.SpaceNotLive(field="spaceId")
