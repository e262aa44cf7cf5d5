"""A Space on air as its listeners ask for it: playlists and parts, held until they are there, read once for all."""

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Final, TypeVar

from media.formats import Format
from media.playlists import TARGET_SECONDS, Address, Report, live_playlist
from media.take_writer import ROLL_KEPT_SEGMENTS
from media.timeline import PartNumber, Timeline, part_number, sequence_of

HOLD_SECONDS: Final = 3.0 * TARGET_SECONDS
"""How long a request is held at most (RFC 8216bis, 6.2.5.2)."""
NUDGE_SECONDS: Final = 0.5
"""How exact that is."""
MAX_HELD: Final = 20_000
"""Requests held at a time by one process: some 200 MB."""
FURTHEST_SEGMENTS: Final = 2
FURTHEST_SECONDS: Final = 3.0
"""Who asks for what is further ahead than this is mistaken (6.2.5.2)."""
CACHED: Final = 64
"""Segments and parts kept in memory, a few KB each: everyone fetches the newest ones at the same time."""

T = TypeVar("T")


class TooFarAhead(ValueError):
    """A playlist was asked for that holds what will not be there soon."""


class HeldTooLong(Exception):
    """What was asked for did not come in time."""


class TooManyHeld(Exception):
    """As many requests are held as may be."""


@dataclass(frozen=True, slots=True)
class Body:
    """A playlist as it is sent, made once for all who get the same."""

    plain: bytes
    packed: bytes
    """The same in gzip."""
    tag: str
    """The same for the same playlist, and for no other."""

    @classmethod
    def of(cls, text: str) -> "Body":
        """This text, ready to be sent."""
        plain = text.encode()
        return cls(plain, gzip.compress(plain, mtime=0), hashlib.blake2b(plain, digest_size=12).hexdigest())


