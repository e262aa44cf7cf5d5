"""Rates: how often one viewer, or one network address, may ask; in this process."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

BURST_SECONDS: Final = 10.0
"""Whoever was quiet for this long may ask at once for all that it would have allowed."""
ROUNDING: Final = 1e-6
REMEMBERED: Final = 20_000
"""Viewers or addresses; of more, those that asked longest ago are forgotten, which is in their favour."""


class TooFast(Exception):
    """Asked too often; it may be asked again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("You ask too often: wait a moment.")
        self.seconds = seconds


class Rate:
    """So many a second for each key, on average: a bucket of tokens, kept as the time at which it will be full."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def check(self, key: str, now: float) -> None:
        """Takes none. Raises `TooFast` where there is none."""
        too_soon = max(self._full_at.get(key, now), now) + self._interval - now - BURST_SECONDS
        if too_soon > ROUNDING:
            raise TooFast(too_soon)

    def take(self, key: str, now: float) -> None:
        """Takes one, at a time in seconds by any clock that never goes back. Raises `TooFast` where there is none."""
        self.check(key, now)
        self._full_at[key] = max(self._full_at.pop(key, now), now) + self._interval
        if len(self._full_at) > REMEMBERED:
            self._full_at.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Rates:
    """What one viewer may ask in a second, and all who come from one address together."""

    viewer: Rate
    address: Rate

    @classmethod
    def of(cls, *, per_viewer: float, per_address: float) -> Rates:
        """With nothing taken yet."""
        return cls(Rate(per_viewer), Rate(per_address))

    def take_address(self, address: str, now: float) -> None:
        """For one operation. This machine's own address is no one's: a proxy may stand there. Raises `TooFast`."""
        if not _is_local(address):
            self.address.take(address, now)

    def take(self, address: str | None, viewer_id: str | None, now: float) -> None:
        """For one operation, from both or from none. Raises `TooFast`."""
        if viewer_id is not None:
            self.viewer.check(viewer_id, now)
        if address is not None:
            self.take_address(address, now)
        if viewer_id is not None:
            self.viewer.take(viewer_id, now)

    def take_viewer(self, viewer_id: str, now: float) -> None:
        """For one operation. Raises `TooFast`."""
        self.viewer.take(viewer_id, now)


@lru_cache(maxsize=REMEMBERED)
def _is_local(address: str) -> bool:
    if address.startswith("127."):
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
