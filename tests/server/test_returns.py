"""The way back over real HTTP and UDP: everyone hears the others, whatever becomes of their seat."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import count

import httpx2
import numpy as np
import pytest

from media.opus import SAMPLE_RATE, TICK, Sound
from media.peer import Address, listen_on
from media.returns import HANGOVER_TICKS
from tests.media.sounds import amplitude_at, decibels, encode_opus, tone
from tests.media.whep_client import Ear, decoded, left_out
from tests.media.whip_client import Client
from tests.server.on_air import OnAir, on_air
from tests.waiting import until

SDP = {"Content-Type": "application/sdp"}
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}
TONES = {"ann": 400.0, "ben": 1000.0, "cleo": 1700.0}
LEVEL = 0.2
HEARD = 100
"""Ticks that are listened to: 2 s."""
SETTLING = 15
"""Ticks until a change is in what a client hears: the event's way, the jitter buffer, the mixer, the encoder."""
MOST = 3
WINDOW_STEP = SAMPLE_RATE // 4


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OnAir]:
    """A server that takes three listeners besides those on stage."""
    listen_on([Address("127.0.0.1", "127.0.0.1")])
    async with on_air(tmp_path_factory.mktemp("returns"), max_listeners=MOST) as running:
        yield running


async def offered(server: OnAir, url: str, client: Client | Ear) -> httpx2.Response:
    """The answer to an offer, and the client connected by it."""
    answer = await server.http.post(url, content=await client.offer(), headers=SDP)
    assert answer.status_code == 201, answer.text
    await client.accept(answer.text)
    return answer


@asynccontextmanager
async def hearing(server: OnAir, space_id: str, person_id: str = "") -> AsyncIterator[Ear]:
    """Someone who hears within the block."""
    ear = Ear()
    try:
        await offered(server, server.whep(space_id, person_id), ear)
        yield ear
    finally:
        await ear.close()


@asynccontextmanager
async def speaking(server: OnAir, space_id: str, tones: Mapping[str, float]) -> AsyncIterator[None]:
    """People whose microphones send tones within the block, all packets at their time."""
    clients = {person: Client() for person in tones}
    try:
        for person, client in clients.items():
            await offered(server, server.whip(space_id, person), client)
        async with asyncio.TaskGroup() as group:
            sending = [group.create_task(_send(client, tones[person])) for person, client in clients.items()]
            try:
                yield
            finally:
                for task in sending:
                    task.cancel()
    finally:
        for client in clients.values():
            await client.close()


async def _send(client: Client, hz: float) -> None:
    packets = encode_opus(tone(hz, 1.0, LEVEL), bit_rate=64_000)
    begun = asyncio.get_running_loop().time()
    with suppress(ConnectionError):  # whoever loses the seat is hung up
        for number in count():
            await asyncio.sleep(begun + number * TICK / 48_000 - asyncio.get_running_loop().time())
            await client.send(number, packets[number % len(packets)])


async def heard_by(server: OnAir, space_id: str, ear: Ear) -> Sound:
    """What is heard from now on, in which nothing is missing but what was late; Opus needs some ticks to get going."""
    packets = await ear.hears(SETTLING + HEARD)
    assert left_out(packets) <= await server.late_ticks(space_id)
    return decoded(packets)[SETTLING * TICK :]


def levels(sound: Sound) -> dict[str, float]:
    """How loud each of the tones is, in dB relative to the level at which it is sent."""
    return {person: decibels(amplitude_at(sound, hz) / LEVEL) for person, hz in TONES.items()}


def hears_only(sound: Sound, *people: str) -> bool:
    """Whether these people's tones are there, and 60 dB below them nobody else's: in at least a quarter of the seconds.

    A busy machine stalls a microphone now and then, and what breaks off is heard at all frequencies.
    """
    seconds = [levels(sound[start : start + SAMPLE_RATE]) for start in range(0, len(sound) - SAMPLE_RATE, WINDOW_STEP)]
    present = [min(one[person] for person in people) for one in seconds]
    others = [max(level for person, level in one.items() if person not in people) for one in seconds]
    apart = [other - own for other, own in zip(others, present, strict=True)]
    return bool(np.quantile(present, 0.75) > -6 and np.quantile(apart, 0.25) < -60)


