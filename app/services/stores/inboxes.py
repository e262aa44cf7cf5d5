"""Inboxes: what single people were told, as the database keeps it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from app.domain.personal import Delivery, Received


class InboxStore(Protocol):
    """One inbox for each person, with the ring of its last 128 events, numbered from 1."""

    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Adds each to its person's inbox, in order, unless one of the same key is among the last there."""

    async def received_after(self, person_id: str, version: int) -> list[Received] | None:
        """All events after a version, in order; None where the ring does not reach back that far (or it is yet to
        come). A person who was told nothing yet is at version 0.
        """

    async def versions(self, person_ids: Collection[str]) -> Mapping[str, int]:
        """The current version of each of the inboxes that there are, by one query."""
