"""Live HLS: the playlists and resources of the Spaces on air here."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.domain.subtitles import LIVE_CAPTIONS, REPLAY_CAPTIONS, Span
from app.live.on_air import OnAir
from app.services.media_engine import REPLAY, MediaRefused, MediaUnavailable, Naming, Playlist, Reload, Rendition
from media.broadcast import HeldTooLong, TooFarAhead, TooManyHeld
from media.playlists import Report, multivariant_playlist
from media.recordings import Recordings

log = logging.getLogger(__name__)


class Listening:
    """What `MediaEngine` promises to players; `has_captions`: the playlist of playlists names them."""

    def __init__(self, on_air: OnAir, recordings: Recordings, *, has_captions: bool) -> None:
        self._on_air = on_air
        self._recordings = recordings
        captions = LIVE_CAPTIONS if has_captions else None
        self.multivariant = multivariant_playlist({one.value: one.playlist for one in Rendition}, captions)
        """See `MediaEngine.multivariant_playlist`."""

    async def playlist(self, space_id: str, rendition: Rendition, naming: Naming, reload: Reload) -> Playlist | None:
        """See `MediaEngine`; for a while after the end, the playlist that says so."""
        if not self._on_air.was_live(space_id):
            return None
        broadcast = await self._on_air.broadcasts.get(space_id, rendition, ended=self._on_air.is_complete(space_id))
        with _held():
            body = await broadcast.playlist(
                naming.address,
                key=naming.key,
                after=reload.after,
                skip=reload.skip,
                reports=lambda: self._reports(space_id, rendition),
            )
        return Playlist(body.plain, body.packed, body.tag) if body else None

    async def resource(self, space_id: str, rendition: Rendition, name: str) -> bytes | None:
        """See `MediaEngine`."""
        if not self._on_air.was_live(space_id):
            return None
        broadcast = await self._on_air.broadcasts.get(space_id, rendition, ended=self._on_air.is_complete(space_id))
        with _held():
            return await broadcast.resource(name)

    async def spans(self, space_id: str) -> tuple[Sequence[Span], bool]:
        """See `MediaEngine`."""
        if not self._on_air.was_live(space_id):
            return (), True
        ended = self._on_air.is_complete(space_id)
        spans = await self._recordings.live_spans(space_id, ended=ended)
        return [Span(one.sequence, one.take, one.start, one.end) for one in spans], ended

    def _reports(self, space_id: str, rendition: Rendition) -> tuple[Report, ...]:
        """How far the other renditions are."""
        newest = self._on_air.broadcasts.newest_parts(space_id)
        return tuple(
            Report(Rendition(one).playlist, number) for one, number in newest.items() if Rendition(one) is not rendition
        )


def replay_variants(*, captions: bool) -> str:
    """See `MediaEngine`."""
    return multivariant_playlist({Rendition.AAC.value: REPLAY}, REPLAY_CAPTIONS if captions else None)


@contextmanager
def _held() -> Iterator[None]:
    """What may happen to a request that waits, as the port has it."""
    try:
        yield
    except TooFarAhead:
        raise MediaRefused(400, "The playlist will not have that for a while.") from None
    except (HeldTooLong, TooManyHeld):
        raise MediaUnavailable("There is no such sound yet.") from None
    except OSError as error:
        log.error("Live sound could not be read: %s", error)
        raise MediaUnavailable("The sound cannot be read at the moment.") from error
