"""The life of a Space: what it is, how it starts, changes and ends, and the one place where its state changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from app.domain import refusals
from app.domain.events import (
    AudienceChanged,
    ClippingAllowedChanged,
    EndReason,
    HostLeft,
    HostReturned,
    InvitationClosed,
    InvitationSent,
    MicrophoneClosed,
    MicrophoneOpened,
    Numbered,
    SeatGranted,
    SeatVacated,
    SpaceEnded,
    SpaceEvent,
    SpaceRenamed,
    SpaceStarted,
    SpeakPolicyChanged,
    SpeakRequestClosed,
    SpeakRequested,
)
from app.domain.roster import Invitation, Person, RequestOutcome, Role, Seat, SpeakPolicy, SpeakRequest

TITLE_LENGTH = 70
TOPICS_PER_SPACE = 3
AUDIENCE_INTERVAL = timedelta(milliseconds=500)
"""At most 2 events a second tell of listeners coming and going."""
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,8}")
"""A language and its subtags as in RFC 5646 section 2.1, without the grandfathered ones, and of bounded length."""


class SpaceState(StrEnum):
    """Where a Space is in its life."""

    PREPARING = "PREPARING"
    LIVE = "LIVE"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class Space:
    """One Space: settings, state, the stage, raised hands and invitations. Listeners are not in it, only their number.

    `version` starts at 1 and goes up by one with every event, so that a state and the events after its version make
    the later state.
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

    def seat(self, person_id: str) -> Seat | None:
        """The person's seat on the stage, if they have one."""
        return next((seat for seat in self.stage if seat.person.id == person_id), None)

    def role(self, person_id: str) -> Role:
        """The person's role; whoever has no seat is a LISTENER, in the Space or not."""
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

    def require_open(self) -> None:
        """Raises `SpaceEnded` where nothing may change any more."""
        if self.state is SpaceState.ENDED:
            raise refusals.SpaceEnded(field="spaceId")

    def require_live(self) -> None:
        """Raises `SpaceEnded` or `SpaceNotLive` unless the Space is live."""
        self.require_open()
        if self.state is not SpaceState.LIVE:
            raise refusals.SpaceNotLive(field="spaceId")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a host asks for when creating a Space."""

    title: str
    topics: tuple[str, ...] = ()
    language: str | None = None
    recording_enabled: bool = False
    clipping_allowed: bool = True
    speak_policy: SpeakPolicy = SpeakPolicy.EVERYONE


def create(draft: Draft, *, space_id: str, host: Person, topics: Collection[str], now: datetime) -> Space:
    """A Space in PREPARING with the host on its stage, muted; `topics`: the server's. Raises all refusals at once."""
    broken = [
        *_broken_title(draft.title),
        *_broken_topics(draft.topics, topics),
        *_broken_language(draft.language),
    ]
    if broken:
        raise ExceptionGroup("createSpace", broken)
    return Space(
        id=space_id,
        version=1,
        host=host,
        title=draft.title.strip(),
        topics=draft.topics,
        language=draft.language,
        recording_enabled=draft.recording_enabled,
        clipping_allowed=draft.clipping_allowed,
        speak_policy=draft.speak_policy,
        state=SpaceState.PREPARING,
        created_at=now,
        stage=(Seat(host, Role.HOST, muted=True, taken_at=now),),
    )


def _broken_title(title: str) -> Iterable[refusals.Refusal]:
    length = len(title.strip())
    if not 1 <= length <= TITLE_LENGTH:
        yield refusals.InvalidTitle(field="title", limit=TITLE_LENGTH, current=length)


def _broken_topics(chosen: Sequence[str], known: Collection[str]) -> Iterable[refusals.Refusal]:
    if len(set(chosen)) < len(chosen):
        yield refusals.TooManyTopics("Each topic is named once.", field="topics", current=len(chosen))
    if len(chosen) > TOPICS_PER_SPACE:
        yield refusals.TooManyTopics(field="topics", limit=TOPICS_PER_SPACE, current=len(chosen))
    for topic in chosen[:TOPICS_PER_SPACE]:
        if topic not in known:
            yield refusals.UnknownTopic(f"{topic[:32]!r} is not one of this server's topics.", field="topics")


def _broken_language(language: str | None) -> Iterable[refusals.Refusal]:
    if language is not None and not LANGUAGE_TAG.fullmatch(language):
        yield refusals.InvalidLanguage(field="language")


def _require_host(space: Space, actor: Person) -> None:
    if space.host.id != actor.id:
        raise refusals.NotPermitted("Only the host may do that.", field="spaceId")


def start(space: Space, actor: Person, now: datetime) -> list[SpaceEvent]:
    """The host goes live."""
    space.require_open()
    _require_host(space, actor)
    if space.state is SpaceState.LIVE:
        raise refusals.SpaceAlreadyStarted(field="spaceId")
    return [SpaceStarted(at=now)]