async def encoders(server: OnAir, space_id: str, number: int) -> None:
    """Waits until so many streams are encoded: how many, does not depend on the number of ears."""

    async def at_work() -> bool:
        return (await server.live.stats())[space_id]["encoders"] == number

    await until(at_work, f"{number} encoders are at work")


async def all_heard(server: OnAir, space_id: str) -> None:
    """Waits until every microphone that is open has come through."""

    async def flows() -> bool:
        stats = await server.live.stats()
        return all(stats[f"{space_id}/{person}"]["delay_ms"] > 0 for person in TONES)

    await until(flows, "every microphone is heard")


async def test_each_of_three_speakers_hears_the_other_two_and_a_listener_all_three(server: OnAir) -> None:
    await server.stage("three", dict.fromkeys(TONES, True))
    async with speaking(server, "three", TONES), AsyncExitStack() as ears:
        await all_heard(server, "three")
        listening = {one: await ears.enter_async_context(hearing(server, "three", one)) for one in (*TONES, "")}
        sounds = await asyncio.gather(*(heard_by(server, "three", ear) for ear in listening.values()))
        for person, sound in zip(listening, sounds, strict=True):
            others = TONES.keys() - {person}
            if person:
                assert hears_only(sound, *others), (person, levels(sound))
            else:
                assert min(levels(sound).values()) > -6
        await encoders(server, "three", 4)
        assert (await server.live.stats())["three"]["ears"] == 4


async def test_a_role_that_changes_is_heard_without_connecting_anew(server: OnAir) -> None:
    """Cleo listens, gets a seat and speaks, mutes, speaks again, and steps down: on one connection."""
    seats = {"ann": True, "ben": True}
    await server.stage("roles", seats | {"cleo": True})
    async with speaking(server, "roles", TONES):
        await all_heard(server, "roles")
        await server.stage("roles", seats)
        async with hearing(server, "roles", "cleo") as ear:
            everyone = await heard_by(server, "roles", ear)
            assert hears_only(everyone, "ann", "ben"), levels(everyone)
            # The microphone was hung up with the seat: the new one is connected to the same sound.
            await server.stage("roles", seats | {"cleo": True})
            async with speaking(server, "roles", {"cleo": TONES["cleo"]}):
                await all_heard(server, "roles")
                others = await heard_by(server, "roles", ear)
                assert hears_only(others, "ann", "ben"), levels(others)
                await encoders(server, "roles", 2)
                await server.stage("roles", seats | {"cleo": False})
                muted = await heard_by(server, "roles", ear)
                assert hears_only(muted, "ann", "ben"), levels(muted)
                await server.stage("roles", seats | {"cleo": True})
                await server.stage("roles", seats)
                listener = await heard_by(server, "roles", ear)
                assert hears_only(listener, "ann", "ben"), levels(listener)
        whole = decoded(ear.packets)[SETTLING * TICK :]
        assert len(whole) > (4 * HEARD + HANGOVER_TICKS) * TICK
        assert levels(whole)["cleo"] < -60, "nothing of herself, in all of it"


async def test_a_session_is_made_trickled_and_deleted(server: OnAir) -> None:
    await server.stage("manners", {"ann": True})
    ear = Ear()
    offer = await ear.offer()
    answer = await server.http.post(server.whep("manners"), content=offer, headers=SDP)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/sdp"
    session = server.url + answer.headers["location"]
    await ear.accept(answer.text)
    await ear.hears(3)
    ufrag = next(line for line in offer.splitlines() if line.startswith("a=ice-ufrag:"))
    good = f"{ufrag}\r\na=candidate:1 1 udp 1 127.0.0.1 50000 typ host\r\n"
    tag = {"If-Match": answer.headers["etag"]}
    assert (await server.http.patch(session, content=good, headers=FRAGMENT | tag)).status_code == 204
    assert (await server.http.patch(session, content="a=ice-ufrag:other\r\n", headers=FRAGMENT)).status_code == 406
    assert (await server.http.patch(session + "x", content=good, headers=FRAGMENT)).status_code == 404
    assert ("manners", None) in server.live.listening_from()
    assert (await server.http.delete(session)).status_code == 200
    await until(lambda: ear.connection.connectionState == "closed", "the client is hung up")
    await until(lambda: ("manners", None) not in server.live.listening_from(), "the session is over")
    assert (await server.http.delete(session)).status_code == 200, "gone already is no error"


