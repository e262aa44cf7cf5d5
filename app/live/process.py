"""A media process: started, supervised and asked."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from app.services.media_engine import MediaRefused, MediaUnavailable, SessionAnswer
from media import control
from media.link import Link
from media.process import MediaProcess, ProcessGone
from media.refusals import RefusalCode

RESTART_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0)
"""Wait before a start, by how many processes died young before it."""
YOUNG_SECONDS = 10.0

STATUS = {
    RefusalCode.MALFORMED: 400,
    RefusalCode.NOT_ON_STAGE: 403,
    RefusalCode.UNKNOWN_SESSION: 404,
    RefusalCode.NOT_ACCEPTABLE: 406,
    RefusalCode.NOT_ON_AIR: 409,
    RefusalCode.TOO_LARGE: 413,
    RefusalCode.TOO_FAST: 429,
}

log = logging.getLogger(__name__)

Start = Callable[[], Awaitable[MediaProcess]]


class SupervisedProcess:
    """A media process that obeys at all times but while it is started again.

    `on_loss` is called when it is gone, `on_return` when another one takes commands, and `on_failure` each time that
    another one could not be started.
    """

    def __init__(
        self,
        start: Start,
        *,
        on_loss: Callable[[], None],
        on_return: Callable[[], Awaitable[None]],
        on_failure: Callable[[], Awaitable[None]],
    ) -> None:
        self._start = start
        self._on_loss = on_loss
        self._on_return = on_return
        self._on_failure = on_failure
        self._process: MediaProcess | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        """Whether it takes commands."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """None while it is started again."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Raises `MediaUnavailable` where it does not get ready."""
        try:
            self._process = await self._start()
        except ProcessGone as error:
            raise MediaUnavailable(str(error)) from error
        self._supervisor = asyncio.create_task(self._supervise(self._process), name="media supervisor")

    async def end_supervision(self) -> None:
        """Whatever becomes of the process now, there is no other one."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)

    async def stop(self) -> None:
        """Ends the process, within about 2 s."""
        process, self._process = self._process, None
        if process is not None:
            await process.stop()

    async def ask(self, command: control.Command) -> control.Answer:
        """What it answers. Raises `MediaRefused`; `MediaUnavailable` where it cannot be asked."""
        if self._process is None:
            raise MediaUnavailable("The sound is being started again: try again in a second.")
        try:
            answer = await self._process.ask(command)
        except ProcessGone as error:
            raise MediaUnavailable(str(error)) from error
        if not isinstance(answer, control.Refusal):
            return answer
        if answer.code not in STATUS:
            raise MediaUnavailable(answer.message)
        raise MediaRefused(STATUS[answer.code], answer.message)

    async def tell(self, command: control.Command) -> None:
        """Has a command obeyed. Where it cannot be, there is no sound, and the next process gets the newest state."""
        try:
            await self.ask(command)
        except (MediaUnavailable, MediaRefused) as error:
            log.error("%s was not obeyed: %s", type(command).__name__, error)

    async def offer(self, command: control.OfferMicrophone | control.OfferListener) -> SessionAnswer:
        """The answer to an offer of a session. Raises what `ask` raises."""
        answer = await self.ask(command)
        if not isinstance(answer, control.Answered):
            raise MediaUnavailable("The sound did not answer the offer.")
        return SessionAnswer(answer.sdp, answer.session_id)

    @property
    def link(self) -> Link:
        """The way of sound that comes over WebSockets. Raises `MediaUnavailable`."""
        if self._process is None:
            raise MediaUnavailable("The sound is being started again: try again in a second.")
        return self._process.link

    async def join(self, command: control.JoinMicrophone | control.JoinListener) -> str:
        """The session of a line. Raises what `ask` raises."""
        answer = await self.ask(command)
        if not isinstance(answer, control.Joined):
            raise MediaUnavailable("The sound did not answer.")
        return answer.session_id

    async def _supervise(self, process: MediaProcess) -> None:
        """For ever."""
        deaths = 0
        while True:
            started = time.monotonic()
            await process.wait()
            self._process = None
            self._on_loss()
            await process.stop()
            log.error("The media process is gone (exit code %s); it is started again.", process.exit_code)
            deaths = deaths + 1 if time.monotonic() - started < YOUNG_SECONDS else 0
            process = self._process = await self._start_again(deaths)
            await self._on_return()

    async def _start_again(self, deaths: int) -> MediaProcess:
        while True:
            await asyncio.sleep(RESTART_SECONDS[min(deaths, len(RESTART_SECONDS) - 1)])
            try:
                return await self._start()
            except (ProcessGone, OSError):
                log.exception("The media process did not start.")
                deaths += 1
                await self._on_failure()
