"""Sessions on aiortc's ICE, DTLS, SRTP and RTP: its names and its traps stay here and in `whip` and `whep`."""

import asyncio
import logging
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import aioice.ice
import aioice.stun
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport, SRTPProtectionProfile
from aiortc.rtcicetransport import RTCIceCandidate, RTCIceTransport
from aiortc.rtcrtpparameters import RTCRtpCodecCapability
from aiortc.rtcrtptransceiver import RTCRtpTransceiver
from OpenSSL import SSL

from media.offer import MAX_CANDIDATES, Candidate, Fragment, Offer
from media.refusals import RefusalCode, Refused

CONNECT_SECONDS = 15.0
"""A session whose client has not connected by then is closed: an offer alone costs sockets."""
SILENT_CHECKS = 3
CHECK_SECONDS = 2.0
"""A client that has vanished is found after about 7 s; by aioice's own consent checks (RFC 7675) after 31 s."""
CLOSE_SECONDS = 2.0
"""How long saying goodbye to a client may take."""
MAX_DATAGRAMS = 256
"""Datagrams kept for a session that does not keep up: about a second of sound and its control packets."""

OPUS = RTCRtpCodecCapability(mimeType="audio/opus", clockRate=48_000, channels=2)

Parameters = Mapping[str, int]
"""Format parameters of Opus (RFC 7587, 6.1)."""

RtcpHandler = Callable[[bytes], Coroutine[Any, Any, None]]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Address:
    """Where sessions listen: an address of this machine, and how clients see it, if that differs (NAT)."""

    bind: str
    announced: str

    @classmethod
    def parse(cls, text: str) -> "Address":
        """`10.0.0.5`, or `10.0.0.5=203.0.113.7` where clients reach 10.0.0.5 as 203.0.113.7."""
        bind, _, announced = text.partition("=")
        return cls(bind, announced or bind)


def listen_on(addresses: Sequence[Address]) -> None:
    """Sets, for this whole process, where sessions listen.

    With no address given: every one of this machine, and the loopback, which aioice leaves out.
    """
    chosen = [address.bind for address in addresses] or [
        *_machine_addresses(use_ipv4=True, use_ipv6=True),
        "127.0.0.1",
    ]
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: list(chosen)


_machine_addresses = aioice.ice.get_host_addresses


class _Certificate(RTCCertificate):
    """aiortc's certificate, with ciphers for clients that are DTLS servers with an RSA key.

    FFmpeg on GnuTLS needs a key given to it: its own are on the curve P-224, which OpenSSL has no more.
    """

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        context = super()._create_ssl_context(srtp_profiles)
        context.set_cipher_list(
            b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
            b"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305"
        )
        return context


