"""A Space on air: its pipeline, and the sessions of those who speak and hear in it, however they are connected."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from media.pipeline import Pipeline, Source
from media.returns import Ear


class Client(Protocol):
    """The other end of a session, however it is connected."""

    async def live(self, on_connected: Callable[[], None]) -> None:
        """Until the session has ended; `on_connected` is called when it is connected."""

    def hang_up(self) -> None:
        """Ends the session, from this call on without a sound; safe to call twice."""


class Mouth(Client, Source, Protocol):
    """One who sends a microphone."""

    ignored: int
    """Packets that were none of a microphone's."""


class Hearer(Client, Ear, Protocol):
    """One who hears."""


P = TypeVar("P", bound=Client)


@dataclass
class Session(Generic[P]):
    """A session, whose it is, and the task that lives as long as it."""

    id: str
    person_id: str
    peer: P
    life: asyncio.Task[None] | None = None


@dataclass
class OnAir:
    """A Space on air: its pipeline, the task it runs in, and at most one session of each kind of each person."""

    pipeline: Pipeline
    run: asyncio.Task[None]
    speakers: dict[str, Session[Mouth]] = field(default_factory=dict)
    """By person."""
    listeners: dict[str, Session[Hearer]] = field(default_factory=dict)
    """By session: those without an account are one person."""

    @property
    def sessions(self) -> list[Session[Mouth] | Session[Hearer]]:
        """All of them."""
        return [*self.speakers.values(), *self.listeners.values()]

    def heard_by(self, person_id: str) -> list[Session[Hearer]]:
        """Where a person hears already; of those without an account nobody knows."""
        return [one for one in self.listeners.values() if person_id and one.person_id == person_id]
