"""Finished recordings in memory: as long as the sound in memory says, and of no sound."""

from app.domain.recorded import Measures, Trim
from app.services.media_engine import MediaUnavailable
from tests.fakes.media import MemoryMedia

BYTES_PER_MS = 8


class MemorySoundFile:
    """A `SoundFile` of bytes that say where they are."""

    def __init__(self, heard: range) -> None:
        self._data = b"".join(b"%08d" % ms for ms in heard)
        self.size, self.tag = len(self._data), f"{heard.start}-{heard.stop}"

    async def read(self, start: int, end: int) -> bytes:
        return self._data[start:end]


class MemoryRecordingFiles:
    """`RecordingFiles` of what `media.recorded` says; a segment is a second. It obeys `media.down`, too."""

    def __init__(self, media: MemoryMedia) -> None:
        self._media = media

    async def playlist(self, space_id: str, trim: Trim) -> str | None:
        heard = self._heard(space_id, trim)
        if not heard:
            return None
        names = [f"segment-{second}.m4s" for second in range(heard.start // 1000, -(-heard.stop // 1000))]
        return "\n".join(["#EXTM3U replay", *names])

    async def resource(self, space_id: str, name: str, trim: Trim) -> bytes | None:
        playlist = await self.playlist(space_id, trim)
        return name.encode() if playlist and name in playlist.split("\n")[1:] else None

    async def file(self, space_id: str, trim: Trim) -> MemorySoundFile | None:
        heard = self._heard(space_id, trim)
        return MemorySoundFile(heard) if heard else None

    async def waveform(self, space_id: str, trim: Trim, points: int) -> tuple[float, ...]:
        return (0.5,) * min(points, len(self._heard(space_id, trim)))

    async def measure(self, space_id: str, trim: Trim) -> Measures | None:
        if space_id not in self._media.recorded:
            return None
        heard = self._heard(space_id, trim)
        return Measures(self._media.recorded[space_id], trim, len(heard) * BYTES_PER_MS, -16.0, -1.0)

    def _heard(self, space_id: str, trim: Trim) -> range:
        if self._media.down:
            raise MediaUnavailable("The recording cannot be read.")
        return trim.within(self._media.recorded.get(space_id, 0))