def end(space: Space, actor: Person, now: datetime) -> list[SpaceEvent]:
    """The host ends a live Space; leaving is not ending."""
    _require_host(space, actor)
    space.require_live()
    return [SpaceEnded(at=now, reason=EndReason.HOST)]


def rename(space: Space, actor: Person, title: str, now: datetime) -> list[SpaceEvent]:
    """The title is the one field that may still change while live."""
    space.require_open()
    _require_host(space, actor)
    for broken in _broken_title(title):
        raise broken
    return [] if title.strip() == space.title else [SpaceRenamed(at=now, title=title.strip())]


def set_speak_policy(space: Space, actor: Person, policy: SpeakPolicy, now: datetime) -> list[SpaceEvent]:
    """Tightening the policy expires the pending requests and leaves the seated alone."""
    space.require_open()
    _require_host(space, actor)
    if policy is space.speak_policy:
        return []
    expired = space.requests if policy.tightens(space.speak_policy) else ()
    return [
        SpeakPolicyChanged(at=now, policy=policy),
        *(SpeakRequestClosed(at=now, request_id=one.id, outcome=RequestOutcome.EXPIRED) for one in expired),
    ]


def set_clipping_allowed(space: Space, actor: Person, allowed: bool, now: datetime) -> list[SpaceEvent]:
    """From now on clips may, or may no longer, be made; those made before stay."""
    space.require_open()
    _require_host(space, actor)
    return [] if allowed is space.clipping_allowed else [ClippingAllowedChanged(at=now, allowed=allowed)]


def audience_due(space: Space, now: datetime) -> bool:
    """Whether the audience may be told again: a room of 10 000 costs no more events than one of 10."""
    return space.counted_at is None or now - space.counted_at >= AUDIENCE_INTERVAL


def count_audience(space: Space, listeners: int, anonymous: int, now: datetime) -> list[SpaceEvent]:
    """Tells the number of listeners where it changed and is due; an ended Space has none."""
    unchanged = (space.listeners, space.anonymous) == (listeners, anonymous)
    if unchanged or space.state is SpaceState.ENDED or not audience_due(space, now):
        return []
    return [AudienceChanged(at=now, listeners=listeners, anonymous=anonymous)]


def evolve(space: Space, events: Iterable[SpaceEvent]) -> tuple[Space, list[Numbered]]:
    """The state after `events`, in order, and each event with the version it led to."""
    numbered = []
    for event in events:
        space = apply(space, event)
        numbered.append(Numbered(space.version, event))
    return space, numbered


def apply(space: Space, event: SpaceEvent) -> Space:
    """The state after `event`, one version later: the only place where a Space changes. Never refuses."""
    return replace(_changed(space, event), version=space.version + 1)


def _changed(space: Space, event: SpaceEvent) -> Space:
    match event:
        case SpaceStarted():
            return replace(space, state=SpaceState.LIVE, started_at=event.at)
        case SpaceEnded():
            over = replace(space, state=SpaceState.ENDED, ended_at=event.at, end_reason=event.reason)
            return replace(over, stage=(), requests=(), invitations=(), listeners=0, anonymous=0)
        case SpaceRenamed():
            return replace(space, title=event.title)
        case SpeakPolicyChanged():
            return replace(space, speak_policy=event.policy)
        case ClippingAllowedChanged():
            return replace(space, clipping_allowed=event.allowed)
        case HostLeft():
            return replace(space, host_absent_since=event.at)
        case HostReturned():
            return replace(space, host_absent_since=None)
        case SeatGranted():
            return _seated(space, event)
        case SeatVacated():
            return replace(space, stage=tuple(one for one in space.stage if one.person.id != event.person_id))
        case MicrophoneOpened():
            return _muted(space, event.person_id, muted=False)
        case MicrophoneClosed():
            return _muted(space, event.person_id, muted=True)
        case SpeakRequested():
            return replace(space, requests=(*space.requests, event.request))
        case SpeakRequestClosed():
            return replace(space, requests=tuple(one for one in space.requests if one.id != event.request_id))
        case InvitationSent():
            return replace(space, invitations=(*space.invitations, event.invitation))
        case InvitationClosed():
            left = tuple(one for one in space.invitations if one.id != event.invitation_id)
            return replace(space, invitations=left)
        case AudienceChanged():
            return replace(space, listeners=event.listeners, anonymous=event.anonymous, counted_at=event.at)
        case _:
            assert_never(event)


def _seated(space: Space, event: SeatGranted) -> Space:
    if space.seat(event.person.id) is None:
        seat = Seat(event.person, event.role, muted=True, taken_at=event.at)
        return replace(space, stage=(*space.stage, seat))
    return _reseated(space, event.person.id, lambda seat: replace(seat, role=event.role))


def _muted(space: Space, person_id: str, *, muted: bool) -> Space:
    return _reseated(space, person_id, lambda seat: replace(seat, muted=muted))


def _reseated(space: Space, person_id: str, change: Callable[[Seat], Seat]) -> Space:
    return replace(space, stage=tuple(change(seat) if seat.person.id == person_id else seat for seat in space.stage))
