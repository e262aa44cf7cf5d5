"""WHIP sessions: microphones. RTP is taken where aiortc would begin to buffer and decode it."""

import asyncio
from collections.abc import Callable, Sequence

import aioice.ice
import aiortc.rtp
import pylibsrtp
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters
from aiortc.rtcrtpreceiver import RTCRtpReceiver, StreamStatistics
from aiortc.rtcrtptransceiver import RTCRtpTransceiver

from media.inlet import Inlet
from media.peer import OPUS, Address, Peer
from media.rtp import RtpPacket, is_rtp, parse

MAX_BITRATE = 48_000
"""Bits a second asked of the client: Opus still carries in-band FEC there."""
MAX_STREAMS = 8
"""RTP streams (SSRCs) reported on in one session; a receiver report has room for 31 (RFC 3550, 6.4.2)."""

Receive = Callable[[bytes, int, int, int], None]
"""Takes a session's Opus packets in order of arrival: payload, RTP timestamp, sequence number and source (SSRC)."""


class Speaker(Peer):
    """One WHIP session: a client that sends its microphone here."""

    direction = "recvonly"
    parameters = {"minptime": 10, "useinbandfec": 1, "maxaveragebitrate": MAX_BITRATE}  # noqa: RUF012

    ignored: int
    """RTP packets that were not of the negotiated Opus payload type, or came after the end."""

    def __init__(self, receive: Receive, addresses: Sequence[Address] = ()) -> None:
        super().__init__(addresses)
        self.ignored = 0
        self._receive = receive
        self._statistics: dict[int, StreamStatistics] = {}
        self._transport: RTCDtlsTransport | None = None
        self._inlet: Inlet | None = None
        self._protocol: aioice.ice.StunProtocol | None = None

    def _attach(self, transceiver: RTCRtpTransceiver) -> None:
        self._tap(transceiver.receiver)

    def _tap(self, receiver: RTCRtpReceiver) -> None:
        private = vars(receiver)
        self._statistics = private["_RTCRtpReceiver__remote_streams"]
        self._transport = transport = receiver.transport

        async def receive(parameters: RTCRtpReceiveParameters) -> None:
            # As aiortc's own, but without a decoder's thread for each session, which could outlive it.
            if not private["_RTCRtpReceiver__started"]:
                transport._register_rtp_receiver(receiver, parameters)
                private["_RTCRtpReceiver__rtcp_task"] = asyncio.ensure_future(receiver._run_rtcp())
                private["_RTCRtpReceiver__started"] = True

        async def take(packet: aiortc.rtp.RtpPacket, arrival_time_ms: int) -> None:
            kind, number, moment, source = packet.payload_type, packet.sequence_number, packet.timestamp, packet.ssrc
            self._take(RtpPacket(kind, number, moment, source, packet.payload))

        receiver.receive = receive  # type: ignore[method-assign]
        receiver._handle_rtp_packet = take  # type: ignore[method-assign]
        # Packets of every payload type are routed to us, or those that are not Opus could not be counted.
        transport._rtp_router.register_receiver(receiver, ssrcs=[], payload_types=list(range(128)))

    def read(self, limit: int) -> None:
        """Takes what has come, at most `limit` datagrams. Never blocks and never raises.

        Up to the first call packets are taken as they come; from then on it is to be called every tick.
        """
        if self._ended.is_set() or self._transport is None:
            return
        pair = self._transport.transport._connection._nominated.get(1)
        if self._inlet is None and pair is not None:
            self._inlet, self._protocol = Inlet(pair.protocol.transport), pair.protocol
        if self._inlet is None or self._protocol is None:
            return
        for data, address in self._inlet.read(limit):
            if is_rtp(data):
                self._unprotect(data)
            elif data:
                self._protocol.datagram_received(data, address)

    async def close(self) -> None:
        """See `Peer.close`."""
        if self._inlet:
            self._inlet.close()
        await super().close()

    def _unprotect(self, data: bytes) -> None:
        srtp = self._transport._rx_srtp if self._transport else None
        if srtp is None:
            return
        try:
            packet = parse(srtp.unprotect(data))
        except pylibsrtp.Error:
            return
        if packet is not None:
            self._take(packet)

    def _take(self, packet: RtpPacket) -> None:
        self._heard = True
        # What came through SRTP proves the connection, whatever aiortc says of its state.
        self._connected.set()
        offer = self._offer
        if offer is None or packet.payload_type != offer.payload_type or self._ended.is_set():
            self.ignored += 1
            return
        self._statistics_of(packet.ssrc).add(packet)  # type: ignore[arg-type]
        self._receive(packet.payload, packet.timestamp, packet.sequence_number, packet.ssrc)

    def _statistics_of(self, ssrc: int) -> StreamStatistics:
        """What the receiver reports go by."""
        if ssrc not in self._statistics:
            if len(self._statistics) >= MAX_STREAMS and self._transport:
                self._statistics.clear()
                self._transport._rtp_router.ssrc_table.clear()
            self._statistics[ssrc] = StreamStatistics(OPUS.clockRate)
        return self._statistics[ssrc]