class Peer(ABC):
    """One session with a client that sends or hears one stream of Opus.

    `answer` once, then run `live` as a task: it ends when the session has, whoever ended it, and has then
    given back every socket and task. `hang_up` may be called at any time, and twice.
    """

    direction: ClassVar[str]
    """Ours: `recvonly` or `sendonly`."""
    parameters: ClassVar[Parameters]
    """What the answer asks of Opus: it rules the client."""

    def __init__(self, addresses: Sequence[Address] = ()) -> None:
        self._announced = {address.bind: address.announced for address in addresses}
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        vars(self._connection)["_RTCPeerConnection__certificates"] = [_Certificate.generateCertificate()]
        self._connection.on("connectionstatechange", self._state_changed)
        self._connected = asyncio.Event()
        self._ended = asyncio.Event()
        self._offer: Offer | None = None
        self._candidates = 0
        self._heard = False

    @property
    def connected(self) -> bool:
        """Whether ICE and DTLS are done and the session has not ended."""
        return self._connected.is_set() and not self._ended.is_set()

    async def answer(self, offer: Offer) -> str:
        """The SDP answer, with our candidates; the session is reachable when this returns.

        Raises `Refused` (FAILED) where no configured address can be listened on. Where it raises or is
        cancelled, `close` is to be called in place of `live`.
        """
        self._offer = offer
        self._candidates = len(offer.candidates)
        transceiver = self._connection.addTransceiver("audio", direction=self.direction)
        transceiver.setCodecPreferences([OPUS])
        self._fence(transceiver.receiver.transport)
        self._attach(transceiver)
        await self._connection.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
        (codec,) = transceiver._codecs
        codec.parameters = dict(self.parameters)
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        if not transceiver.receiver.transport.transport.iceGatherer.getLocalCandidates():
            raise Refused(RefusalCode.FAILED, "None of the configured media addresses is of this machine.")
        return self._as_announced(self._connection.localDescription.sdp)

    async def add_candidates(self, fragment: Fragment) -> None:
        """Tries more addresses of the client (trickle ICE); beyond MAX_CANDIDATES in all they are ignored.

        Raises `Refused` (NOT_ACCEPTABLE) for another ufrag: that is an ICE restart, which we do not do.
        """
        if self._offer is None or fragment.ufrag not in (None, self._offer.ufrag):
            raise Refused(RefusalCode.NOT_ACCEPTABLE, "ICE restarts are not supported: make a new offer.")
        for candidate in fragment.candidates[: MAX_CANDIDATES - self._candidates]:
            self._candidates += 1
            await self._connection.addIceCandidate(_ice_candidate(candidate, self._offer.mid))

    async def live(self, on_connected: Callable[[], None]) -> None:
        """Until the session has ended, and is closed: by `hang_up`, by the client or by its silence on ICE."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._connected.wait()
            if not self._ended.is_set():
                on_connected()
            await self._ended.wait()
        except TimeoutError:
            log.warning("A client made an offer and did not connect within %.0f s.", CONNECT_SECONDS)
        finally:
            await self.close()

    def hang_up(self) -> None:
        """Ends the session: from now on no packet is passed on, and `live` closes the rest."""
        self._ended.set()
        self._connected.set()

    async def close(self) -> None:
        """Closes sockets and tasks, within CLOSE_SECONDS; safe to call twice."""
        self.hang_up()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._connection.close()
        except TimeoutError:
            log.warning("A session did not close within %.0f s.", CLOSE_SECONDS)

    def _state_changed(self) -> None:
        state = self._connection.connectionState
        if state == "connected":
            self._connected.set()
        elif state in ("failed", "closed"):
            self.hang_up()

    def _as_announced(self, sdp: str) -> str:
        """The answer with the addresses that clients can reach, in its candidates and connection line."""
        lines = []
        for line in sdp.split("\r\n"):
            words = line.split(" ")
            if line.startswith(("a=candidate:", "c=IN ")):
                words = [self._announced.get(word, word) for word in words]
            lines.append(" ".join(words))
        return "\r\n".join(lines)

    @abstractmethod
    def _attach(self, transceiver: RTCRtpTransceiver) -> None:
        """Takes the place of what aiortc would do with the stream."""

    def _fence(self, transport: RTCDtlsTransport) -> None:
        """Fends off what would stop the session's pump, and finds out who is gone in our own way."""
        transport._handle_rtcp_data = _tolerant(transport._handle_rtcp_data)  # type: ignore[method-assign, assignment]
        _guard_datagrams(transport.transport)
        connection = transport.transport._connection
        connection.query_consent = partial(self._until_silent, connection)  # type: ignore[method-assign]

    async def _until_silent(self, connection: aioice.ice.Connection) -> None:
        """In place of aioice's consent checks: whoever sends sound is there, though it answers none, as FFmpeg does."""
        silent = 0
        while silent < SILENT_CHECKS:
            self._heard = False
            await asyncio.sleep(CHECK_SECONDS)
            silent = 0 if self._heard or await _consents(connection) else silent + 1
        connection._query_consent_task = None
        await connection.close()


def _tolerant(handle: RtcpHandler) -> RtcpHandler:
    """`handle`, but a truncated RTCP packet is dropped: aiortc's parser lets struct.error end the session."""

    async def handled(data: bytes) -> None:
        try:
            await handle(data)
        except struct.error:
            log.debug("A malformed RTCP packet was dropped.")

    return handled


async def _consents(connection: aioice.ice.Connection) -> bool:
    """Whether the client answers a check of RFC 7675, 5.1 on the address it uses."""
    key = (connection.remote_password or "").encode()
    for pair in connection._nominated.values():
        request = connection.build_request(pair, nominate=False)
        try:
            await pair.protocol.request(request, pair.remote_addr, integrity_key=key, retransmissions=0)
        except aioice.stun.TransactionError:
            return False
    return True


def _guard_datagrams(transport: RTCIceTransport) -> None:
    """Drops what strangers could harm a session with: empty datagrams, which aiortc trips over, and floods."""
    connection = transport._connection
    received = connection.data_received

    def guarded(data: bytes, component: int) -> None:
        if data and connection._queue.qsize() < MAX_DATAGRAMS:
            received(data, component)

    connection.data_received = guarded  # type: ignore[method-assign]


def _ice_candidate(candidate: Candidate, mid: str) -> RTCIceCandidate:
    return RTCIceCandidate(
        component=candidate.component,
        foundation=candidate.foundation,
        ip=candidate.address,
        port=candidate.port,
        priority=candidate.priority,
        protocol="udp",
        type=candidate.kind,
        sdpMid=mid,
    )
