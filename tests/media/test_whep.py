"""WHEP sessions over real UDP: what is sent, under which header, and what a client cannot make us do."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiortc.rtp import RtcpPsfbPacket, RtcpRtpfbPacket, pack_remb_fci

from media.loss import PROVING_TICKS
from media.offer import read_offer
from media.opus import TICK
from media.peer import Address, listen_on
from media.whep import MAX_WAITING_BYTES, REPORT_TICKS, Listener
from tests.media.whep_client import Ear
from tests.waiting import until

LOOPBACK = Address("127.0.0.1", "127.0.0.1")


@dataclass
class Session:
    """Both ends of a WHEP session."""

    ear: Ear
    listener: Listener
    life: asyncio.Task[None]

    @property
    def ssrc(self) -> int:
        """Our source, as the client sees it."""
        return self.ear.packets[0].ssrc


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    listen_on([LOOPBACK])


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A connected session; both ends are closed with the context."""
    ear, listener = Ear(), Listener("ann", [LOOPBACK])
    answer = await listener.answer(read_offer(await ear.offer(), "recvonly"))
    life = asyncio.create_task(listener.live(lambda: None))
    try:
        await ear.accept(answer)
        await until(lambda: listener.connected, "our end is connected")
        yield Session(ear, listener, life)
    finally:
        await listener.close()
        await ear.close()
        await life


async def test_payloads_pass_as_they_are_numbered_and_timed_by_the_tick() -> None:
    async with session() as one:
        for number in range(5):
            one.listener.send(bytes([0xFC, number]))
        packets = await one.ear.hears(5)
        assert [packet.payload for packet in packets] == [bytes([0xFC, number]) for number in range(5)]
        first = packets[0]
        assert first.sequence_number < 2**15, "SRTP's roll-over counter is safe"
        for number, packet in enumerate(packets):
            assert packet.sequence_number == first.sequence_number + number
            assert (packet.timestamp - first.timestamp) % 2**32 == number * TICK
            assert (packet.ssrc, packet.payload_type) == (first.ssrc, 96)


async def test_a_missed_tick_is_a_lost_packet_to_the_client() -> None:
    async with session() as one:
        one.listener.send(b"\xfc\x00")
        one.listener.miss()
        one.listener.send(b"\xfc\x01")
        first, second = await one.ear.hears(2)
        assert second.sequence_number - first.sequence_number == 2
        assert (second.timestamp - first.timestamp) % 2**32 == 2 * TICK


async def test_ticks_before_the_connection_are_not_sent_but_counted_in_the_time() -> None:
    ear, listener = Ear(), Listener("", [LOOPBACK])
    listener.send(b"\xfc")
    begun = listener._timestamp
    answer = await listener.answer(read_offer(await ear.offer(), "recvonly"))
    listener.send(b"\xfc")
    assert (listener._timestamp - begun) % 2**32 == TICK
    assert "a=sendonly" in answer
    await listener.close()
    await ear.close()
    listener.send(b"\xfc")
    assert (ear.packets, listener._packets) == ([], 0)


async def test_the_answer_has_opus_with_fec() -> None:
    ear, listener = Ear(), Listener("", [Address("127.0.0.1", "203.0.113.7")])
    answer = (await listener.answer(read_offer(await ear.offer(), "recvonly"))).split("\r\n")
    await listener.close()
    await ear.close()
    (fmtp,) = (line for line in answer if line.startswith("a=fmtp:96 "))
    assert "useinbandfec=1" in fmtp
    assert "a=setup:passive" in answer
    assert any(" 203.0.113.7 " in line for line in answer if line.startswith("a=candidate:"))


async def test_a_sender_report_comes_with_the_first_packet_and_every_2_5_s_of_them() -> None:
    async with session() as one:
        for _ in range(REPORT_TICKS + 1):
            one.listener.send(b"\xfc\x00")
        await until(lambda: len(one.ear.reports) == 2, "two reports")
        await until(lambda: len(one.ear.packets) == REPORT_TICKS + 1, "all packets")
        first, second = (report.sender_info for report in one.ear.reports)
        assert (first.packet_count, second.packet_count) == (0, REPORT_TICKS)
        assert second.octet_count == 2 * REPORT_TICKS
        assert first.rtp_timestamp == one.ear.packets[0].timestamp
        assert second.rtp_timestamp == one.ear.packets[-1].timestamp
        assert one.ear.reports[0].ssrc == one.ssrc


