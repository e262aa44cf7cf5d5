"""WHIP sessions: microphones. RTP is taken where aiortc would begin to buffer and decode it."""

import asyncio
from collections.abc import Callable, Sequence

from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters
from aiortc.rtcrtpreceiver import RTCRtpReceiver, StreamStatistics
from aiortc.rtcrtptransceiver import RTCRtpTransceiver
from aiortc.rtp import RtpPacket

from media.peer import OPUS, Address, Peer

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

    def _attach(self, transceiver: RTCRtpTransceiver) -> None:
        self._tap(transceiver.receiver)

    def _tap(self, receiver: RTCRtpReceiver) -> None:
        private = vars(receiver)
        statistics: dict[int, StreamStatistics] = private["_RTCRtpReceiver__remote_streams"]
        transport = receiver.transport

        async def receive(parameters: RTCRtpReceiveParameters) -> None:
            # As aiortc's own, but without a decoder's thread for each session, which could outlive it.
            if not private["_RTCRtpReceiver__started"]:
                transport._register_rtp_receiver(receiver, parameters)
                private["_RTCRtpReceiver__rtcp_task"] = asyncio.ensure_future(receiver._run_rtcp())
                private["_RTCRtpReceiver__started"] = True

        async def take(packet: RtpPacket, arrival_time_ms: int) -> None:
            self._take(packet, statistics, transport)

        receiver.receive = receive  # type: ignore[method-assign]
        receiver._handle_rtp_packet = take  # type: ignore[method-assign]
        # Packets of every payload type are routed to us, or those that are not Opus could not be counted.
        transport._rtp_router.register_receiver(receiver, ssrcs=[], payload_types=list(range(128)))

    def _take(self, packet: RtpPacket, statistics: dict[int, StreamStatistics], transport: RTCDtlsTransport) -> None:
        self._heard = True
        # What came through SRTP proves the connection, whatever aiortc says of its state.
        self._connected.set()
        offer = self._offer
        if offer is None or packet.payload_type != offer.payload_type or self._ended.is_set():
            self.ignored += 1
            return
        if packet.ssrc not in statistics:
            if len(statistics) >= MAX_STREAMS:
                statistics.clear()
                transport._rtp_router.ssrc_table.clear()
            statistics[packet.ssrc] = StreamStatistics(OPUS.clockRate)
        statistics[packet.ssrc].add(packet)
        self._receive(packet.payload, packet.timestamp, packet.sequence_number, packet.ssrc)
