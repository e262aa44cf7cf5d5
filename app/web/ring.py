"""Ring: the payloads that a group was told last, for those who have not read them yet."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Final, NamedTuple

KEPT: Final = 256
"""Payloads at most."""
KEPT_BYTES: Final = 1024 * 1024
"""And bytes; the newest payload stays whatever it has."""


class Entry(NamedTuple):
    """One payload with the ending of its message; of a Space's event its version, and whether it tells no more."""

    payload: bytes
    version: int = 0
    is_beat: bool = False


class Ring:
    """Entries are numbered from 0. `start` is the first that is kept, `end` the next to come."""

    def __init__(self) -> None:
        self.end = 0
        self.version = -1
        self._before = -1
        self._entries: deque[Entry] = deque()
        self._bytes = 0

    @property
    def start(self) -> int:
        """The number of the oldest entry that is kept."""
        return self.end - len(self._entries)

    def begin(self, version: int) -> None:
        """Whoever has this version has missed nothing so far."""
        self.version = self._before = version

    def append(self, entry: Entry) -> None:
        """The oldest give way."""
        self._entries.append(entry)
        self._bytes += len(entry.payload)
        self.end += 1
        self.version = max(self.version, entry.version)
        while len(self._entries) > KEPT or (self._bytes > KEPT_BYTES and len(self._entries) > 1):
            gone = self._entries.popleft()
            self._bytes -= len(gone.payload)
            self._before = max(self._before, gone.version)

    def some(self, number: int, limit: int) -> list[Entry]:
        """From this number on, which is kept: as many as there are in `limit` bytes, one at least if there is one."""
        found: list[Entry] = []
        for entry in islice(self._entries, number - self.start, None):
            limit -= len(entry.payload)
            if found and limit < 0:
                break
            found.append(entry)
        return found

    def after(self, version: int) -> int | None:
        """The number of the first entry that is news to whoever has this version; None: some are kept no longer."""
        if version < self._before:
            return None
        number = self.end
        for entry in reversed(self._entries):
            if entry.version <= version:
                break
            number -= 1
        return number
