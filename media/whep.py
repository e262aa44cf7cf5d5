"""WHEP sessions: ears. Every tick's shared Opus packet goes out under each session's own RTP header."""

import struct
from collections.abc import Sequence
from typing import Any, Final

import aioice.ice
import pylibsrtp
from aiortc import clock
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpSendParameters
from aiortc.rtcrtpsender import random_sequence_number
from aiortc.rtcrtptransceiver import RTCRtpTransceiver
from aiortc.rtp import (
    AnyRtcpPacket,
    RtcpRrPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
)
from aiortc.utils import random32

from media.loss import Losses
from media.opus import TICK
from media.peer import Address, Peer

REPORT_TICKS: Final = 125
"""A sender report with the first packet, and one every 2.5 s."""
MAX_WAITING_BYTES: Final = 16 * 1024
"""What may wait for the network in one session; packets beyond it are dropped, so that none comes late."""


class Listener(Peer):
    """One WHEP session: a client that hears what is sent here."""

    direction = "sendonly"
    parameters = {"minptime": 20, "useinbandfec": 1, "stereo": 0}  # noqa: RUF012

    dropped: int
    """Packets that were not sent, because the network did not take those before."""
    lost: float
    """The share of packets that did not arrive, as the client reported last."""

    def __init__(self, person_id: str, addresses: Sequence[Address] = ()) -> None:
        super().__init__(addresses)
        self.dropped = 0
        self.lost = 0.0
        self._losses = Losses()
        self._missed = False  # since the last report
        self._person_id = person_id
        self._transport: RTCDtlsTransport | None = None
        self._ssrc = 0
        self._cname = ""
        # In the lower half, so that SRTP's roll-over counter cannot be misjudged when the first packets are lost.
        self._sequence = random_sequence_number()
        self._timestamp = random32()
        self._packets = self._bytes = 0

    @property
    def person_id(self) -> str:
        """See `media.returns.Ear`."""
        return self._person_id

    @property
    def may_lose(self) -> bool:
        """See `media.returns.Ear`."""
        return self._losses.likely

    def send(self, payload: bytes) -> None:
        """See `media.returns.Ear`; before the client is connected, and after the end, nothing is sent."""
        if not self.connected or self._offer is None:
            self._pass()
            return
        if self._packets % REPORT_TICKS == 0:
            self._transmit(self._report(), control=True)
        header = struct.pack("!BBHLL", 0x80, self._offer.payload_type, self._sequence, self._timestamp, self._ssrc)
        self._transmit(header + payload)
        # A packet that was dropped is a lost one to the client: the next one carries its sound once more.
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._pass()
        self._packets += 1
        self._bytes += len(payload)

    def miss(self) -> None:
        """See `media.returns.Ear`."""
        self._missed = True
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._pass()

    def _pass(self) -> None:
        """A tick has passed, whether or not anything was sent of it."""
        self._timestamp = (self._timestamp + TICK) & 0xFFFFFFFF
        self._losses.tick()

    def _attach(self, transceiver: RTCRtpTransceiver) -> None:
        sender = transceiver.sender
        self._transport, self._ssrc = sender.transport, sender._ssrc

        async def begin(parameters: RTCRtpSendParameters) -> None:
            # Only what routes the client's reports to us: no task, no encoder, no history to send again from.
            self._cname = parameters.rtcp.cname or ""
            sender.transport._register_rtp_sender(sender, parameters)

        sender.send = begin  # type: ignore[method-assign]
        sender._handle_rtcp_packet = self._heard_of  # type: ignore[method-assign]

    async def _heard_of(self, packet: AnyRtcpPacket) -> None:
        """Reports are noted; requests for repetition (NACK), key frames or another bit rate (REMB) are not followed."""
        self._heard = True
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                if report.ssrc == self._ssrc:
                    self.lost = report.fraction_lost / 256
                    # What we left out ourselves, being late, says nothing of the network, and FEC would make us later.
                    self._losses.reported(0 if self._missed else self.lost)
                    self._missed = False

    def _report(self) -> bytes:
        """A sender report: which moment the next packet's timestamp is of."""
        info = RtcpSenderInfo(
            ntp_timestamp=clock.current_ntp_time(),
            rtp_timestamp=self._timestamp,
            packet_count=self._packets & 0xFFFFFFFF,
            octet_count=self._bytes & 0xFFFFFFFF,
        )
        source = RtcpSourceInfo(ssrc=self._ssrc, items=[(1, self._cname.encode())])
        return bytes(RtcpSrPacket(ssrc=self._ssrc, sender_info=info)) + bytes(RtcpSdesPacket(chunks=[source]))

    def _transmit(self, data: bytes, *, control: bool = False) -> None:
        """Protects and sends a datagram at once, or drops it."""
        transport = self._transport
        pair = transport.transport._connection._nominated.get(1) if transport else None
        if transport is None or pair is None or _is_stuck(pair):
            self.dropped += 1
            return
        try:
            srtp = transport._tx_srtp
            protected = srtp.protect_rtcp(data) if control else srtp.protect(data)
        except pylibsrtp.Error:
            self.dropped += 1
            return
        pair.protocol.transport.sendto(protected, pair.remote_addr)


def _is_stuck(pair: aioice.ice.CandidatePair) -> bool:
    # It is asyncio's own transport, which says more of itself than DatagramTransport does.
    udp: Any = pair.protocol.transport
    return bool(udp.is_closing() or udp.get_write_buffer_size() > MAX_WAITING_BYTES)
