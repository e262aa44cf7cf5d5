"""The Spaces on air in this process, and the WHIP sessions that feed their microphones."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from media import control
from media.offer import read_fragment, read_offer
from media.pipeline import Pipeline
from media.recorder import Recorder
from media.refusals import RefusalCode, Refused
from media.whip import Address, Peer

log = logging.getLogger(__name__)


@dataclass
class Session:
    """A person's WHIP session, and the task that lives as long as it."""

    id: str
    person_id: str
    peer: Peer
    life: asyncio.Task[None] | None = None


@dataclass
class OnAir:
    """A Space on air: its pipeline, the task it runs in, and at most one session of each person."""

    pipeline: Pipeline
    run: asyncio.Task[None]
    sessions: dict[str, Session] = field(default_factory=dict)


class Studio:
    """Carries out commands. Its tasks live in the TaskGroup it is given; `close` ends them all."""

    def __init__(
        self, addresses: Sequence[Address], tasks: asyncio.TaskGroup, tell: Callable[[control.Event], None]
    ) -> None:
        self._addresses = addresses
        self._tasks = tasks
        self._tell = tell
        self._spaces: dict[str, OnAir] = {}

    async def obey(self, command: control.Command) -> control.Answer:
        """The answer to a command; everything that can go wrong with it is a `Refusal`."""
        try:
            return await self._obey(command)
        except Refused as refused:
            return control.Refusal(refused.code, refused.message)
        except Exception:
            log.exception("A %s failed.", type(command).__name__)
            return control.Refusal(RefusalCode.FAILED, "The sound had a fault; its log has the details.")

    async def _obey(self, command: control.Command) -> control.Answer:
        match command:
            case control.Open():
                self._open(command)
            case control.SetStage():
                self._set_stage(command)
            case control.Close():
                await self._close(command.space_id)
            case control.OfferMicrophone():
                return await self._answer(command)
            case control.Trickle():
                session = self._session(command.space_id, command.session_id)
                await session.peer.add_candidates(read_fragment(command.fragment))
            case control.HangUp():
                self._hang_up(command)
            case control.SetOpus():
                if on_air := self._spaces.get(command.space_id):
                    on_air.pipeline.set_opus(command.wanted)
            case control.GetStats():
                return self._stats()
        return control.Done()

    async def close(self) -> None:
        """Takes every Space off air: each take is finalised, each session closed."""
        await asyncio.gather(*(self._close(space_id) for space_id in list(self._spaces)))

    def _open(self, command: control.Open) -> None:
        if command.space_id in self._spaces:
            return
        pipeline = Pipeline(
            Recorder(Path(command.folder), keep=command.keep),
            lambda reason: self._tell(control.RecordingFailed(command.space_id, reason)),
            lambda format: self._tell(control.PartWritten(command.space_id, format)),
        )
        run = self._tasks.create_task(pipeline.run(), name=f"pipeline {command.space_id}")
        self._spaces[command.space_id] = OnAir(pipeline, run)

    def _set_stage(self, command: control.SetStage) -> None:
        on_air = self._on_air(command.space_id)
        for person_id in on_air.pipeline.set_stage(command.version, command.microphones):
            if session := on_air.sessions.get(person_id):
                session.peer.hang_up()

    async def _close(self, space_id: str) -> None:
        on_air = self._spaces.pop(space_id, None)
        if on_air is None:
            return
        lives = [session.life for session in on_air.sessions.values() if session.life is not None]
        for session in on_air.sessions.values():
            session.peer.hang_up()
        on_air.pipeline.close()
        await asyncio.wait([on_air.run, *lives])

    async def _answer(self, command: control.OfferMicrophone) -> control.Answered:
        on_air = self._on_air(command.space_id)
        offer = read_offer(command.sdp)
        _expect_seat(on_air, command.person_id)
        receive = partial(on_air.pipeline.receive, command.person_id)
        session = Session(secrets.token_urlsafe(16), command.person_id, Peer(receive, self._addresses))
        try:
            sdp = await session.peer.answer(offer)
            # Seat and Space may have gone meanwhile.
            _expect_seat(self._on_air(command.space_id), command.person_id)
        except BaseException:
            await session.peer.close()
            raise
        if older := on_air.sessions.get(command.person_id):
            older.peer.hang_up()
            self._tell(control.MicrophoneDisconnected(command.space_id, command.person_id))
        on_air.sessions[command.person_id] = session
        session.life = self._tasks.create_task(self._live(command.space_id, on_air, session))
        return control.Answered(session.id, sdp)

    async def _live(self, space_id: str, on_air: OnAir, session: Session) -> None:
        """Tells when a session's microphone connects, and when it is gone unless a newer one has replaced it."""
        person_id = session.person_id
        try:
            await session.peer.live(lambda: self._tell(control.MicrophoneConnected(space_id, person_id)))
        except Exception:
            log.exception("A session ended by a fault.")
        if on_air.sessions.get(person_id) is session:
            del on_air.sessions[person_id]
            self._tell(control.MicrophoneDisconnected(space_id, person_id))

    def _hang_up(self, command: control.HangUp) -> None:
        try:
            self._session(command.space_id, command.session_id).peer.hang_up()
        except Refused:
            log.debug("A session that is gone was hung up.")

    def _on_air(self, space_id: str) -> OnAir:
        try:
            return self._spaces[space_id]
        except KeyError:
            raise Refused(RefusalCode.NOT_ON_AIR, "The Space is not on air.") from None

    def _session(self, space_id: str, session_id: str) -> Session:
        for session in self._on_air(space_id).sessions.values():
            if session.id == session_id:
                return session
        raise Refused(RefusalCode.UNKNOWN_SESSION, "There is no such microphone session (any more).")

    def _stats(self) -> control.Stats:
        figures: dict[str, dict[str, float]] = {}
        for space_id, on_air in self._spaces.items():
            figures[space_id] = on_air.pipeline.stats
            for person_id, microphone in on_air.pipeline.microphones.items():
                figures[f"{space_id}/{person_id}"] = asdict(microphone.stats)
            for person_id, session in on_air.sessions.items():
                figures.setdefault(f"{space_id}/{person_id}", {})["not_opus"] = session.peer.ignored
        return control.Stats(figures)


def _expect_seat(on_air: OnAir, person_id: str) -> None:
    if person_id not in on_air.pipeline.microphones:
        raise Refused(RefusalCode.NOT_ON_STAGE, "Only those on the stage have a microphone.")
