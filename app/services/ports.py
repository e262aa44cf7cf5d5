"""Ports: what the use cases ask of the world. Adapters implement them; main puts the two together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domain.attendance import Attendance
from app.domain.clips import Clip
from app.domain.events import Numbered, SpaceEvent
from app.domain.moderation import LogEntry
from app.domain.people import Account
from app.domain.reactions import Reaction, ReactionTally
from app.domain.roster import Person
from app.domain.spaces import Space

Clock = Callable[[], datetime]
"""Now, in UTC, in whole milliseconds: MongoDB keeps no finer times."""

NewId = Callable[[], str]
"""A new id that nobody can guess and that was never given before."""


class VersionConflict(Exception):
    """The Space has another version than the one decided on: load and decide again."""


class SpaceStore(Protocol):
    """Spaces, each with the ring of its last 128 events. Every write is acknowledged by a majority, with journal."""

    async def add(self, space: Space) -> None:
        """Keeps a new Space, without events."""

    async def get(self, space_id: str) -> Space | None: ...

    async def get_many(self, space_ids: Collection[str]) -> list[Space]:
        """Those of the Spaces that there are, in no particular order."""

    async def save(self, before: Space, events: Sequence[SpaceEvent]) -> tuple[Space, list[Numbered]]:
        """Applies the events and keeps state and events in one atomic write.

        Raises `VersionConflict`, with nothing written, where the stored version is not `before.version`.
        """

    async def unpurged(self) -> list[str]:
        """The ids of deleted Spaces of which something may be left. Their rings hold the deletion alone."""

    async def purged(self, space_id: str) -> None:
        """Nothing is left of a deleted Space but its tombstone."""

    async def events_after(self, space_id: str, version: int) -> list[Numbered] | None:
        """All events after a version, in order; None where the ring does not reach back that far, or has no Space."""

    async def versions(self, space_ids: Collection[str]) -> Mapping[str, int]:
        """The current version of each of the Spaces that there are, by one query."""

    async def live(self, *, limit: int, after: str | None = None) -> list[Space]:
        """Live Spaces, the newest start first; `after` is the id of the last one of the page before."""

    def all_live(self) -> AsyncIterator[Space]:
        """Every live Space, for a server that starts."""

    async def open_of(self, host_id: str) -> list[Space]:
        """The host's Spaces that are PREPARING or LIVE."""

    async def inviting(self, person_id: str) -> list[Space]:
        """The Spaces that hold a pending invitation for a person, the newest Space first."""


class HandleExists(Exception):
    """Another account has this handle (compared without case) or outside subject."""


class PersonStore(Protocol):
    """Accounts; handles are unique without regard to case."""

    async def add(self, account: Account) -> None:
        """Raises `HandleExists`, with nothing written."""

    async def get(self, person_id: str) -> Account | None: ...

    async def get_many(self, person_ids: Collection[str]) -> list[Account]: ...

    async def update(self, person_id: str, *, display_name: str | None, bio: str | None) -> Account | None:
        """The account with its new profile, None of it as it was; None where there is no such account."""

    async def search(self, prefix: str, *, limit: int, after: str | None = None) -> list[Account]:
        """Those whose handle begins so, in its order, and then those whose display name does, in the name's order.

        Compared as `folded`; `after` is the id of the last one of the page before.
        """

    async def by_handle(self, handle: str) -> Account | None: ...

    async def by_subject(self, subject: str) -> Account | None: ...


Pair = tuple[str, str]
"""The id of who follows, blocks or mutes, and that of whom."""


class PairStore(Protocol):
    """One kind of thing between two people, in one direction: a pair is there once or not at all."""

    async def add(self, by: str, of: str, now: datetime) -> bool:
        """Whether it was not there before."""

    async def remove(self, by: str, of: str) -> bool:
        """Whether it was there."""

    async def among(self, pairs: Collection[Pair]) -> frozenset[Pair]:
        """Those of the pairs that there are, by one query."""


class FollowStore(PairStore, Protocol):
    """Who follows whom. With each follow the counts of both accounts change, in the same atomic step."""


