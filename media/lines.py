"""Sessions over a WebSocket, which the web process holds: their sound comes and goes on a line of the link."""

import asyncio
from collections.abc import Callable
from typing import Final

from media.frames import Frame
from media.link import Link
from media.opus import TICK
from media.refusals import Refused
from media.whip import Receive

STREAMS: Final = 2**16


class LineSession:
    """What speaking and hearing have in common: connected at once, over when hung up. Half of a WebSocket, or all."""

    def __init__(self, link: Link, line: int) -> None:
        self._link = link
        self._line = line
        self._ended = asyncio.Event()

    async def live(self, on_connected: Callable[[], None]) -> None:
        """See `media.peer.Peer.live`."""
        on_connected()
        await self._ended.wait()

    def hang_up(self) -> None:
        """Ends the session, from this call on without a sound; safe to call twice."""
        self._ended.set()


class LineSpeaker(LineSession):
    """A client that sends its microphone here. Each of its streams is a source of its own to `receive`."""

    def __init__(self, receive: Receive, link: Link, line: int) -> None:
        super().__init__(link, line)
        self.ignored = 0
        self._receive = receive
        self._streams = 0
        link.attach(line, self._take)

    def read(self, limit: int) -> None:
        """See `media.pipeline.Source`: there is nothing to read, the link brings packets as they come."""

    def hang_up(self) -> None:
        super().hang_up()
        self._link.detach(self._line)

    def _take(self, data: bytes | None) -> None:
        if data is None:
            self.hang_up()
            return
        try:
            frame = Frame.unpack(data)
        except Refused:
            self.ignored += 1
            return
        self._streams += frame.anew
        source = self._line * STREAMS + self._streams % STREAMS
        self._receive(frame.payload, frame.timestamp, frame.sequence, source)


class LineListener(LineSession):
    """A client that hears what is sent here: a `media.returns.Ear`."""

    def __init__(self, person_id: str, link: Link, line: int) -> None:
        super().__init__(link, line)
        self.dropped = 0
        self._person_id = person_id
        self._sequence = self._timestamp = 0

    @property
    def person_id(self) -> str:
        """See `media.returns.Ear`."""
        return self._person_id

    @property
    def may_lose(self) -> bool:
        """See `media.returns.Ear`: a WebSocket loses nothing on the way, and what we drop are many ticks in a row."""
        return False

    def send(self, payload: bytes) -> None:
        """See `media.returns.Ear`."""
        if self._ended.is_set():
            return
        if not self._link.send(self._line, Frame(self._sequence, self._timestamp, payload).pack()):
            self.dropped += 1
        self.miss()

    def miss(self) -> None:
        """See `media.returns.Ear`: the client sees the gap by both numbers."""
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + TICK) & 0xFFFFFFFF