@dataclass(slots=True)
class Lobby:
    """Where requests are held: so many places, for all Spaces together."""

    places: int = MAX_HELD
    held: int = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for as long as the block takes. Raises `TooManyHeld`."""
        if self.held >= self.places:
            raise TooManyHeld
        self.held += 1
        try:
            yield
        finally:
            self.held -= 1


class Broadcast:
    """One rendition of a Space's live sound, in `folder`.

    `wake` is to be called when a part was written; whoever waits for it is answered then. All waiting is for one
    future, whoever asks, and each part is read from disk once. Cancelling a request harms no other.
    """

    def __init__(self, folder: Path, format: Format, lobby: Lobby) -> None:
        self.format = format
        self._lobby = lobby
        self._files = Timeline(folder, format=format, takes=())
        """Looked into by one thread at a time; `_timeline` is what it found last, for everyone to read."""
        self._timeline = self._files.snapshot()
        self._ended = False
        self._stale = True
        self._looking: asyncio.Task[None] | None = None
        self._news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._nudge: asyncio.TimerHandle | None = None
        self._playlists: dict[tuple[object, ...], Body | None] = {}
        self._bytes: OrderedDict[str, asyncio.Task[bytes | None]] = OrderedDict()

    @property
    def newest_part(self) -> PartNumber | None:
        """The newest part, as of the last look; None before the first."""
        return self._timeline.newest_part

    def wake(self) -> None:
        """There is a new part: whoever waits looks again."""
        self._stale = True
        self._tell()

    def end(self) -> None:
        """No sound follows any more."""
        self._ended = True
        self.wake()

    async def playlist(
        self,
        address: Address,
        *,
        key: str = "",
        after: tuple[int, int | None] | None = None,
        skip: bool = False,
        reports: Callable[[], tuple[Report, ...]] = tuple,
    ) -> Body | None:
        """The live playlist, held until it has a segment at all, and what `after` names: a segment, or a part of it.

        None where the sound ended before it had any. `key` tells playlists of different addresses apart. Raises
        `TooFarAhead`, `HeldTooLong`, `TooManyHeld`.
        """
        await self._look()
        if after is not None and not self._timeline.ended:
            self._require_near(*after)

        def made() -> Body | None:
            return self._made(address, key, skip, reports()) if after is None or self._has(*after) else None

        return await self._held(made)

    async def resource(self, name: str) -> bytes | None:
        """The bytes of a segment, part or initialization section; the next part is held until it is there.

        None for any other name, and for what has left the live window. Raises `HeldTooLong`, `TooManyHeld`.
        """
        await self._look()
        sequence = sequence_of(name)
        if sequence is not None and sequence < self._timeline.segments.stop - ROLL_KEPT_SEGMENTS:
            return None
        number = part_number(name)
        if number is not None and number == self._timeline.next_part and not self._timeline.ended:
            # A new take may begin instead: then that part never comes.
            await self._held(lambda: self._timeline.next_part != number or self._timeline.ended or None)
        return await self._read(name)

    async def _held(self, ready: Callable[[], T | None]) -> T | None:
        """What `ready` answers as soon as it is something, or the sound has ended."""
        found = ready()
        if found is not None or self._timeline.ended:
            return found
        loop = asyncio.get_running_loop()
        until = loop.time() + HOLD_SECONDS
        with self._lobby.place():
            while loop.time() < until:
                if not self._stale:
                    await self._hear()
                await self._look()
                found = ready()
                if found is not None or self._timeline.ended:
                    return found
        raise HeldTooLong

    async def _hear(self) -> None:
        """Waits for news; where there is none for a while, as long as that."""
        if self._nudge is None:
            # One timer for all who wait: thousands of their own would cost more than all else when they run out.
            self._nudge = asyncio.get_running_loop().call_later(NUDGE_SECONDS, self._tell)
        await asyncio.wait([self._news])

    def _tell(self) -> None:
        if self._nudge:
            self._nudge.cancel()
            self._nudge = None
        news, self._news = self._news, asyncio.get_running_loop().create_future()
        news.set_result(None)

    async def _look(self) -> None:
        """Brings what is known up to date. One look at a time, for all who need it."""
        while self._stale:
            if self._looking is None:
                self._looking = asyncio.create_task(self._look_once(), name="broadcast")
            await asyncio.shield(self._looking)

    async def _look_once(self) -> None:
        self._stale = False
        try:
            found = await asyncio.to_thread(self._look_into_files)
        except BaseException:
            self._stale = True
            raise
        finally:
            self._looking = None
        found.ended = self._ended
        self._timeline = found
        self._playlists.clear()

    def _look_into_files(self) -> Timeline:
        self._files.refresh()
        try:
            return self._files.snapshot()
        except FileNotFoundError:
            # Old sound of a Space that is not recorded was deleted since.
            self._files.refresh()
            return self._files.snapshot()

    def _require_near(self, segment: int, part: int | None) -> None:
        newest = self._timeline.newest_part or PartNumber(0, -1)
        ahead = (segment - newest.segment) * self.format.segment_parts + (part or 0) - newest.part
        too_far = part is not None and ahead > ceil(FURTHEST_SECONDS / self.format.part_seconds)
        if too_far or segment > self._timeline.segments.stop - 1 + FURTHEST_SEGMENTS:
            raise TooFarAhead

    def _has(self, segment: int, part: int | None) -> bool:
        """Whether a playlist made now holds it: also where a take ended with fewer parts, and the next has begun."""
        newest = self._timeline.newest_part
        if self._timeline.ended or newest is None:
            return self._timeline.ended
        return segment < self._timeline.segments.stop if part is None else newest >= (segment, part)

    def _made(self, address: Address, key: str, skip: bool, reports: tuple[Report, ...]) -> Body | None:
        asked = (key, skip, reports)
        if asked not in self._playlists:
            text = live_playlist(self._timeline, address=address, reports=reports, skip=skip)
            self._playlists[asked] = Body.of(text) if text else None
        return self._playlists[asked]

    async def _read(self, name: str) -> bytes | None:
        """All who ask for the same bytes wait for the one reading of them."""
        if name not in self._bytes:
            self._bytes[name] = asyncio.create_task(asyncio.to_thread(_find, self._timeline, name))
            if len(self._bytes) > CACHED:
                self._bytes.popitem(last=False)
        reading = self._bytes[name]
        data = None
        try:
            data = await asyncio.shield(reading)
        finally:
            if data is None and self._bytes.get(name) is reading:
                # It may be there, or be readable, later.
                del self._bytes[name]
        return data


def _find(timeline: Timeline, name: str) -> bytes | None:
    """The bytes behind a name."""
    try:
        found = timeline.segment(name)
        return found.read() if found else None
    except FileNotFoundError:
        return None
