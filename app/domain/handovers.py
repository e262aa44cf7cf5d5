"""Handovers: a Space has another host, and whom they block is put out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.events import HostTransferred, Numbered


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A Space got another host, who may have blocked people in it before."""

    space_id: str
    version: int
    host_id: str


def handed_over(space_id: str, events: Iterable[Numbered]) -> list[HandedOver]:
    """To whom the Space was handed over by these events."""
    return [
        HandedOver(space_id, one.version, one.event.host.id) for one in events if isinstance(one.event, HostTransferred)
    ]
