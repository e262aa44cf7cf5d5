"""Spaces: what the use cases ask of the database about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.events import Numbered, SpaceEvent
from app.domain.handovers import HandedOver
from app.domain.listings import Listing
from app.domain.moderation import LogEntry
from app.domain.personal import Delivery
from app.domain.space_bar import Sighting
from app.domain.spaces import Space
from app.domain.warnings import NewlySeated
from app.services.pages import Moment, Place, Window

Letter = Delivery | LogEntry | NewlySeated | HandedOver
"""What has to follow from a change of a Space."""


class VersionConflict(Exception):
    """The Space has another version than the one decided on: load and decide again."""


class SlotsTaken(Exception):
    """The host has as many scheduled Spaces as one may have."""


class IdTaken(Exception):
    """There is a Space of this id already."""


class SpaceStore(Protocol):
    """Spaces, each with the ring of its last 128 events. Every write is acknowledged by a majority, with journal."""

    async def add(self, space: Space, letters: Sequence[Letter] = ()) -> None:
        """Keeps a new Space, without events, with these letters in its outbox.

        Raises `IdTaken`, with nothing written.
        """

    async def add_scheduled(self, space: Space, letters: Sequence[Letter] = (), *, slots: int) -> None:
        """Keeps a new SCHEDULED Space in one of the host's slots; it is free again when the Space is not SCHEDULED.

        Raises `SlotsTaken`, whatever other processes do meanwhile, or `IdTaken`.
        """

    async def get(self, space_id: str) -> Space | None: ...

    async def get_many(self, space_ids: Collection[str]) -> list[Space]:
        """Those of the Spaces that there are, in no particular order."""

    async def save(
        self, before: Space, events: Sequence[SpaceEvent], letters: Sequence[Letter] = ()
    ) -> tuple[Space, list[Numbered]]:
        """Applies the events and keeps state and events in one atomic write, with letters put into its outbox.

        Raises `VersionConflict`, with nothing written, where the stored version is not `before.version`.
        """

    async def undispatched(self, limit: int) -> list[tuple[str, list[Letter]]]:
        """Spaces with letters in their outboxes, and those letters in order."""

    async def dispatched(self, space_id: str, letters: Sequence[Letter]) -> None:
        """Takes letters out of a Space's outbox."""

    async def unpurged(self) -> list[str]:
        """The ids of Spaces that were deleted, or their recordings, and of which something may be left of that.

        The rings of deleted Spaces hold the deletion alone.
        """

    async def purged(self, space: Space) -> None:
        """Nothing is left of what was deleted of the Space as it is given; what was deleted of it since may be."""

    async def unmeasured(self, limit: int) -> list[Space]:
        """Spaces that have ended and keep a recording of which is not known what it measures, since its last trim."""

    async def measured(self, space: Space) -> None:
        """What the recording measures is known of the Space as it is given."""

    async def expired(self, ended_before: datetime, limit: int) -> list[str]:
        """The ids of Spaces that ended before and keep a recording."""

    async def events_after(self, space_id: str, version: int) -> list[Numbered] | None:
        """All events after a version, in order; None where the ring does not reach back that far, or has no Space."""

    async def versions(self, space_ids: Collection[str]) -> Mapping[str, int]:
        """The current version of each of the Spaces that there are, by one query."""

    async def listed(self, listing: Listing, window: Window[Place]) -> list[Space]:
        """The Spaces that match, in the listing's order of `listings.place`."""

    async def sightings(self, person_ids: Collection[str]) -> list[Sighting]:
        """The live Spaces in which any of these people has a seat, each with all who have one, in no order."""

    async def live_ids(self) -> list[str]:
        """The ids of all live Spaces."""

    async def live_with_anonymous(self) -> list[str]:
        """The ids of the live Spaces that tell of anonymous listeners."""

    async def open_of(self, host_id: str) -> list[Space]:
        """The host's Spaces that are SCHEDULED, PREPARING or LIVE."""

    async def scheduled_of(self, host_ids: Collection[str]) -> list[Space]:
        """The SCHEDULED Spaces of these hosts, in no particular order."""

    async def planned_of(self, host_id: str, since: datetime, *, limit: int) -> list[Space]:
        """The host's Spaces in any state that were scheduled to start after a moment, the latest first."""

    async def recorded(self, host_id: str, window: Window[Moment]) -> list[Space]:
        """The host's Spaces that have ended and keep a recording, in order of (ended_at, id), the newest end first."""

    async def showing(self, post_id: str) -> list[str]:
        """The ids of the Spaces that are live and show this Post."""

    async def inviting(self, person_id: str) -> list[Space]:
        """The Spaces that hold a pending invitation for a person, the newest Space first."""
