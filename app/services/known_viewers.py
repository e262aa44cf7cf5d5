"""Known viewers: whoever asks again and again is believed for some seconds who they were found to be."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.services.closings import Closings
from app.services.ports import Clock, LoggedOut

if TYPE_CHECKING:
    from app.services.viewers import Viewer

KNOWN_FOR: Final = timedelta(seconds=10)
"""How long after they were looked up; so long may a log-out in another process be overlooked whose word is lost."""
MAX_KNOWN: Final = 2000
"""Viewers; whoever was looked up longest ago gives way, and is looked up when they ask again."""


@dataclass(slots=True, eq=False)
class _Known:
    viewer: Viewer | None = None
    until: datetime | None = None
    is_over: bool = False
    listening: ExitStack = field(default_factory=ExitStack)


class KnownViewers:
    """By what they send as Authorization. Nobody changes anything by this: it is for those who only look.

    A log-out in this process is heard at once, one in another process when the bus brings it; where the bus may have
    lost something, `Closings` look it up.
    """

    def __init__(self, closings: Closings, clock: Clock) -> None:
        self._closings = closings
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def get(self, authorization: str) -> Viewer | None:
        """Who sends this; None says nothing."""
        known = self._known.get(authorization)
        if known is None or known.until is None:
            return None
        if known.until <= self._clock():
            self._forget(authorization)
            return None
        return known.viewer

    async def look_up(self, authorization: str, token_id: str, look: Callable[[], Awaitable[Viewer]]) -> Viewer:
        """Who they are found to be, and known to be from then on. Raises what looking raises."""
        known = _Known()

        def end() -> None:
            known.is_over = True
            if self._known.get(authorization) is known:
                self._forget(authorization)

        # Before looking: a log-out in between is heard.
        known.listening.enter_context(self._closings.on(LoggedOut(token_id), end))
        try:
            known.viewer = await look()
        except BaseException:
            known.listening.close()
            raise
        known.until = min(self._clock() + KNOWN_FOR, known.viewer.expires_at)
        self._keep(authorization, known)
        return known.viewer

    def _keep(self, authorization: str, known: _Known) -> None:
        self._forget(authorization)
        if known.is_over:
            known.listening.close()
            return
        self._known[authorization] = known
        if len(self._known) > MAX_KNOWN:
            self._forget(next(iter(self._known)))

    def _forget(self, authorization: str) -> None:
        known = self._known.pop(authorization, None)
        if known is not None:
            known.listening.close()
