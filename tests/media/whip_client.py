"""A WHIP client for tests on aiortc's client side: it sends whatever RTP a test wants."""

import asyncio
import struct
import time
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtp import RtpPacket

from tests.waiting import DEADLINE, until

PACKET_SECONDS = 0.02


@dataclass
class Client:
    """Offers one microphone; `offer`, then `accept` the answer, then `send`."""

    connection: RTCPeerConnection = field(default_factory=lambda: RTCPeerConnection(RTCConfiguration(iceServers=[])))

    checks: int = 0

    async def offer(self) -> str:
        """The SDP offer, with this client's candidates."""
        self.connection.addTransceiver("audio", direction="sendonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        """Connects to where the answer says."""
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await until(lambda: self.connection.connectionState == "connected", "the client is connected")

    @property
    def ssrc(self) -> int:
        """The source its reports speak of."""
        return self.connection.getSenders()[0]._ssrc

    async def send(
        self, sequence: int, payload: bytes = b"\xfc", *, payload_type: int = 96, ssrc: int | None = None
    ) -> None:
        """Sends one RTP packet, 20 ms after the one of the sequence number before."""
        packet = RtpPacket(payload_type, 0, sequence, sequence * 960, self.ssrc if ssrc is None else ssrc, payload)
        await self.connection.getSenders()[0].transport._send_rtp(packet.serialize())

    async def send_in_time(self, payloads: Sequence[bytes], lost: Container[int] = ()) -> None:
        """Sends one packet every 20 ms, as a microphone does, but for those that get lost on the way."""
        start = time.monotonic()
        for sequence, payload in enumerate(payloads):
            await asyncio.sleep(start + sequence * PACKET_SECONDS - time.monotonic())
            if sequence not in lost:
                await self.send(sequence, payload)

    async def send_malformed_rtcp(self) -> None:
        """Sends a REMB (PSFB, format 15) that promises 255 sources and holds none."""
        remb = struct.pack("!BBHLL4sBBH", 0x8F, 206, 4, self.ssrc, 0, b"REMB", 255, 0, 0)
        await self.connection.getSenders()[0].transport._send_rtp(remb)

    def count_checks(self, *, answer: bool) -> None:
        """Counts the STUN requests of the server from now on; without answers it behaves as FFmpeg does."""
        ice = self.connection.getSenders()[0].transport.transport._connection
        answered = ice.request_received

        def received(*request: Any) -> None:
            self.checks += 1
            if answer:
                answered(*request)

        ice.request_received = received  # type: ignore[method-assign, assignment]

    def vanish(self) -> None:
        """Stops answering without a word, as a phone that lost its network."""
        for protocol in self.connection.getSenders()[0].transport.transport._connection._protocols:
            protocol.transport.abort()

    async def close(self) -> None:
        """Hangs up."""
        async with asyncio.timeout(DEADLINE):
            await self.connection.close()
