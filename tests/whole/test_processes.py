"""Several server processes on one MongoDB and one Redis: one service, also when one of them dies.

As README has it: a data folder each, with the same token.key in it, and the sound's folder shared.
"""

import asyncio
import shutil
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from app.auth import signing_key
from app.mongod import Mongod
from media.opus import SAMPLE_RATE
from tests.live.redis_server import running_redis
from tests.media.sounds import amplitude_at, steady_amplitude_at
from tests.media.whep_client import decoded
from tests.server.running import RunningServer, running, start
from tests.waiting import until
from tests.whole.following import Follower, fresh
from tests.whole.hearing import Player
from tests.whole.people import Person
from tests.whole.provider import Provider
from tests.whole.rooms import ask_for_seat, hearing, invite_in, live_space, microphones, seat

LEVEL = 0.25
HZ = 440.0
SILENT_WITHIN = 0.5
"""Seconds after a mute at another process: the way of its event through Redis."""
TAKEN_OVER_SECONDS = 12.0
"""The lease of a process that died, a round of the one that takes over, and its first segment."""
SPACES, PEOPLE, SEATS = 5, 8, 3


@dataclass
class Pair:
    """Two processes; the first is to die."""

    first: RunningServer
    second: RunningServer


@pytest.fixture(scope="module")
async def pair(tmp_path_factory: pytest.TempPathFactory, mongod: Mongod, provider: Provider) -> AsyncIterator[Pair]:
    """Processes that share database, bus, key and sound."""
    folder = tmp_path_factory.mktemp("pair")
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(running_redis())
        settings = {
            "MONGODB_URI": mongod.uri.replace("/?", "/pair?"),
            "BROADCAST_URL": redis.url,
            "MEDIA_ADDRESSES": "127.0.0.1",
            "SPEAKER_SEATS": str(SEATS),
            **provider.environment,
        }
        for name in ("first", "second"):
            prepare_data(folder, name)
        first = await start(folder / "first", **settings)
        second = await stack.enter_async_context(running(folder / "second", **settings))
        yield Pair(first, second)


def prepare_data(folder: Path, name: str) -> None:
    """A data folder of its own, but for key and sound."""
    (folder / name).mkdir()
    (folder / "audio").mkdir(exist_ok=True)
    (folder / name / "audio").symlink_to(folder / "audio")
    signing_key(folder / "token.key")
    shutil.copy(folder / "token.key", folder / name)


@pytest.fixture
def first(pair: Pair, http: httpx2.AsyncClient) -> Person:
    """Anyone at the first process."""
    return Person(http, pair.first.url)


async def test_what_happens_at_one_is_told_in_order_at_the_other(pair: Pair, first: Person, provider: Provider) -> None:
    host, guest = [await first.of_token(provider.token(name)) for name in ("host4", "guest4")]
    space_id = await live_space(host)
    followers = [Follower(guest.at(server.url), space_id) for server in (pair.first, pair.second)]
    for follower in followers:
        follower.connect()
    elsewhere = host.at(pair.second.url)
    for number in range(10):
        person = elsewhere if number % 2 else host
        await person.do("updateSpace", spaceId=space_id, title=f"Title {number}")
    await guest.at(pair.second.url).do("joinSpace", spaceId=space_id)

    async def both_agree() -> bool:
        state = await fresh(elsewhere, space_id)
        return state["listenerCount"] == 1 and all([await follower.is_at(state) for follower in followers])

    await until(both_agree, "both streams have told it all")
    assert [follower.snapshots for follower in followers] == [1, 1]
    for follower in followers:
        await follower.disconnect()


