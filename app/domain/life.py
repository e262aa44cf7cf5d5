"""The life of a Space: starting, changing, handing over and ending it. Only decisions: `evolution` carries out.

Every decision takes the acting person and the time, and returns what happened (nothing, where it is so already) or
raises a `Refusal`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain import refusals
from app.domain.actions import Action
from app.domain.drafts import Draft, Edit, broken_rules
from app.domain.events import (
    ClippingAllowedChanged,
    EndReason,
    HostTransferred,
    SeatVacated,
    SettingsChanged,
    SpaceDeleted,
    SpaceEnded,
    SpaceEvent,
    SpacePrepared,
    SpaceRenamed,
    SpaceStarted,
    SpeakPolicyChanged,
    SpeakRequestClosed,
)
from app.domain.permissions import require
from app.domain.roster import Person, RequestOutcome, Role, SeatEnd, SpeakPolicy
from app.domain.spaces import Space, SpaceState

_LOCKED_AFTER_LIVE: dict[str, type[refusals.Refusal]] = {
    "topics": refusals.FieldLockedAfterLive,
    "language": refusals.FieldLockedAfterLive,
    "recording_enabled": refusals.RecordingLocked,
    "clipping_allowed": refusals.FieldLockedAfterLive,
    "speak_policy": refusals.FieldLockedAfterLive,
}


def start(space: Space, actor: Person, now: datetime) -> list[SpaceEvent]:
    """The host goes live; a scheduled Space passes through its preparation in the same step."""
    space.require_open()
    require(actor, Action.START, space)
    if space.state is SpaceState.LIVE:
        raise refusals.SpaceAlreadyStarted(field="spaceId")
    prepared = [SpacePrepared(at=now)] if space.state is SpaceState.SCHEDULED else []
    return [*prepared, SpaceStarted(at=now)]


def end(space: Space, actor: Person, now: datetime) -> list[SpaceEvent]:
    """The host ends a live Space; leaving is not ending."""
    require(actor, Action.END, space)
    space.require_live()
    return [SpaceEnded(at=now, reason=EndReason.HOST)]


def end_by_operator(space: Space, now: datetime) -> list[SpaceEvent]:
    """An operator ends anybody's live Space."""
    space.require_live()
    return [SpaceEnded(at=now, reason=EndReason.OPERATOR)]


def delete(space: Space, actor: Person, now: datetime, *, confirmed: bool) -> list[SpaceEvent]:
    """The host deletes a Space that is not live, for good."""
    require(actor, Action.DELETE, space)
    if space.state is SpaceState.LIVE:
        raise refusals.SpaceIsLive(field="spaceId")
    if not confirmed:
        raise refusals.ConfirmationRequired(field="confirm")
    return [SpaceDeleted(at=now)]


def is_abandoned(space: Space, timeout: timedelta, now: datetime) -> bool:
    """Whether nobody at all has been in the live Space for the time-out."""
    return space.empty_since is not None and now - space.empty_since >= timeout


def end_abandoned(space: Space, timeout: timedelta, now: datetime) -> list[SpaceEvent]:
    """The server ends what nobody is in any more."""
    return [SpaceEnded(at=now, reason=EndReason.EMPTY)] if is_abandoned(space, timeout, now) else []


def transfer_host(space: Space, actor: Person, target_id: str, now: datetime) -> list[SpaceEvent]:
    """The host hands the Space over to a co-host and takes that seat; who does so from outside the Space takes none."""
    space.require_open()
    require(actor, Action.TRANSFER_HOST, space)
    seat = space.seat(target_id)
    if seat is None or seat.role is not Role.COHOST:
        raise refusals.NotACohost(field="userId")
    events: list[SpaceEvent] = [HostTransferred(at=now, host=seat.person, former_host_id=actor.id)]
    if space.host_absent_since is not None:
        events.append(SeatVacated(at=now, person_id=actor.id, end=SeatEnd.LEFT))
    return events


def update(space: Space, actor: Person, edit: Edit, *, topics: Collection[str], now: datetime) -> list[SpaceEvent]:
    """The host changes any setting before the start, and the title alone while live; `topics`: the server's.

    Raises every refusal at once, one for each field; then nothing changes.
    """
    space.require_open()
    require(actor, Action.RENAME, space)
    named = edit.named()
    locked = [name for name in _LOCKED_AFTER_LIVE if name in named] if space.state is SpaceState.LIVE else []
    wanted = replace(_settings(space), **named)
    broken = [_LOCKED_AFTER_LIVE[name](field=_input_field(name)) for name in locked]
    broken += [one for one in broken_rules(wanted, topics) if one.field in named.keys() - set(locked)]
    if broken:
        raise ExceptionGroup("updateSpace", broken)
    return _changes(space, wanted, now)


def _settings(space: Space) -> Draft:
    return Draft(
        title=space.title,
        topics=space.topics,
        language=space.language,
        recording_enabled=space.recording_enabled,
        clipping_allowed=space.clipping_allowed,
        speak_policy=space.speak_policy,
    )


def _input_field(setting: str) -> str:
    first, *others = setting.split("_")
    return first + "".join(other.title() for other in others)


def _changes(space: Space, wanted: Draft, now: datetime) -> list[SpaceEvent]:
    events: list[SpaceEvent] = []
    if wanted.title.strip() != space.title:
        events.append(SpaceRenamed(at=now, title=wanted.title.strip()))
    changed = SettingsChanged(
        at=now, topics=wanted.topics, language=wanted.language, recording_enabled=wanted.recording_enabled
    )
    if (space.topics, space.language, space.recording_enabled) != (
        changed.topics,
        changed.language,
        changed.recording_enabled,
    ):
        events.append(changed)
    if wanted.clipping_allowed is not space.clipping_allowed:
        events.append(ClippingAllowedChanged(at=now, allowed=wanted.clipping_allowed))
    if wanted.speak_policy is not space.speak_policy:
        events.append(SpeakPolicyChanged(at=now, policy=wanted.speak_policy))
    return events


def set_speak_policy(space: Space, actor: Person, policy: SpeakPolicy, now: datetime) -> list[SpaceEvent]:
    """Tightening the policy expires the pending requests and leaves the seated alone."""
    space.require_open()
    require(actor, Action.SET_SPEAK_POLICY, space)
    if policy is space.speak_policy:
        return []
    expired = space.requests if policy.tightens(space.speak_policy) else ()
    return [
        SpeakPolicyChanged(at=now, policy=policy),
        *(SpeakRequestClosed(at=now, request_id=one.id, outcome=RequestOutcome.EXPIRED) for one in expired),
    ]


def set_clipping_allowed(space: Space, actor: Person, allowed: bool, now: datetime) -> list[SpaceEvent]:
    """From now on clips may, or may no longer, be made; those made before stay. Off at the start is off for good."""
    space.require_open()
    require(actor, Action.SET_CLIPPING_ALLOWED, space)
    if allowed and space.never_clipped:
        raise refusals.ClippingLocked(field="clippingAllowed")
    return [] if allowed is space.clipping_allowed else [ClippingAllowedChanged(at=now, allowed=allowed)]
