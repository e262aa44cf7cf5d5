"""Hearing by WHEP on the real server: by whom it may be, and until their right to it is gone."""

import asyncio

import httpx2

from tests.media.call_client import calling
from tests.media.sounds import encode_opus, tone
from tests.media.whep_client import Ear
from tests.waiting import until
from tests.whole.conftest import Newcomer
from tests.whole.people import Person
from tests.whole.rooms import hearing, live_space, microphones, seat

SDP = {"Content-Type": "application/sdp"}


async def closed(ear: Ear) -> None:
    """Waits until the server has hung up."""
    await until(lambda: ear.connection.connectionState == "closed", "the ear is hung up")


async def refused(http: httpx2.AsyncClient, address: str) -> int:
    """The status of an offer that is not taken."""
    ear = Ear()
    answer = await http.post(address, content=await ear.offer(), headers=SDP)
    await ear.close()
    return answer.status_code


async def test_a_block_a_log_out_and_the_end_hang_up_at_once_and_nobody_else(
    newcomer: Newcomer, anyone: Person, http: httpx2.AsyncClient
) -> None:
    host, blocked, leaving = [await newcomer(name) for name in ("host", "blocked", "leaving")]
    space_id = await live_space(host)
    addresses = [(await person.audio(space_id))["whepUrl"] for person in (host, blocked, leaving, anyone)]
    async with (
        hearing(http, addresses[0]) as hosts,
        hearing(http, addresses[1]) as blockeds,
        hearing(http, addresses[2]) as leavings,
        hearing(http, addresses[3]) as anyones,
    ):
        await asyncio.gather(*(ear.hears(5) for ear in (hosts, blockeds, leavings, anyones)))
        await host.read("mutation ($id: ID!) { block(input: {userId: $id}) { userErrors { code } } }", id=blocked.id)
        await closed(blockeds)
        assert await refused(http, addresses[1]) == 403
        await leaving.do("logOut")
        await closed(leavings)
        assert await refused(http, addresses[2]) == 401
        await asyncio.gather(*(ear.hears(25) for ear in (hosts, anyones)))
        await host.do("endSpace", spaceId=space_id)
        await closed(hosts)
        await closed(anyones)
    assert await refused(http, addresses[0]) == 403


async def test_a_call_ends_as_whip_and_whep_do_and_says_why(newcomer: Newcomer, anyone: Person) -> None:
    host, blocked, leaving = [await newcomer(name) for name in ("host", "blocked", "leaving")]
    space_id = await live_space(host)
    await seat(space_id, host, leaving)
    addresses = [(await person.audio(space_id))["socketUrl"] for person in (host, blocked, leaving, anyone)]
    document = "subscription ($id: ID!) { speaking(spaceId: $id) { userId isSpeaking } }"
    async with (
        calling(addresses[0]) as hosts,
        calling(addresses[1]) as blockeds,
        calling(addresses[2]) as leavings,
        calling(addresses[3]) as anyones,
        anyone.follow(document, id=space_id) as told,
    ):
        await asyncio.gather(*(call.hears(5) for call in (hosts, blockeds, leavings, anyones)))
        await host.do("setMuted", spaceId=space_id, muted=False)
        await until(lambda: hosts.microphone() == "open", "the host knows")
        speaking = asyncio.create_task(hosts.send_in_time(encode_opus(tone(440.0, 1.0, 0.2))))
        while not any(voice["isSpeaking"] and voice["userId"] == host.id for voice in await anext(told)):
            pass
        await host.read("mutation ($id: ID!) { block(input: {userId: $id}) { userErrors { code } } }", id=blocked.id)
        assert await blockeds.ends() == 4403
        await leaving.do("logOut")
        assert await leavings.ends() == 4401
        await asyncio.gather(hosts.hears(5), anyones.hears(5))
        await host.do("endSpace", spaceId=space_id)
        assert [await hosts.ends(), await anyones.ends()] == [4403, 4403]
        await speaking


async def test_a_log_out_takes_the_microphone_too(newcomer: Newcomer, anyone: Person) -> None:
    host = await newcomer("host")
    space_id = await live_space(host)
    document = "subscription ($id: ID!) { speaking(spaceId: $id) { isSpeaking } }"
    async with anyone.follow(document, id=space_id) as told, microphones(space_id, [(host, 440.0)], 0.2):
        while not any(voice["isSpeaking"] for voice in await anext(told)):
            pass
        await host.do("logOut")
        while any(voice["isSpeaking"] for voice in await anext(told)):
            pass