class BlockStore(PairStore, Protocol):
    """Who blocks whom."""

    async def page(
        self, by: str, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[tuple[datetime, str]]:
        """Whom a person blocks and since when, in order of (time, id), newest first, from after that key on."""


class AttendanceStore(Protocol):
    """Who is in which Space; one record for each person and Space, gone when they leave."""

    async def join(self, space_id: str, person: Person, *, now: datetime, until: datetime) -> Attendance:
        """Coming in; where the person is in already, only the lease is renewed and `joined_at` stays."""

    async def leave(self, space_id: str, person_id: str) -> bool:
        """Whether the person was in."""

    async def get(self, space_id: str, person_id: str) -> Attendance | None: ...

    async def renew(self, attendances: Iterable[tuple[str, str]], *, until: datetime) -> None:
        """Renews the leases of (space id, person id) pairs, those that exist, by one write."""

    async def lapsed(self, now: datetime, *, limit: int) -> list[Attendance]:
        """Those whose lease is over, the longest first."""

    async def leave_lapsed(self, space_id: str, person_id: str, now: datetime) -> bool:
        """Leaves only if the lease is (still) over: a person who came back in between stays."""

    async def count(self, space_id: str, *, without: Collection[str]) -> int:
        """How many are in the Space, those named (the stage) not counted."""

    async def page(
        self, space_id: str, *, without: Collection[str], limit: int, after: tuple[datetime, str] | None = None
    ) -> list[Attendance]:
        """Those in the Space but not named, in order of (joined_at, person id), from after that key on."""

    async def close(self, space_id: str) -> None:
        """Everyone leaves: the Space has ended."""

    async def set_anonymous(self, space_id: str, node_id: str, count: int, *, until: datetime) -> None:
        """How many listen without an account through one server process; a lease, as that process may die."""

    async def anonymous(self, space_id: str, now: datetime) -> int:
        """How many listen without an account, over all server processes whose leases hold."""


class ClipStore(Protocol):
    """Clips; their sound is the media engine's."""

    async def add(self, clip: Clip) -> None: ...

    async def delete(self, clip_id: str) -> None:
        """One that is gone already is no error."""

    async def get(self, clip_id: str) -> Clip | None: ...

    async def get_many(self, clip_ids: Collection[str]) -> list[Clip]: ...

    async def of_space(self, space_id: str, *, limit: int, after: tuple[datetime, str] | None = None) -> list[Clip]:
        """The Space's clips in order of (created_at, id), newest first, from after that key on."""


class ModerationStore(Protocol):
    """The logs of what moderators did; nothing is ever changed in one."""

    async def append(self, entries: Sequence[LogEntry]) -> None:
        """Keeps the entries, by one write."""

    async def of_space(self, space_id: str, *, limit: int, before: int | None = None) -> list[LogEntry]:
        """A Space's log, newest first; `before` is the version of the last entry had."""


class ReactionStore(Protocol):
    """How often each emoji was sent in a Space."""

    async def add(self, space_id: str, counts: Mapping[str, int]) -> None:
        """Adds to the counts, by one write."""

    async def counts(self, space_id: str) -> Mapping[str, int]: ...

    async def forget(self, space_id: str) -> None:
        """The Space is deleted."""


@dataclass(frozen=True, slots=True)
class Node:
    """One server process, and the public address under which its sound is reached."""

    id: str
    url: str


class AiringStore(Protocol):
    """Which server process mixes which live Space: a lease, so that another takes over where that process died."""

    async def claim(self, space_id: str, node: Node, *, now: datetime, until: datetime) -> Node:
        """Takes or renews the lease if it is free, over, or the node's own; answers who holds it after that."""

    async def holder(self, space_id: str, now: datetime) -> Node | None: ...

    async def release(self, space_id: str, node_id: str) -> None:
        """Gives the lease up, if it is this node's."""


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
        in order, without gap or repeat; a heartbeat when it is quiet. Ends after `SpaceEnded` or
        `SpaceDeleted`, or when there is no such Space. Left by leaving the context; cancel-safe.
        """

    def reactions(self, space_id: str) -> AbstractAsyncContextManager[AsyncIterator[tuple[ReactionTally, ...]]]:
        """Batches of reactions, at most 5 a second. A slow reader misses the oldest. Never ends by itself."""

    async def announce(self, space_id: str, events: Sequence[Numbered]) -> None:
        """Tells every process what was saved. Never raises: whoever misses it finds it in the ring."""

    def react(self, space_id: str, reaction: Reaction) -> None:
        """Puts a reaction into the next batch; counted and sent within 200 ms. Never blocks."""


@dataclass(frozen=True, slots=True)
class Evicted:
    """A person may be in a Space no longer."""

    space_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """A person's token is good no longer."""

    token_id: str


Closing = Evicted | LoggedOut


class ClosingFeed(Protocol):
    """Word to all server processes that something open must close."""

    async def announce(self, closing: Closing) -> None:
        """Never raises: whoever may have missed it is told so."""

    def heard(self) -> AbstractAsyncContextManager[AsyncIterator[Closing | None]]:
        """All closings from now on, those of this process included; None where some may have been missed."""


class Passwords(Protocol):
    """argon2id, in a bounded pool: hashing takes about 150 ms of a core."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """False, after as long a time, also where there is no hash."""


class RevocationStore(Protocol):
    """Tokens that were logged out before their end; each is forgotten once it would be over anyway."""

    async def revoke(self, token_id: str, until: datetime) -> None: ...

    async def revoked(self, token_ids: Collection[str]) -> frozenset[str]:
        """Those of the tokens that were logged out, by one query."""


class MediaUse(StrEnum):
    """What an address of the sound is good for."""

    LISTEN = "listen"
    SPEAK = "speak"
    CLIP = "clip"


@dataclass(frozen=True, slots=True)
class MediaGrant:
    """What a media token says: who (None: anonymous) may use which sound how. It is checked again at every use."""

    use: MediaUse
    subject: str
    person_id: str | None


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
        """A token for an address, and when it ends (10 minutes)."""

    def media_grant(self, token: str) -> MediaGrant | None:
        """What a media token grants; None where it is forged, of another kind or over."""
