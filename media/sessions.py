"""The sessions of a media process, as the web process knows of them by its events."""

import asyncio
from dataclasses import dataclass, field

from media import control


@dataclass(frozen=True, slots=True)
class _Session:
    space_id: str
    person_id: str
    listens: bool
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Sessions:
    """Kept up by `note`; `lose` when the process is gone, and with it all that was connected to it."""

    def __init__(self) -> None:
        self._microphones: set[tuple[str, str]] = set()
        self._open: dict[str, _Session] = {}

    @property
    def microphones(self) -> frozenset[tuple[str, str]]:
        """(space id, person id) of every microphone that is connected."""
        return frozenset(self._microphones)

    @property
    def open_listeners(self) -> list[tuple[str, str]]:
        """(space id, person id) of each session that hears; no id for those without an account."""
        return [(one.space_id, one.person_id) for one in self._open.values() if one.listens]

    async def over(self, session_id: str) -> None:
        """Returns when the session is over, also for one that was never there."""
        if session := self._open.get(session_id):
            await session.over.wait()

    def note(self, event: control.Event) -> None:
        """Takes what the process tells; what is not about sessions is ignored."""
        match event:
            case control.MicrophoneConnected(space_id, person_id):
                self._microphones.add((space_id, person_id))
            case control.MicrophoneDisconnected(space_id, person_id):
                self._microphones.discard((space_id, person_id))
            case control.SessionOpened(space_id, person_id, session_id, listens):
                self._open[session_id] = _Session(space_id, person_id, listens)
            case control.SessionOver(session_id):
                self._end(session_id)

    def lose(self) -> None:
        """Nothing is connected any more."""
        self._microphones.clear()
        for session_id in list(self._open):
            self._end(session_id)

    def _end(self, session_id: str) -> None:
        if session := self._open.pop(session_id, None):
            session.over.set()
