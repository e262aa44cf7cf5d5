"""Lines: the sound of people who are connected by a WebSocket, on its way to the media process and back."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from app.live.process import STATUS, SupervisedProcess
from app.services.media_engine import MediaRefused, MediaUnavailable
from media import control
from media.frames import Inspector
from media.link import Link
from media.refusals import Refused

WAITING_FRAMES = 25
"""Frames (of 20 ms) that wait to be heard; the oldest give way, so that none comes later than half a second."""


class Line:
    """A `SoundLine` over the link to a media process."""

    def __init__(self, link: Link) -> None:
        self.microphone_id: str | None = None
        self.listener_id: str | None = None
        self.lost = False
        self._link = link
        self._waiting: deque[bytes] = deque(maxlen=WAITING_FRAMES)
        self._come = asyncio.Event()
        self._inspector = Inspector(time.monotonic)
        self.number = link.open_line(self._receive)

    def speak(self, frame: bytes) -> None:
        """See `SoundLine`."""
        try:
            self._inspector.check(frame)
        except Refused as refused:
            raise MediaRefused(STATUS[refused.code], refused.message) from None
        self._link.send(self.number, frame)

    async def hear(self) -> bytes:
        """See `SoundLine`."""
        while not self._waiting:
            self._come.clear()
            await self._come.wait()
        return self._waiting.popleft()

    def close(self) -> None:
        """See `SoundLine`."""
        self._link.detach(self.number)

    def _receive(self, frame: bytes | None) -> None:
        if frame is None:
            self.lost = True
            return
        self._waiting.append(frame)
        self._come.set()


async def open_line(process: SupervisedProcess, space_id: str, person_id: str, *, speaks: bool, hears: bool) -> Line:
    """A connected line; see `MediaEngine.join`."""
    line = Line(process.link)
    try:
        if speaks:
            line.microphone_id = await process.join(control.JoinMicrophone(space_id, person_id, line.number))
        if hears:
            line.listener_id = await process.join(control.JoinListener(space_id, person_id, line.number))
        if line.lost:
            raise MediaUnavailable("The sound is being started again: try again in a second.")
    except BaseException:
        line.close()
        for session_id in filter(None, (line.microphone_id, line.listener_id)):
            await process.tell(control.HangUp(space_id, session_id))
        raise
    return line