async def test_what_the_client_reports_is_noted_and_what_it_asks_for_is_not_done() -> None:
    async with session() as one:
        one.listener.send(b"\xfc\x00")
        await until(lambda: len(one.ear.packets) == 1, "a packet")
        number = one.ear.packets[0].sequence_number
        remb = RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=pack_remb_fci(1000, [one.ssrc]))
        await one.ear.control(bytes(RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=one.ssrc, lost=[number])))
        await one.ear.control(bytes(remb))
        await one.ear.control(struct.pack("!BBHLL4sBBH", 0x8F, 206, 4, 1, 0, b"REMB", 255, 0, 0))
        await one.ear.report(0.25)
        await until(lambda: one.listener.lost == 0.25, "the report is noted")
        one.listener.send(b"\xfc\x01")
        await until(lambda: len(one.ear.packets) == 2, "the next packet, and none again")
        assert [packet.payload for packet in one.ear.packets] == [b"\xfc\x00", b"\xfc\x01"]


async def test_what_the_client_reports_tells_whether_packets_may_get_lost() -> None:
    async with session() as one:
        for _ in range(PROVING_TICKS):
            one.listener.send(b"\xfc\x00")
        await one.ear.hears(1)
        assert one.listener.may_lose, "it has not reported"
        await one.ear.report()
        await until(lambda: not one.listener.may_lose, "all has arrived")
        await one.ear.report(0.02)
        await until(lambda: one.listener.may_lose, "some is lost")


async def test_what_was_missed_here_is_not_a_loss_of_the_network() -> None:
    async with session() as one:
        for _ in range(PROVING_TICKS):
            one.listener.send(b"\xfc\x00")
        await one.ear.hears(1)
        one.listener.miss()
        await one.ear.report(0.02)
        await until(lambda: not one.listener.may_lose, "the report is taken for what it is")
        assert one.listener.lost == pytest.approx(0.02, abs=0.01)
        await one.ear.report(0.02)
        await until(lambda: one.listener.may_lose, "the next one is of the network")


async def test_a_network_that_takes_nothing_costs_packets_and_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    async with session() as one:
        one.listener.send(b"\xfc\x00")
        await until(lambda: len(one.ear.packets) == 1, "a packet")
        assert one.listener._transport is not None
        udp = one.listener._transport.transport._connection._nominated[1].protocol.transport
        with monkeypatch.context() as stuck:
            stuck.setattr(udp, "get_write_buffer_size", lambda: MAX_WAITING_BYTES + 1)
            for _ in range(10):
                one.listener.send(b"\xfc\x01")
        one.listener.send(b"\xfc\x02")
        await until(lambda: len(one.ear.packets) == 2, "the packet after them")
        assert one.listener.dropped == 10
        first, second = one.ear.packets
        assert (second.payload, second.sequence_number - first.sequence_number) == (b"\xfc\x02", 11), "a loss to see"


async def test_hanging_up_sends_nothing_more_and_tells_the_client() -> None:
    async with session() as one:
        one.listener.hang_up()
        one.listener.send(b"\xfc")
        await one.life
        await until(lambda: one.ear.connection.connectionState == "closed", "the client knows")
        assert one.ear.packets == []


async def test_a_client_that_hangs_up_ends_the_session() -> None:
    async with session() as one:
        await one.ear.close()
        await one.life


async def test_nothing_of_aiortcs_sender_runs_beside_ours() -> None:
    async with session() as one:
        sender = one.listener._connection.getSenders()[0]
        assert vars(sender)["_RTCRtpSender__rtp_task"] is None
        assert vars(sender)["_RTCRtpSender__rtcp_task"] is None
        assert sender._ssrc in one.listener._transport._rtp_router.senders  # type: ignore[union-attr]
