"""The port of finished recordings: what the use cases ask of the files that the sound of Spaces was written to."""

from __future__ import annotations

from typing import Protocol

from app.domain.recorded import Measures, Trim


class SoundFile(Protocol):
    """An m4a file, of which any bytes can be read."""

    @property
    def size(self) -> int:
        """Its length in bytes."""

    @property
    def tag(self) -> str:
        """The same for the same bytes, and for no others."""

    async def read(self, start: int, end: int) -> bytes:
        """Those bytes. Raises `MediaUnavailable` where they are gone, or cannot be read."""


class RecordingFiles(Protocol):
    """Recordings of Spaces that have ended, as far as their files are here. A trim leaves the files as they are.

    What cannot be read is refused with `MediaUnavailable`.
    """

    async def playlist(self, space_id: str, trim: Trim) -> str | None:
        """What is heard as an HLS playlist; None where there is no sound here.

        It begins and ends less than 22 ms after and before the trim, with whole packets.
        """

    async def resource(self, space_id: str, name: str, trim: Trim) -> bytes | None:
        """What playlists call so, if it is within the trim; it never changes, whatever the trim. None for any other."""

    async def file(self, space_id: str, trim: Trim) -> SoundFile | None:
        """What is heard as one file, exact to the sample; None where there is no sound here."""

    async def waveform(self, space_id: str, trim: Trim, points: int) -> tuple[float, ...]:
        """How loud what is heard is over time, 0 to 1 each, in at most so many even steps; empty where none is."""

    async def measure(self, space_id: str, trim: Trim) -> Measures | None:
        """What the recording measures, after mending what a crash left of it; None where it is not here.

        To be asked only while nobody writes to it.
        """
