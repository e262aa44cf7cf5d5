"""What goes back to people: everyone else, encoded once for all who hear the same."""

import logging
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from media.loss import Protection
from media.microphone import QUIET
from media.mixer import Mix
from media.opus import Sound
from media.opus_encoder import OpusEncoder, open_encoder

HANGOVER_TICKS: Final = 5
"""Ticks of equal sound before someone who fell silent hears the shared stream again: after 2 there is no click."""
SETTLED_TICKS: Final = 25
"""Ticks of digital silence after which its packet is sent again and again in place of encoding more of it."""

log = logging.getLogger(__name__)


class Ear(Protocol):
    """Someone who hears a Space: a connected session."""

    @property
    def person_id(self) -> str:
        """Who it is; empty for someone without an account."""

    @property
    def may_lose(self) -> bool:
        """Whether packets may get lost on the way there."""

    def send(self, payload: bytes) -> None:
        """Sends the Opus packet of the next tick. Never blocks and never raises."""

    def miss(self) -> None:
        """The next tick is not sent: a lost packet."""


class Returns:
    """A Space's streams to all ears: one shared, and one of their own for each who is heard and has an ear.

    All of them have FEC (see `media.loss`), or none: only what is coded alike can be exchanged."""

    def __init__(self) -> None:
        self.ears: set[Ear] = set()
        self._shared: _Stream | None = None
        self._private: dict[str, _Stream] = {}
        self._protection = Protection()

    @property
    def encoders(self) -> int:
        """How many encoders are at work."""
        return len(self._private) + (self._shared is not None)

    @property
    def protected(self) -> bool:
        """Whether the packets have FEC."""
        return self._protection.on

    def send(self, mix: Mix, *, in_time: bool = True) -> None:
        """Sends everyone their tick, or lets them miss it. To be called every tick: where nobody listens it is free."""
        if not self.ears:
            self._shared = None
            self._private.clear()
            return
        try:
            packets, shared = self._encode(mix)
        except Exception:
            log.exception("An encoder had a fault; all begin anew.")
            self._shared = None
            self._private.clear()
            return
        for ear in self.ears:
            if in_time:
                ear.send(packets.get(ear.person_id, shared))
            else:
                ear.miss()

    def _encode(self, mix: Mix) -> tuple[dict[str, bytes], bytes]:
        if self._shared is None:
            self._shared = _Stream(open_encoder())
        self._choose({ear.person_id for ear in self.ears}, mix)
        self._protect(mix)
        # Private ones split off before the shared one has heard the tick that tells them apart.
        packets = {person: stream.encode(mix.minus.get(person, mix.full)) for person, stream in self._private.items()}
        return packets, self._shared.encode(mix.full)

    def _choose(self, listening: set[str], mix: Mix) -> None:
        """Who needs a stream of their own in this tick."""
        assert self._shared is not None
        for person in listening & mix.minus.keys():
            if person not in self._private:
                self._private[person] = self._shared.split()
            self._private[person].alike = 0
        for person in list(self._private):
            stream = self._private[person]
            if person not in listening or stream.alike > HANGOVER_TICKS:
                del self._private[person]
            stream.alike += 1

    def _protect(self, mix: Mix) -> None:
        """With the same tick for all, those who split off in it too."""
        assert self._shared is not None
        needed = any(ear.may_lose for ear in self.ears)
        quiet = self._protection.on and bool(np.abs(mix.full).max() < QUIET)
        self._protection.tick(needed=needed, quiet=quiet)
        for stream in (self._shared, *self._private.values()):
            stream.encoder.protect(self._protection.on)


@dataclass(slots=True)
class _Stream:
    """An encoder, and how long its sound has been nothing, or that of the shared one."""

    encoder: OpusEncoder
    alike: int = 0
    silent: int = 0
    packet: bytes = b""

    def encode(self, block: Sound) -> bytes:
        self.silent = 0 if block.any() else self.silent + 1
        if self.silent <= SETTLED_TICKS:
            self.packet = self.encoder.encode(block)
        return self.packet

    def split(self) -> "_Stream":
        return _Stream(self.encoder.split(), silent=self.silent, packet=self.packet)
