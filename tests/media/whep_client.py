"""A WHEP client for tests on aiortc's client side: it keeps what is sent to it, packet by packet."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtp import AnyRtcpPacket, RtcpReceiverInfo, RtcpRrPacket, RtcpSrPacket, RtpPacket

from media.opus import TICK, Sound, open_decoder
from tests.waiting import until


@dataclass
class Ear:
    """Offers to hear; `offer`, then `accept` the answer, then look at `packets`."""

    connection: RTCPeerConnection = field(default_factory=lambda: RTCPeerConnection(RTCConfiguration(iceServers=[])))
    packets: list[RtpPacket] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    """When each packet came, by the monotonic clock."""
    reports: list[RtcpSrPacket] = field(default_factory=list)

    async def offer(self) -> str:
        """The SDP offer, with this client's candidates."""
        receiver = self.connection.addTransceiver("audio", direction="recvonly").receiver
        heard_of = receiver._handle_rtcp_packet

        async def take(packet: RtpPacket, arrival_time_ms: int) -> None:
            self.packets.append(packet)
            self.arrivals.append(time.monotonic())

        async def note(packet: AnyRtcpPacket) -> None:
            if isinstance(packet, RtcpSrPacket):
                self.reports.append(packet)
            await heard_of(packet)

        receiver._handle_rtp_packet = take  # type: ignore[method-assign]
        receiver._handle_rtcp_packet = note  # type: ignore[method-assign]
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        """Connects to where the answer says."""
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await until(lambda: self.connection.connectionState == "connected", "the ear is connected")

    async def hears(self, count: int) -> list[RtpPacket]:
        """Waits for so many more packets, and answers these."""
        begun = len(self.packets)
        await until(lambda: len(self.packets) >= begun + count, f"{count} more packets")
        return self.packets[begun : begun + count]

    async def control(self, data: bytes) -> None:
        """Sends an RTCP packet."""
        await self.connection.getReceivers()[0].transport._send_rtp(data)

    async def report(self, lost: float = 0.0) -> None:
        """Sends a receiver report: of the packets since the last one this share was lost."""
        report = RtcpReceiverInfo(
            self.packets[0].ssrc,
            fraction_lost=round(lost * 256),
            packets_lost=0,
            highest_sequence=0,
            jitter=0,
            lsr=0,
            dlsr=0,
        )
        await self.control(bytes(RtcpRrPacket(ssrc=1, reports=[report])))

    async def close(self) -> None:
        """Hangs up."""
        await self.connection.close()


def decoded(packets: Sequence[RtpPacket]) -> Sound:
    """The sound of packets, in the order of their numbers. What was left out is concealed: see `left_out`."""
    ordered = sorted(packets, key=lambda packet: (packet.sequence_number - packets[0].sequence_number + 2**15) % 2**16)
    decoder = open_decoder()
    sound = [decoder.decode(ordered[0].payload)]
    for before, packet in pairwise(ordered):
        step = (packet.sequence_number - before.sequence_number) % 2**16
        assert step, "no repeat"
        assert (packet.timestamp - before.timestamp) % 2**32 == step * TICK, "numbers and times tell the same"
        sound += [decoder.conceal(TICK) for _ in range(step - 1)]
        sound.append(decoder.decode(packet.payload))
    return np.concatenate(sound)


def left_out(packets: Sequence[RtpPacket]) -> int:
    """How many are missing: a server that is late leaves them out, each one of its `late_ticks`."""
    ordered = sorted((packet.sequence_number - packets[0].sequence_number + 2**15) % 2**16 for packet in packets)
    return ordered[-1] - ordered[0] + 1 - len(packets)
