"""WHIP sessions over real UDP: what aiortc must and must not do to us, trap by trap."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aioice.ice
import pytest

from media.offer import read_fragment, read_offer
from media.peer import MAX_DATAGRAMS, SILENT_CHECKS, Address, listen_on
from media.refusals import RefusalCode, Refused
from media.whip import MAX_STREAMS, Speaker
from tests.media.whip_client import Client
from tests.waiting import DEADLINE, until

LOOPBACK = Address("127.0.0.1", "127.0.0.1")


@dataclass
class Session:
    """Both ends of a WHIP session and what came through."""

    client: Client
    peer: Speaker
    received: list[tuple[bytes, int, int, int]]
    connections: list[bool] = field(default_factory=list)
    life: asyncio.Task[None] | None = None

    async def ended(self) -> None:
        """Waits until our end is closed."""
        assert self.life is not None
        async with asyncio.timeout(DEADLINE):
            await self.life


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    listen_on([LOOPBACK])


Mangle = Callable[[str], str]


@asynccontextmanager
async def session(mangle: Mangle = lambda offer: offer, connect: bool = True) -> AsyncIterator[Session]:
    """A session, connected unless said otherwise; both ends are closed with the context."""
    received: list[tuple[bytes, int, int, int]] = []
    client = Client()
    one = Session(client, Speaker(lambda *packet: received.append(packet), [LOOPBACK]), received)
    try:
        answer = await one.peer.answer(read_offer(mangle(await client.offer())))
        one.life = asyncio.create_task(one.peer.live(lambda: one.connections.append(True)))
        if connect:
            await client.accept(answer)
            await until(lambda: one.peer.connected, "our end is connected")
        yield one
    finally:
        await one.peer.close()
        await client.close()
        if one.life is not None:
            await one.life


async def test_packets_pass_as_they_were_sent_and_reports_go_back() -> None:
    async with session() as one:
        for sequence in range(5):
            await one.client.send(sequence, bytes([sequence]))
        await until(lambda: len(one.received) == 5, "five packets")
        assert one.received == [(bytes([n]), 960 * n, n, one.client.ssrc) for n in range(5)]
        assert one.connections == [True]

        async def reported() -> bool:
            stats = await one.client.connection.getStats()
            return any(entry.type == "remote-inbound-rtp" for entry in stats.values())

        await until(reported, "a receiver report (RTCP) reached the client")


async def test_once_read_by_the_tick_packets_come_by_that_alone_and_all_else_still_does() -> None:
    async with session() as one:
        one.peer.read(1)
        for sequence in range(5):
            await one.client.send(sequence, bytes([sequence]))
        await one.client.send_malformed_rtcp()
        for _ in range(10):
            await asyncio.sleep(0)
        assert one.received == [], "the loop is not woken for them"
        one.peer.read(2)
        assert [packet[2] for packet in one.received] == [0, 1], "no more than were asked for"
        one.peer.read(9)
        assert one.received == [(bytes([n]), 960 * n, n, one.client.ssrc) for n in range(5)]
        one.peer.read(9)
        assert len(one.received) == 5
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(read_on(one.peer))
            closing = tasks.create_task(one.client.close())
            await one.ended()
            closing.add_done_callback(lambda _: reading.cancel())
    one.peer.read(1)


async def read_on(peer: Speaker) -> None:
    """As a pipeline does."""
    while True:
        peer.read(9)
        await asyncio.sleep(0.01)


async def test_what_is_not_the_session_s_is_dropped_when_it_is_read() -> None:
    async with session() as one:
        one.peer.read(1)
        pair = one.peer._connection.getReceivers()[0].transport.transport._connection._nominated[1]
        stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for data in (b"", b"\x80", b"\x80\x60" + bytes(30), b"\x17" + bytes(20), b"\x00\x01\x00", bytes(3000)):
            stranger.sendto(data, pair.local_addr)
        stranger.close()
        await one.client.send(7)
        one.peer.read(20)
        assert [packet[2] for packet in one.received] == [7]


async def test_the_answer_rules_the_sender_and_makes_it_the_dtls_client() -> None:
    peer = Speaker(lambda *packet: None, [Address("127.0.0.1", "203.0.113.7")])
    client = Client()
    offer = await client.offer()
    assert "a=setup:actpass" in offer
    answer = (await peer.answer(read_offer(offer))).split("\r\n")
    gatherer = peer._connection.getReceivers()[0].transport.transport.iceGatherer
    assert gatherer._connection.stun_server is None, "no stranger's server is asked for our address"
    await peer.close()
    await client.close()
    assert "a=setup:passive" in answer
    assert "a=recvonly" in answer
    (fmtp,) = (line for line in answer if line.startswith("a=fmtp:96 "))
    assert "useinbandfec=1" in fmtp
    assert "maxaveragebitrate=" in fmtp
    candidates = [line for line in answer if line.startswith("a=candidate:")]
    assert len(candidates) == 1
    assert " 203.0.113.7 " in candidates[0], "what is announced, not what is bound"
    assert "127.0.0.1" not in "\n".join(answer)


async def test_every_address_of_the_machine_and_the_loopback_are_the_default() -> None:
    listen_on([])
    assert "127.0.0.1" in aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=True)


async def test_an_address_that_is_not_ours_is_a_refusal() -> None:
    listen_on([Address("192.0.2.1", "192.0.2.1")])
    with pytest.raises(Refused, match="addresses"):
        async with session():
            pass


def hidden(offer: str) -> str:
    """As browsers offer before they may use the microphone: no address but an mDNS name."""
    lines = [line for line in offer.split("\r\n") if not line.startswith(("a=candidate", "a=end-of"))]
    at = lines.index("a=rtcp-mux")
    lines[at:at] = [
        "a=candidate:1 1 udp 2130706431 5e2f8a4c-2d7b-4a0e-8a53-2a4b1b2c3d4e.local 50000 typ host",
        "a=end-of-candidates",
    ]
    return "\r\n".join(lines)


async def test_a_client_behind_local_names_connects_by_its_own_checks() -> None:
    async with session(hidden) as one:
        await one.client.send(1)
        await until(lambda: len(one.received) == 1, "a packet")


async def test_trickled_candidates_are_taken_and_an_ice_restart_is_not() -> None:
    async with session(hidden) as one:
        ours = read_offer(one.client.connection.localDescription.sdp)
        await one.peer.add_candidates(
            read_fragment(f"a=ice-ufrag:{ours.ufrag}\r\na={ours.candidates[0].line}\r\na=end-of-candidates\r\n")
        )
        with pytest.raises(Refused) as refused:
            await one.peer.add_candidates(read_fragment("a=ice-ufrag:another\r\n"))
        assert refused.value.code is RefusalCode.NOT_ACCEPTABLE
        assert one.peer.connected


async def test_what_is_not_the_negotiated_opus_is_counted_and_ignored() -> None:
    async with session() as one:
        await one.client.send(1, payload_type=0)
        await one.client.send(2, payload_type=111)
        await one.client.send(3)
        await until(lambda: len(one.received) == 1, "the Opus packet")
        assert one.peer.ignored == 2
        assert one.peer.connected


async def test_any_number_of_sources_stays_bounded() -> None:
    async with session() as one:
        for number in range(4 * MAX_STREAMS):
            await one.client.send(number, ssrc=1000 + number)
        await until(lambda: len(one.received) == 4 * MAX_STREAMS, "all packets")
        receiver = one.peer._connection.getReceivers()[0]
        assert len(vars(receiver)["_RTCRtpReceiver__remote_streams"]) <= MAX_STREAMS
        assert len(receiver.transport._rtp_router.ssrc_table) <= MAX_STREAMS


async def stray_datagrams(one: Session) -> None:
    (candidate,) = one.peer._connection.getReceivers()[0].transport.transport.iceGatherer.getLocalCandidates()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for data in (b"", b"\x80", b"\x16\xfe\xfd", b"\x00\x01\x00\x00", b"\xff" * 1500):
            stranger.sendto(data, (candidate.ip, candidate.port))


async def test_a_flood_before_the_handshake_is_not_kept() -> None:
    async with session(connect=False) as one:
        transport = one.peer._connection.getReceivers()[0].transport.transport
        for number in range(2 * MAX_DATAGRAMS):
            for protocol in transport._connection._protocols:
                protocol.datagram_received(bytes([22, number % 256]), ("192.0.2.1", 9))
        assert transport._connection._queue.qsize() <= MAX_DATAGRAMS


async def broken_control_packet(one: Session) -> None:
    await one.client.send_malformed_rtcp()


@pytest.mark.parametrize("harm", [stray_datagrams, broken_control_packet])
async def test_neither_strangers_nor_broken_packets_end_a_session(harm: Callable[[Session], Awaitable[None]]) -> None:
    async with session() as one:
        await harm(one)
        await one.client.send(1)
        await until(lambda: len(one.received) == 1, "a packet after the harm")
        assert one.peer.connected


async def test_no_decoder_of_aiortcs_runs_beside_ours() -> None:
    async with session() as one:
        await one.client.send(1)
        await until(lambda: len(one.received) == 1, "a packet")
        assert [thread.name for thread in threading.enumerate() if "decoder" in thread.name] == []


async def test_hanging_up_lets_nothing_more_through_and_tells_the_client() -> None:
    async with session() as one:
        await one.client.send(1)
        await until(lambda: len(one.received) == 1, "a packet")
        one.peer.hang_up()
        await one.client.send(2)
        await one.ended()
        assert len(one.received) == 1
        assert not one.peer.connected
        await until(lambda: one.client.connection.connectionState == "closed", "the client knows")


async def test_a_client_that_hangs_up_ends_the_session() -> None:
    async with session() as one:
        await one.client.close()
        await one.ended()


async def test_a_client_that_vanishes_ends_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.peer.CHECK_SECONDS", 0.05)
    async with session() as one:
        one.client.vanish()
        await one.ended()
        assert not one.peer.connected


async def test_a_silent_client_that_consents_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.peer.CHECK_SECONDS", 0.01)
    async with session() as one:
        one.client.count_checks(answer=True)
        await until(lambda: one.client.checks > 2 * SILENT_CHECKS, "the client has been asked often")
        assert one.peer.connected


async def test_a_client_that_sends_sound_stays_though_it_answers_no_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.peer.CHECK_SECONDS", 0.2)
    async with session() as one:
        one.client.count_checks(answer=False)
        loop = asyncio.get_running_loop()
        start, sequence = loop.time(), 0
        while loop.time() - start < 0.2 * 2 * SILENT_CHECKS:
            await one.client.send(sequence)
            sequence += 1
            await asyncio.sleep(0.02)
        await until(lambda: len(one.received) == sequence, "every packet")
        assert one.peer.connected
        await one.ended()
        assert one.client.checks > 0, "it was asked once it was silent"


async def test_an_offer_without_a_client_gives_its_port_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.peer.CONNECT_SECONDS", 0.1)
    async with session(connect=False) as one:
        gatherer = one.peer._connection.getReceivers()[0].transport.transport.iceGatherer
        (candidate,) = gatherer.getLocalCandidates()
        await one.ended()
        assert one.connections == []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.bind((candidate.ip, candidate.port))