async def test_who_speaks_is_told_at_the_other_and_heard_by_whep(pair: Pair, first: Person, provider: Provider) -> None:
    host, guest = [await first.of_token(provider.token(name)) for name in ("host5", "guest5")]
    space_id = await live_space(host)
    document = "subscription ($id: ID!) { speaking(spaceId: $id) { userId isSpeaking level } }"
    elsewhere = first.at(pair.second.url)
    async with elsewhere.follow(document, id=space_id) as told:
        assert await anext(told) == []
        async with microphones(space_id, [(host, HZ)], LEVEL):
            while not (voices := await anext(told)):
                pass
            assert voices[0]["userId"] == host.id
            while not voices[0]["isSpeaking"]:
                voices = await anext(told)
            assert 0 < voices[0]["level"] <= 1
            stage = "query ($id: ID!) { space(id: $id) { stage { isSpeaking } } }"
            for person in (host, elsewhere):
                assert (await person.read(stage, id=space_id))["stage"] == [{"isSpeaking": True}]
            address = (await guest.at(pair.second.url).audio(space_id))["whepUrl"]
            assert address.startswith(pair.first.url), "who mixes it sends it"
            async with hearing(guest.http, address) as ear:
                heard = decoded(await ear.hears(60))
            assert steady_amplitude_at(heard[SAMPLE_RATE // 2 :], HZ) > LEVEL / 2
        while voices:
            voices = await anext(told)
        await host.do("endSpace", spaceId=space_id)
        with pytest.raises(StopAsyncIteration):
            await anext(told)


async def test_tokens_of_one_are_good_at_the_other(pair: Pair, first: Person) -> None:
    signed_up = await first.do("signUp", handle="both_sides", displayName="Both", password="password")
    assert (await first.at(pair.second.url).of_token(signed_up["token"])).id == signed_up["user"]["id"]


async def test_no_seat_is_given_twice_and_none_stays_empty(pair: Pair, first: Person, provider: Provider) -> None:
    names = [f"crowd_{number}" for number in range(SPACES * (PEOPLE + 2))]
    people = await asyncio.gather(*(first.of_token(provider.token(name)) for name in names))
    rooms = [people[index::SPACES] for index in range(SPACES)]
    await asyncio.gather(*(fill_the_stage(pair, *room) for room in rooms))


async def fill_the_stage(pair: Pair, host: Person, cohost: Person, *people: Person) -> None:
    """Two moderators at two processes grant all requests at once."""
    space_id = await live_space(host)
    await invite_in(space_id, host, cohost, "COHOST")
    requests = await asyncio.gather(*(ask_for_seat(space_id, person) for person in people))
    moderators = [host, cohost.at(pair.second.url)]
    codes = await asyncio.gather(
        *(
            insist(moderators[(number + turn) % 2], space_id, request_id)
            for number, request_id in enumerate(requests)
            for turn in range(2)
        )
    )
    stage = (await fresh(host, space_id))["stage"]
    assert Counter(seat["role"] for seat in stage) == {"HOST": 1, "COHOST": 1, "SPEAKER": SEATS}
    assert codes.count(None) == SEATS
    assert set(codes) <= {None, "SPEAKER_LIMIT_REACHED", "REQUEST_NOT_FOUND"}


async def insist(moderator: Person, space_id: str, request_id: str) -> str | None:
    """Grants a request, again where the server is busy; the code of the rule that said no."""
    while True:
        answer = await moderator.attempt("acceptSpeakRequest", spaceId=space_id, requestId=request_id)
        codes: list[str] = [error["code"] for error in answer["userErrors"]]
        if codes != ["BUSY"]:
            return codes[0] if codes else None


async def test_the_sound_is_one_and_goes_on_when_its_process_dies(
    pair: Pair, first: Person, provider: Provider
) -> None:
    host, speaker = [await first.of_token(provider.token(name)) for name in ("host5", "speaker5")]
    space_id = await live_space(host, recordingEnabled=True)
    await seat(space_id, host, speaker)
    elsewhere = host.at(pair.second.url)
    address = (await elsewhere.audio(space_id))["hlsUrl"]
    assert address.startswith(pair.first.url), "addresses lead to the process that mixes, whoever is asked"
    player = Player(host.http, address)
    async with microphones(space_id, [(speaker.at(pair.second.url), HZ)], LEVEL):
        speaking_since = time.time()
        await until(lambda: time.time() > speaking_since + 1, "a second of speaking")
        await elsewhere.do("muteParticipant", spaceId=space_id, userId=speaker.id)
        muted_at = time.time()
        await until(lambda: has_come_to(player, muted_at + SILENT_WITHIN + 0.3), "the listener heard the muting")
    [take] = player.listen()
    assert steady_amplitude_at(take.between(muted_at - 0.8, muted_at - 0.2), HZ) > LEVEL * 0.9
    assert amplitude_at(take.between(muted_at + SILENT_WITHIN, muted_at + SILENT_WITHIN + 0.3), HZ) < 0.001
    await check_the_second_takes_over(pair, elsewhere, speaker.at(pair.second.url), space_id)


async def has_come_to(player: Player, moment: float) -> bool:
    """Whether the listener has the sound of this Unix time."""
    await player.catch_up()
    return bool(player.takes) and player.listen()[-1].ends_at > moment


async def check_the_second_takes_over(pair: Pair, host: Person, speaker: Person, space_id: str) -> None:
    follower = Follower(host, space_id)
    follower.connect()
    await pair.first.stop(signal.SIGKILL)
    killed_at = time.monotonic()

    async def taken_over() -> bool:
        audio = await host.audio(space_id)
        return str(audio["hlsUrl"]).startswith(pair.second.url)

    await until(taken_over, "addresses lead to the second process")
    player = Player(host.http, (await host.audio(space_id))["hlsUrl"])

    async def on_air() -> bool:
        await player.catch_up()
        return len(player.takes) == 2

    await until(on_air, "on air again, after what was recorded before")
    assert time.monotonic() - killed_at < TAKEN_OVER_SECONDS
    async with microphones(space_id, [(speaker, HZ)], LEVEL):

        async def heard() -> bool:
            await player.catch_up()
            return amplitude_at(player.listen()[-1].sound[-SAMPLE_RATE // 4 :], HZ) > LEVEL / 2

        await until(heard, "the speaker is heard again")
    await host.do("endSpace", spaceId=space_id)

    async def followed() -> bool:
        return await follower.is_at(await fresh(host, space_id))

    await until(followed, "the stream has told the end")
    replay = Player(host.http, (await host.audio(space_id))["hlsUrl"])
    await replay.catch_up()
    assert replay.ended
    assert [amplitude_at(take.sound, HZ) > LEVEL / 20 for take in replay.listen()] == [True, True]
