"""The Spaces on air in this process, and the sessions with those who speak and hear in them."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from media import control
from media.captions import Captions
from media.lines import LineListener, LineSpeaker
from media.link import Link
from media.offer import Direction, read_fragment, read_offer
from media.on_air import Client, Hearer, Mouth, OnAir, Session
from media.peer import Address, Peer
from media.pipeline import Pipeline
from media.recorder import Recorder
from media.refusals import RefusalCode, Refused
from media.treatment import UNTREATED, Wanted
from media.voices import Voice
from media.whep import Listener
from media.whip import Speaker

log = logging.getLogger(__name__)


class Studio:
    """Carries out commands. Its tasks live in the TaskGroup it is given; `close` ends them all."""

    def __init__(
        self,
        addresses: Sequence[Address],
        tasks: asyncio.TaskGroup,
        tell: Callable[[control.Event], None],
        link: Link,
        *,
        captions: Captions | None = None,
        treating: Wanted = UNTREATED,
    ) -> None:
        self._addresses = addresses
        self._tasks = tasks
        self._tell = tell
        self._link = link
        self._captions = captions
        self._treating = treating
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
                return await self._answer_speaker(command)
            case control.OfferListener():
                return await self._answer_listener(command)
            case control.JoinMicrophone():
                return self._join_speaker(command)
            case control.JoinListener():
                return self._join_listener(command)
            case control.Trickle():
                await self._trickle(command)
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
            lambda reason: self._tell(_told_of_recording(command.space_id, reason)),
            lambda format: self._tell(control.PartWritten(command.space_id, format)),
            lambda voices: self._tell(_told(command.space_id, voices)),
            self._captions.ear(command.space_id, command.language, lambda: pipeline.position_ms)
            if self._captions
            else None,
            self._treating,
        )
        run = self._tasks.create_task(pipeline.run(), name=f"pipeline {command.space_id}")
        self._spaces[command.space_id] = OnAir(pipeline, run)

    def _set_stage(self, command: control.SetStage) -> None:
        on_air = self._on_air(command.space_id)
        for person_id in on_air.pipeline.set_stage(command.version, command.microphones):
            if session := on_air.speakers.get(person_id):
                session.peer.hang_up()

    async def _close(self, space_id: str) -> None:
        on_air = self._spaces.pop(space_id, None)
        if on_air is None:
            return
        lives = [session.life for session in on_air.sessions if session.life is not None]
        for session in on_air.sessions:
            session.peer.hang_up()
        on_air.pipeline.close()
        await asyncio.wait([on_air.run, *lives])

    async def _answer_speaker(self, command: control.OfferMicrophone) -> control.Answered:
        on_air = self._on_air(command.space_id)
        speaker = Speaker(partial(on_air.pipeline.receive, command.person_id), self._addresses)
        sdp = await _answered(speaker, command.sdp, "sendonly", partial(self._expect_seat, command))
        return control.Answered(self._begin_speaking(command, speaker), sdp)

    def _join_speaker(self, command: control.JoinMicrophone) -> control.Joined:
        self._expect_seat(command)
        receive = partial(self._on_air(command.space_id).pipeline.receive, command.person_id)
        return control.Joined(self._begin_speaking(command, LineSpeaker(receive, self._link, command.line)))

    async def _answer_listener(self, command: control.OfferListener) -> control.Answered:
        listener = Listener(command.person_id, self._addresses)
        sdp = await _answered(listener, command.sdp, "recvonly", partial(self._on_air, command.space_id))
        return control.Answered(self._begin_hearing(command, listener), sdp)

    def _join_listener(self, command: control.JoinListener) -> control.Joined:
        return control.Joined(self._begin_hearing(command, LineListener(command.person_id, self._link, command.line)))

    def _expect_seat(self, command: control.OfferMicrophone | control.JoinMicrophone) -> None:
        if command.person_id not in self._on_air(command.space_id).pipeline.microphones:
            raise Refused(RefusalCode.NOT_ON_STAGE, "Only those on the stage have a microphone.")

    def _begin_speaking(self, command: control.OfferMicrophone | control.JoinMicrophone, speaker: Mouth) -> str:
        """A new session, in place of the person's older one; its id."""
        space_id, person_id = command.space_id, command.person_id
        on_air, session = self._on_air(space_id), Session(_new_id(), person_id, speaker)
        if older := on_air.speakers.get(person_id):
            older.peer.hang_up()
            self._tell(control.MicrophoneDisconnected(space_id, person_id))
        on_air.speakers[person_id] = session
        self._tell(control.SessionOpened(space_id, person_id, session.id, listens=False))
        session.life = self._tasks.create_task(self._speak(space_id, on_air, session))
        return session.id

    def _begin_hearing(self, command: control.OfferListener | control.JoinListener, listener: Hearer) -> str:
        """A new session, in place of the person's older one; its id."""
        on_air, session = self._on_air(command.space_id), Session(_new_id(), command.person_id, listener)
        for older in on_air.heard_by(command.person_id):
            older.peer.hang_up()
        on_air.listeners[session.id] = session
        self._tell(control.SessionOpened(command.space_id, command.person_id, session.id, listens=True))
        session.life = self._tasks.create_task(self._hear(on_air, session))
        return session.id

    async def _trickle(self, command: control.Trickle) -> None:
        session = self._session(command.space_id, command.session_id)
        if not isinstance(session.peer, Peer):
            raise Refused(RefusalCode.NOT_ACCEPTABLE, "A session over a WebSocket has no candidates.")
        await session.peer.add_candidates(read_fragment(command.fragment))

    async def _speak(self, space_id: str, on_air: OnAir, session: Session[Mouth]) -> None:
        """Tells when a session's microphone connects, and when it is gone unless a newer one has replaced it."""
        person_id, sources = session.person_id, on_air.pipeline.sources

        def connected() -> None:
            sources.add(session.peer)
            self._tell(control.MicrophoneConnected(space_id, person_id))

        await _live(session.peer, connected)
        sources.discard(session.peer)
        if on_air.speakers.get(person_id) is session:
            del on_air.speakers[person_id]
            self._tell(control.MicrophoneDisconnected(space_id, person_id))
        self._tell(control.SessionOver(session.id))

    async def _hear(self, on_air: OnAir, session: Session[Hearer]) -> None:
        """Sends the sound to a listener who is connected."""
        ears = on_air.pipeline.returns.ears
        await _live(session.peer, lambda: ears.add(session.peer))
        ears.discard(session.peer)
        del on_air.listeners[session.id]
        self._tell(control.SessionOver(session.id))

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

    def _session(self, space_id: str, session_id: str) -> Session[Mouth] | Session[Hearer]:
        for session in self._on_air(space_id).sessions:
            if session.id == session_id:
                return session
        raise Refused(RefusalCode.UNKNOWN_SESSION, "There is no such session (any more).")

    def _stats(self) -> control.Stats:
        figures: dict[str, dict[str, float]] = {"captions": self._captions.stats} if self._captions else {}
        for space_id, on_air in self._spaces.items():
            figures[space_id] = on_air.pipeline.stats
            for person_id, microphone in on_air.pipeline.microphones.items():
                figures[f"{space_id}/{person_id}"] = asdict(microphone.stats)
            for person_id, session in on_air.speakers.items():
                figures.setdefault(f"{space_id}/{person_id}", {})["not_opus"] = session.peer.ignored
        return control.Stats(figures)


async def _answered(peer: Peer, sdp: str, direction: Direction, expect: Callable[[], object]) -> str:
    """The answer to an offer. `expect` raises what speaks against it, before and after: it may change meanwhile."""
    try:
        offer = read_offer(sdp, direction)
        expect()
        answer = await peer.answer(offer)
        expect()
    except BaseException:
        await peer.close()
        raise
    return answer


async def _live(peer: Client, on_connected: Callable[[], None]) -> None:
    """Until the session is over, however."""
    try:
        await peer.live(on_connected)
    except Exception:
        log.exception("A session ended by a fault.")


def _told_of_recording(space_id: str, failure: str | None) -> control.RecordingFailed | control.RecordingGoesOn:
    return control.RecordingFailed(space_id, failure) if failure else control.RecordingGoesOn(space_id)


def _told(space_id: str, voices: Mapping[str, Voice]) -> control.VoicesChanged:
    return control.VoicesChanged(
        space_id,
        {person: voice.speaking for person, voice in voices.items()},
        {person: voice.level for person, voice in voices.items()},
    )


def _new_id() -> str:
    return secrets.token_urlsafe(16)
