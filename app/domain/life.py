"""The life of a Space: starting, changing and ending it. Only decisions: `spaces.apply` carries out.

Every decision takes the acting person and the time, and returns what happened (nothing, where it is so already) or
raises a `Refusal`.
"""

from __future__ import annotations

from datetime import datetime

from app.domain import refusals
from app.domain.drafts import broken_title
from app.domain.events import (
    ClippingAllowedChanged,
    EndReason,
    SpaceEnded,
    SpaceEvent,
    SpaceRenamed,
    SpaceStarted,
    SpeakPolicyChanged,
    SpeakRequestClosed,
)
from app.domain.roster import Person, RequestOutcome, SpeakPolicy
from app.domain.spaces import Space, SpaceState


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
    for broken in broken_title(title):
        raise broken
    return [] if title.strip() == space.title else [SpaceRenamed(at=now, title=title.strip())]


def set_speak_policy(space: Space, actor: Person, policy: SpeakPolicy, now: datetime) -> list[SpaceEvent]:
    """Tightening the policy expires the pending requests and leaves the seated alone."""
    space.require_open()
    _require_host(space, actor)
    if policy is space.speak_policy:
        return []
    expired = space.requests if policy is SpeakPolicy.INVITED_ONLY else ()
    return [
        SpeakPolicyChanged(at=now, policy=policy),
        *(SpeakRequestClosed(at=now, request_id=one.id, outcome=RequestOutcome.EXPIRED) for one in expired),
    ]


def set_clipping_allowed(space: Space, actor: Person, allowed: bool, now: datetime) -> list[SpaceEvent]:
    """From now on clips may, or may no longer, be made; those made before stay."""
    space.require_open()
    _require_host(space, actor)
    return [] if allowed is space.clipping_allowed else [ClippingAllowedChanged(at=now, allowed=allowed)]
