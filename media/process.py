"""The media process as the web process sees it: started, asked, and ended."""

import asyncio
import itertools
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from media.channel import MAX_LINE, Channel, ControlError, Frame
from media.control import Answer, Command, Event, Ready
from media.link import Link, socket_pair
from media.recognisers import OFF
from media.treatment import UNTREATED, Wanted

START_SECONDS: Final = 20.0
"""How long the process may take until it is ready, on a busy machine."""
ANSWER_SECONDS: Final = 5.0
"""A process that has not answered by then is stuck, and killed: it might still mix someone who was silenced."""
STOP_SECONDS: Final = 2.0
"""How long it may take to finalise its takes before it is killed."""

ROOT: Final = Path(__file__).parent.parent


class ProcessGone(Exception):
    """The media process is gone, or was stuck and has been killed."""


class MediaProcess:
    """A running media process. Made by `start`; whoever has one calls `stop` in the end.

    It outlives nothing: when this process dies, however, it finalises its takes and exits.
    """

    link: Link
    """For the sound of sessions over WebSockets; closed when the process is gone."""

    def __init__(
        self,
        child: asyncio.subprocess.Process,
        channel: Channel,
        link: Link,
        on_event: Callable[[Event], None],
    ) -> None:
        self.link = link
        self._child = child
        self._channel = channel
        self._on_event = on_event
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._ready = asyncio.Event()
        self._reading = asyncio.create_task(self._read(), name="media process")

    @classmethod
    async def start(
        cls,
        addresses: Sequence[str],
        on_event: Callable[[Event], None],
        *,
        transcriber: str = OFF,
        treating: Wanted = UNTREATED,
    ) -> "MediaProcess":
        """A process that takes commands. `addresses`: see `media.peer.Address`; `transcriber`: see
        `media.recognisers.check`; `treating`: see `media.treatment`.

        Raises `ProcessGone`.
        """
        ours, theirs = socket.socketpair()
        our_sound, their_sound = socket_pair()
        with theirs, their_sound:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "media", "--control-fd", str(theirs.fileno())),
                f"--sound-fd={their_sound.fileno()}",
                *(f"--address={address}" for address in addresses),
                f"--transcriber={transcriber}",
                *(["--noise-suppression"] if treating.noise_suppression else []),
                *(["--automatic-gain"] if treating.automatic_gain else []),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=[theirs.fileno(), their_sound.fileno()],
                cwd=ROOT,
                # Ctrl-C in the terminal is for us: we end it in our own order.
                start_new_session=True,
            )
        reader, writer = await asyncio.open_connection(sock=ours, limit=MAX_LINE)
        process = cls(child, Channel(reader, writer), Link(our_sound), on_event)
        try:
            async with asyncio.timeout(START_SECONDS):
                await process._started()
        except BaseException as error:
            await process.stop()
            if isinstance(error, TimeoutError):
                raise ProcessGone(f"The media process was not ready within {START_SECONDS:.0f} s.") from None
            raise
        return process

    @property
    def pid(self) -> int:
        """The operating system's number for it."""
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended, negative for a signal; None while it runs."""
        return self._child.returncode

    async def ask(self, command: Command) -> Answer:
        """Sends a command, in order of calls, and waits for its answer. Raises `ProcessGone`. Cancel-safe."""
        if self._reading.done():
            raise ProcessGone("The media process is gone.")
        id = next(self._ids)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[id] = answer
        self._channel.send(command, id)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        except TimeoutError:
            self.kill()
            raise ProcessGone(f"The media process did not answer within {ANSWER_SECONDS:.0f} s.") from None
        finally:
            del self._waiting[id]

    async def wait(self) -> None:
        """Until the process is gone, whatever the reason."""
        await asyncio.wait([self._reading])
        await self._child.wait()

    def kill(self) -> None:
        """Ends it at once (SIGKILL)."""
        with suppress(ProcessLookupError):
            self._child.kill()

    async def stop(self) -> None:
        """Lets it finalise its takes and waits for its end, at most STOP_SECONDS; then kills it. Safe to call twice."""
        await self._channel.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._child.wait()
        except TimeoutError:
            self.kill()
        await self.wait()

    async def _started(self) -> None:
        ready = asyncio.create_task(self._ready.wait())
        try:
            await asyncio.wait([ready, self._reading], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if not self._ready.is_set():
            raise ProcessGone("The media process ended before it was ready; its log says why.")

    async def _read(self) -> None:
        """Gives answers to those who wait and events to `on_event`, until the channel ends."""
        try:
            while frame := await self._channel.receive():
                self._take(frame)
        except ControlError:
            # It does not speak our language: another version, or memory run wild.
            self.kill()
        finally:
            self.link.close()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ProcessGone("The media process is gone."))

    def _take(self, frame: Frame) -> None:
        message = frame.message
        if isinstance(message, Ready):
            self._ready.set()
        elif isinstance(message, Event):
            self._on_event(message)
        elif isinstance(message, Answer):
            waiting = self._waiting.get(frame.id or 0)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
