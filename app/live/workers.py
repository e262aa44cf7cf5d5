"""The media processes of this node: each Space is on air in one of them, from its start to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping

from app.live.placement import Load, least_loaded
from app.live.process import SupervisedProcess
from app.services.media_engine import MediaRefused, MediaUnavailable
from media import control
from media.process import MediaProcess
from media.sessions import Sessions

Happened = Callable[[control.Event], None]
Start = Callable[[Happened], Awaitable[MediaProcess]]

NOT_ON_AIR = 409


class Worker:
    """One media process, the Spaces that are placed on it with their number of microphones, and its sessions."""

    def __init__(self, process: SupervisedProcess, sessions: Sessions) -> None:
        self.process = process
        self.sessions = sessions
        self.spaces: dict[str, int] = {}

    @property
    def load(self) -> Load:
        """What it has on air, or will have as soon as it is up."""
        return Load(self.process.is_up, len(self.spaces), sum(self.spaces.values()), len(self.sessions.open_listeners))


class Workers:
    """So many media processes, supervised, and on which of them each Space is.

    A process that dies is started again, and its Spaces go on air in it: if one of them killed it, it takes no other's
    with it. Where it does not start they go to others that are up. `lost` is told which Spaces have no sound, and
    `returned` which are to be put on air (again); `happened` gets what the processes tell.
    """

    def __init__(
        self,
        size: int,
        start: Start,
        *,
        happened: Happened,
        lost: Callable[[Collection[str]], None],
        returned: Callable[[Collection[str]], Awaitable[None]],
    ) -> None:
        self._start = start
        self._happened = happened
        self._lost = lost
        self._returned = returned
        self._of: dict[str, Worker] = {}
        self._all = [self._made() for _ in range(size)]

    async def start(self) -> None:
        """Starts all of them at once. Raises `MediaUnavailable` where one does not get ready; then none is left."""
        try:
            started = await asyncio.gather(*(one.process.start() for one in self._all), return_exceptions=True)
            for error in started:
                if error is not None:
                    raise error
        except BaseException:
            await self.end_supervision()
            await self.stop()
            raise

    async def end_supervision(self) -> None:
        """Whatever becomes of the processes now, there are no other ones."""
        await asyncio.gather(*(one.process.end_supervision() for one in self._all))

    async def stop(self) -> None:
        """Ends all of them, within about 2 s."""
        await asyncio.gather(*(one.process.stop() for one in self._all))

    @property
    def up(self) -> int:
        """How many take commands."""
        return sum(one.process.is_up for one in self._all)

    @property
    def loads(self) -> list[Load]:
        """What each of them has on air."""
        return [one.load for one in self._all]

    def place(self, space_id: str, microphones: int) -> SupervisedProcess:
        """The process of a Space, which now has so many microphones; a Space that has none yet gets one."""
        worker = self._of.get(space_id)
        if worker is None:
            worker = self._of[space_id] = self._all[least_loaded(self.loads)]
        worker.spaces[space_id] = microphones
        return worker.process

    def release(self, space_id: str) -> None:
        """The Space is off air, and its sound is written to the end."""
        if worker := self._of.pop(space_id, None):
            del worker.spaces[space_id]

    def find(self, space_id: str) -> SupervisedProcess | None:
        """The process of a Space that is placed."""
        worker = self._of.get(space_id)
        return worker.process if worker else None

    def of(self, space_id: str) -> SupervisedProcess:
        """The process of a Space. Raises `MediaRefused` for one that is not on air here."""
        process = self.find(space_id)
        if process is None:
            raise MediaRefused(NOT_ON_AIR, "The Space is not on air.")
        return process

    def speaking_from(self) -> frozenset[tuple[str, str]]:
        """(space id, person id) of every microphone that is connected."""
        return frozenset(microphone for one in self._all for microphone in one.sessions.microphones)

    def open_listeners(self) -> list[tuple[str, str]]:
        """(space id, person id) of every session that hears; no id for those without an account."""
        return [listener for one in self._all for listener in one.sessions.open_listeners]

    async def session_over(self, session_id: str) -> None:
        """Returns when a session is over, also for one that was never there."""
        await asyncio.gather(*(one.sessions.over(session_id) for one in self._all))

    async def stats(self) -> Mapping[str, Mapping[str, float]]:
        """Figures of all that are up (`media.control.Stats`); equal names are of several, and added up.

        Raises `MediaUnavailable` where none is.
        """
        asked = [one.process.ask(control.GetStats()) for one in self._all if one.process.is_up]
        if not asked:
            raise MediaUnavailable("The sound is being started again: try again in a second.")
        merged: dict[str, dict[str, float]] = {}
        for answer in await asyncio.gather(*asked):
            for name, figures in answer.figures.items() if isinstance(answer, control.Stats) else ():
                known = merged.setdefault(name, {})
                for figure, value in figures.items():
                    known[figure] = known.get(figure, 0) + value
        return merged

    def _made(self) -> Worker:
        sessions = Sessions()

        def tell(event: control.Event) -> None:
            sessions.note(event)
            self._happened(event)

        def lost() -> None:
            sessions.lose()
            self._lost(list(worker.spaces))

        async def returned() -> None:
            await self._returned(list(worker.spaces))

        async def stuck() -> None:
            await self._move(worker)

        process = SupervisedProcess(lambda: self._start(tell), on_loss=lost, on_return=returned, on_failure=stuck)
        worker = Worker(process, sessions)
        return worker

    async def _move(self, worker: Worker) -> None:
        """Its Spaces go on air elsewhere, where there is such a place."""
        moved = list(worker.spaces.items()) if self.up else []
        for space_id, microphones in moved:
            self.release(space_id)
            self.place(space_id, microphones)
        await self._returned([space_id for space_id, _ in moved])
