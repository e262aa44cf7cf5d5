"""Ports: what the use cases ask of the world. Adapters implement them; main puts the two together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domain.events import Numbered
from app.domain.reactions import Reaction, ReactionTally
from app.domain.spaces import Space
from app.domain.transcripts import Phrase
from app.domain.voices import Voices

Clock = Callable[[], datetime]
"""Now, in UTC, in whole milliseconds: MongoDB keeps no finer times."""

NewId = Callable[[], str]
"""A new id that nobody can guess and that was never given before."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole state a stream starts from; the events after its version follow."""

    space: Space


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Nothing new: the Space has this version, and so has whoever read the stream so far."""

    version: int


FeedItem = Snapshot | Numbered | Heartbeat


class Feeds(Protocol):
    """Live streams of what happens in Spaces, over all server processes."""

    def follow(self, space_id: str, after: int | None) -> AbstractAsyncContextManager[AsyncIterator[FeedItem]]:
        """A stream of one Space: a snapshot, or what came after version `after` and then a heartbeat; then every event,
        in order, without gap or repeat; a heartbeat when it is quiet. Ends after
        `SpaceEnded`, `SpaceCanceled`, `SpaceExpired` or `SpaceDeleted`, or when there is no such Space. Left by leaving
        the context; cancel-safe.
        """

    def reactions(self, space_id: str) -> AbstractAsyncContextManager[AsyncIterator[tuple[ReactionTally, ...]]]:
        """Batches of reactions, at most 5 a second. A slow reader misses the oldest. Never ends by itself."""

    async def announce(self, space_id: str, events: Sequence[Numbered]) -> None:
        """Tells every process what was saved. Never raises: whoever misses it finds it in the ring."""

    def react(self, space_id: str, reaction: Reaction) -> None:
        """Puts a reaction into the next batch; counted and sent within 200 ms. Never blocks."""

    def voices(self, space_id: str) -> AbstractAsyncContextManager[AsyncIterator[Voices]]:
        """Who speaks: now, and then as it changes, at most 5 times a second. A slow reader misses what is over by then.
        Ends with the Space.
        """

    def speak(self, space_id: str, voices: Voices) -> None:
        """Tells every process who speaks in a Space that is on air here. Never blocks; the newest counts."""

    def speaking(self, space_id: str) -> Voices:
        """Who speaks in a Space that is on air or followed here; of any other nothing is known."""

    def captions(self, space_id: str) -> AbstractAsyncContextManager[AsyncIterator[Phrase]]:
        """Phrases as they are understood. A slow reader misses the oldest. Never ends by itself."""

    def caption(self, phrase: Phrase) -> None:
        """Tells every process a phrase. Never blocks; whoever misses it has missed it."""

    def known(self, space_id: str) -> Space | None:
        """A Space that is kept up with in this process, as far as it is known here; None: ask the store.

        With all that was announced here before, at once; with what another process announced as soon as its word is
        here, and at the next heartbeat at the latest.
        """

    def keep(self, space: Space) -> None:
        """Keeps up with a Space that was read and may be asked for again. Never blocks; a hint, no promise."""


@dataclass(frozen=True, slots=True)
class Evicted:
    """A person may be in a Space no longer, because its host blocks them."""

    space_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A person was removed from a Space by its moderators."""

    space_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """A person's token is good no longer."""

    token_id: str


Closing = Evicted | Removed | LoggedOut


class ClosingFeed(Protocol):
    """Word to all server processes that something open must close."""

    async def announce(self, closing: Closing) -> None:
        """Never raises: whoever may have missed it is told so."""

    def heard(self) -> AbstractAsyncContextManager[AsyncIterator[Closing | None]]:
        """All closings from now on, those of this process included; None where some may have been missed."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What may change space bars: people who came, went or changed seats, viewers who see others differently now, and
    Spaces that are over.
    """

    people: tuple[str, ...] = ()
    viewers: tuple[str, ...] = ()
    over: tuple[str, ...] = ()


class MoveFeed(Protocol):
    """Word to all server processes of people on the move."""

    async def announce(self, moves: Moves) -> None:
        """Never raises: whoever may have missed it is told so."""

    def heard(self) -> AbstractAsyncContextManager[AsyncIterator[Moves | None]]:
        """All moves from now on, those of this process included; None where some may have been missed."""


class Bells(Protocol):
    """Word to all server processes that people have something new in their inboxes."""

    async def ring(self, person_ids: Sequence[str]) -> None:
        """Never raises: whoever may have missed it is told so."""

    def heard(self) -> AbstractAsyncContextManager[AsyncIterator[Sequence[str] | None]]:
        """Whose bells ring from now on, those rung in this process included; None where some may have been missed."""


class Passwords(Protocol):
    """argon2id, in a bounded pool: hashing takes about 150 ms of a core."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """False, after as long a time, also where there is no hash."""


class MediaUse(StrEnum):
    """What an address of the sound is good for."""

    LISTEN = "listen"
    SPEAK = "speak"
    CLIP = "clip"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class MediaGrant:
    """What a media token says: who (None: anonymous) may use which sound how. It is checked again at every use."""

    use: MediaUse
    subject: str
    person_id: str | None
    login: str | None = None
    """The token (its id) with which the person came: what is open by this grant ends with it."""


class Unauthenticated(Exception):
    """A token was given and is not good; the text says why, for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a good token names: an account here, or someone whom an outside provider knows as `subject`.

    `token_id` is the same for a token however it is written down, and for no other token.
    """

    expires_at: datetime
    token_id: str
    person_id: str | None = None
    subject: str | None = None
    handle: str = ""
    display_name: str = ""


class Tokens(Protocol):
    """Bearer tokens of people, and short-lived ones for addresses of sound."""

    def for_person(self, person_id: str) -> tuple[str, datetime]:
        """A token, and when it ends."""

    async def identify(self, token: str) -> Identity:
        """Whom a person's token names. Raises `Unauthenticated`."""

    def for_media(self, grant: MediaGrant) -> tuple[str, datetime]:
        """A token for an address, and when it ends (in minutes)."""

    def media_grant(self, token: str) -> MediaGrant | None:
        """What a media token grants; None where it is forged, of another kind or over."""

    def seal(self, *words: str) -> str:
        """What proves that an address made of these words is one of ours: the same for the same words, on every node.

        Nobody can make it for other words.
        """
