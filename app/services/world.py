"""The world as one server process has it: what the use cases stand on, and what an operator decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from app.domain.roster import Limits
from app.services.media_engine import MediaEngine
from app.services.people import Attempts
from app.services.ports import Bells, Clock, ClosingFeed, Feeds, MoveFeed, NewId, Passwords, Tokens
from app.services.recording_files import RecordingFiles
from app.services.stores import Node, Stores
from app.services.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The world as one server process has it: stores, streams, sound, proof of identity, time and chance."""

    stores: Stores
    feeds: Feeds
    closings: ClosingFeed
    moves: MoveFeed
    bells: Bells
    media: MediaEngine
    workshop: Workshop
    recordings: RecordingFiles
    passwords: Passwords
    tokens: Tokens
    node: Node
    clock: Clock
    new_id: NewId


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an operator decides: what there is to choose from, and how much of it."""

    topics: Collection[str]
    reactions: Collection[str]
    time_zones: Collection[str] = ("UTC",)
    limits: Limits = field(default_factory=Limits)
    grace: timedelta = timedelta(seconds=60)
    empty_timeout: timedelta = timedelta(hours=1)
    schedule_grace: timedelta = timedelta(hours=2)
    heartbeat: timedelta = timedelta(seconds=10)
    attempts: Attempts = field(default_factory=Attempts)
    operators: Collection[str] = ()
    recordings_kept_for: timedelta | None = None
