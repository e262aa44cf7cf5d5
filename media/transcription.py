"""Transcription: utterances wait here, not for long, until the transcriber process has put them into words."""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from media.transcriber import answer, request
from media.utterances import Utterance
from media.words import Recognised

MAX_WAITING_MS: Final = 20_000
"""Speech that may wait; beyond it the oldest is given up, for late captions are worth less than the next ones."""
ANSWER_SECONDS: Final = 60.0
"""A process that has not answered by then is stuck, and killed."""
IDLE_SECONDS: Final = 60.0
"""A process that nothing was said to for so long is ended: each worker may have one, of more than 100 MB."""
REST_SECONDS: Final = 5.0
"""Between the death of one process and the start of the next."""
MAX_ANSWER: Final = 256 * 1024

ROOT: Final = Path(__file__).parent.parent

log = logging.getLogger(__name__)


def command(recogniser: str) -> Sequence[str]:
    """How the transcriber process is started."""
    return (sys.executable, "-m", "media.transcriber", recogniser)


@dataclass(frozen=True, slots=True)
class Spoken:
    """An utterance, where it was said, in which language ("": not known), and who is told the words."""

    utterance: Utterance
    language: str
    tell: Callable[[Utterance, Recognised], None]


class TranscriberGone(Exception):
    """The process died, was stuck and has been killed, or did not speak our language."""


class Transcription:
    """The queue in front of one transcriber process, which is there as long as there is something for it.

    Offering never waits and costs nothing that grows: whatever the process does, the sound goes on.
    """

    def __init__(self, process: Sequence[str]) -> None:
        self._command = process
        self._waiting: deque[Spoken] = deque()
        self._waiting_ms = 0
        self._arrived = asyncio.Event()
        self._process: Process | None = None
        self._recognised = self._shed = self._failed = 0

    @property
    def stats(self) -> dict[str, float]:
        """Utterances so far: put into words (or found to have none), given up for newer ones, lost to a fault; and
        ms of speech that wait now."""
        return {
            "recognised": self._recognised,
            "shed": self._shed,
            "failed": self._failed,
            "waiting_ms": self._waiting_ms,
        }

    def offer(self, spoken: Spoken) -> None:
        """Takes an utterance; too old ones give way to it."""
        self._waiting.append(spoken)
        self._waiting_ms += spoken.utterance.milliseconds
        while self._waiting_ms > MAX_WAITING_MS:
            self._take()
            self._shed += 1
        self._arrived.set()

    async def run(self) -> None:
        """Has utterances put into words one after the other, for ever; cancelled, it ends the process."""
        try:
            while True:
                await self._next()
        finally:
            await self._end()

    async def _next(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS if self._process else None):
                await self._arrived.wait()
        except TimeoutError:
            await self._end()
            return
        if not self._waiting:
            self._arrived.clear()
            return
        spoken = self._take()
        try:
            recognised = await self._ask(request(spoken.utterance.pcm, spoken.language))
        except (OSError, TranscriberGone) as error:
            self._failed += 1
            log.error("An utterance was lost, the transcriber is started again: %s", error)
            await self._end()
            await asyncio.sleep(REST_SECONDS)
        else:
            self._recognised += 1
            if recognised.words:
                spoken.tell(spoken.utterance, recognised)

    def _take(self) -> Spoken:
        spoken = self._waiting.popleft()
        self._waiting_ms -= spoken.utterance.milliseconds
        return spoken

    async def _ask(self, question: bytes) -> Recognised:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, cwd=ROOT, limit=MAX_ANSWER
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                process.stdin.write(question)
                await process.stdin.drain()
                line = await process.stdout.readline()
            if line:
                return answer(line)
        except TimeoutError:
            raise TranscriberGone(f"no answer within {ANSWER_SECONDS:.0f} s") from None
        except ValueError as error:
            raise TranscriberGone(f"an answer that is none: {error}") from error
        raise TranscriberGone("it ended; its log says why")

    async def _end(self) -> None:
        """Kills the process: it has nothing to finish."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