async def test_what_is_no_offer_to_hear_is_refused(server: OnAir) -> None:
    await server.stage("refusals", {"ann": True})
    microphone, ear = Client(), Ear()
    sends, hears = await microphone.offer(), await ear.offer()
    await microphone.close()
    await ear.close()
    cases = [
        (server.whep("refusals"), "garbage", SDP, 400),
        (server.whep("refusals"), sends, SDP, 406),
        (server.whep("refusals"), hears.replace("m=audio", "m=video"), SDP, 406),
        (server.whep("refusals"), hears, {"Content-Type": "text/plain"}, 415),
        (server.whip("refusals", "ann"), hears, SDP, 406),
        (server.whip("refusals", "ann").replace("/whip", "/whep"), hears, SDP, 403),
        (f"{server.url}/audio/forged/whep", hears, SDP, 401),
        (server.whep("nowhere"), hears, SDP, 404),
    ]
    for url, body, headers, status in cases:
        answer = await server.http.post(url, content=body, headers=headers)
        assert answer.status_code == status, (url, answer.text)
        assert answer.text.count("\n") == 1


async def test_there_is_room_for_so_many_listeners_and_always_for_those_on_stage(server: OnAir) -> None:
    await server.stage("full", {"ann": True})
    async with AsyncExitStack() as ears:
        for number in range(MOST):
            await ears.enter_async_context(hearing(server, "full", f"listener-{number}"))
        refused = Ear()
        answer = await server.http.post(server.whep("full"), content=await refused.offer(), headers=SDP)
        await refused.close()
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        await ears.enter_async_context(hearing(server, "full", "ann"))
        # Someone's second ear takes the place of the first, so that there is room for it.
        first_of = set(server.live.listening_from())
        await ears.enter_async_context(hearing(server, "full", "listener-0"))
        assert set(server.live.listening_from()) == first_of
        await server.stage("full", {})
        answer = await server.http.post(server.whep("full", "ben"), content=await _offer_of_another(), headers=SDP)
        assert answer.status_code == 503, "who left the stage is a listener, and counts"
        await server.end("full")


async def _offer_of_another() -> str:
    ear = Ear()
    offer = await ear.offer()
    await ear.close()
    return offer


async def test_the_newer_of_a_person_s_two_ears_replaces_the_older(server: OnAir) -> None:
    await server.stage("devices", {"ann": True})
    async with hearing(server, "devices", "ben") as first:
        await first.hears(3)
        async with hearing(server, "devices", "ben") as second:
            await until(lambda: first.connection.connectionState == "closed", "the older one is hung up")
            await second.hears(3)


async def test_everyone_is_hung_up_when_the_space_ends(server: OnAir) -> None:
    await server.stage("end", {"ann": True})
    async with hearing(server, "end", "ann") as ear, hearing(server, "end") as anonymous:
        await ear.hears(3)
        await server.end("end")
        for one in (ear, anonymous):
            await until(lambda one=one: one.connection.connectionState == "closed", "hung up")  # type: ignore[misc]
        assert {one for one in server.live.listening_from() if one[0] == "end"} == set()


async def test_voices_are_told_as_people_speak_and_stop(server: OnAir) -> None:
    await server.stage("voices", {"ann": True, "ben": True})
    told: list[dict[str, bool]] = []

    async def listen() -> None:
        async with server.live.voices() as changes:
            async for space_id, voices in changes:
                if space_id == "voices":
                    told.append({one.person_id: one.speaking for one in voices.heard})

    listening = asyncio.create_task(listen())
    try:
        async with speaking(server, "voices", {"ann": TONES["ann"]}):
            await until(lambda: {"ann": True} in told, "ann speaks")
        await until(lambda: told[-1] == {}, "ann has stopped")
        assert all("ben" not in one for one in told)
    finally:
        listening.cancel()
        await asyncio.wait([listening])
