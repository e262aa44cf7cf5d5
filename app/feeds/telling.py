"""Telling other processes over a bus that may be away: that is nobody's failure, and logged once."""

from __future__ import annotations

import logging

from app.feeds.channel import Bus

log = logging.getLogger(__name__)


class Telling:
    """Publishes one kind of messages. Those who miss one are told by the bus that they may have, and look it up."""

    def __init__(self, bus: Bus, what: str) -> None:
        self._bus = bus
        self._what = what
        self._fails = False

    async def tell(self, channel: str, message: bytes) -> bool:
        """Whether it was told. Never raises; the first failure after a success is logged, the others are its like."""
        try:
            await self._bus.publish(channel, message)
        except Exception as error:
            if not self._fails:
                log.warning("other processes are not told %s, and will look it up: %s", self._what, error)
            self._fails = True
        else:
            self._fails = False
        return not self._fails
