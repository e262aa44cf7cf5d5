"""Several server processes on one MongoDB and one Redis: one service, also when one of them dies."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator

import httpx2
import pytest

from app.demo.client import ApiError
from app.mongod import Mongod
from media.opus import SAMPLE_RATE
from tests.media.sounds import amplitude_at, steady_amplitude_at
from tests.media.whep_client import decoded
from tests.waiting import DEADLINE, until
from tests.whole.following import Follower, fresh, next_news
from tests.whole.hearing import Player, hears, loudest
from tests.whole.pairs import Pair, pairing
from tests.whole.people import Json, Person
from tests.whole.provider import Provider
from tests.whole.removing import EVENTS, LOG, REACTIONS, REPORTS, VIEWER_EVENTS, accept, check_doors, read_on, remove
from tests.whole.rooms import ask_for_seat, hearing, invite, invite_in, live_space, microphones, seat
from tests.whole.test_recording import clip_when_recorded

LEVEL = 0.25
HZ = 440.0
SILENT_WITHIN = 0.5
"""Seconds after a mute at another process: the way of its event through Redis."""
SPACES, PEOPLE, SEATS = 5, 8, 3


@pytest.fixture(scope="module")
async def pair(tmp_path_factory: pytest.TempPathFactory, mongod: Mongod, provider: Provider) -> AsyncIterator[Pair]:
    """Processes with few seats, of which the first is to die."""
    settings = {"SPEAKER_SEATS": str(SEATS), "OPERATORS": "Operator6", **provider.environment}
    async with pairing(tmp_path_factory.mktemp("pair"), mongod, **settings) as one:
        yield one
        complaints = one.second.complaints
    assert "Traceback" not in complaints


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
                # A mixer that is late leaves sound out.
                while steady_amplitude_at(decoded(await ear.hears(60))[SAMPLE_RATE // 2 :], HZ) <= LEVEL / 2:
                    pass
        while voices:
            voices = await anext(told)
        await host.do("endSpace", spaceId=space_id)
        with pytest.raises(StopAsyncIteration):
            await anext(told)


async def test_what_is_written_at_one_is_told_read_and_limited_at_the_other(
    pair: Pair, first: Person, provider: Provider
) -> None:
    writer, reader = [await first.of_token(provider.token(name)) for name in ("writer5", "reader5")]
    elsewhere, here = writer.at(pair.second.url), writer
    await reader.do("follow", userId=writer.id)
    tries = [by.do("createPost", text="Tides rise.", idempotencyKey="k") for by in (here, elsewhere) * 4]
    [post_id] = {one["post"]["id"] for one in await asyncio.gather(*tries)}
    timeline = await reader.at(pair.second.url).read("{ timeline(first: 9) { edges { node { id } } } }")
    assert [one["node"]["id"] for one in timeline["edges"]] == [post_id]
    told = """subscription { viewerEvents { __typename ... on DirectMessageReceived { message { id text } }
      ... on ConversationRead { conversation { unreadCount } } } }"""
    async with reader.at(pair.second.url).follow(told) as events:
        await anext(events)
        await here.do("sendDirectMessage", userIds=[reader.id], text="Come!")
        message = (await next_news(events))["message"]
        assert message["text"] == "Come!"
        await reader.do("markConversationRead", userId=writer.id, messageId=message["id"])
        assert (await next_news(events))["conversation"] == {"unreadCount": 0}
    crowd = [(await first.of_token(provider.token(f"crowd5_{number}"))).id for number in range(20)]
    sends = [by.attempt("sendDirectMessage", userIds=crowd, text="Buy!") for by in (here, elsewhere) * 4]
    assert sum(len(one["messages"]) for one in await asyncio.gather(*sends)) == 80


async def test_a_space_bar_at_one_follows_what_happens_at_the_other(
    pair: Pair, first: Person, provider: Provider
) -> None:
    host, fan, listener = [await first.of_token(provider.token(name)) for name in ("host6", "fan6", "listener6")]
    elsewhere = host.at(pair.second.url)
    await fan.do("follow", userId=host.id)
    bar = "subscription { spaceBarUpdated { space { id } reasons { role } } }"
    async with asyncio.timeout(DEADLINE), fan.follow(bar) as bars:
        assert await anext(bars) == []
        space_id = await live_space(elsewhere)
        [entry] = await anext(bars)
        assert (entry["space"]["id"], [one["role"] for one in entry["reasons"]]) == (space_id, ["HOST"])
        await fan.at(pair.second.url).do("follow", userId=listener.id)
        await listener.at(pair.second.url).do("joinSpace", spaceId=space_id)
        await listener.at(pair.second.url).do("updateSettings", listeningVisibility=True)
        [entry] = await anext(bars)
        assert [one["role"] for one in entry["reasons"]] == ["HOST", "LISTENER"]
        await elsewhere.do("endSpace", spaceId=space_id)
        assert await anext(bars) == []


async def test_tokens_of_one_are_good_at_the_other(pair: Pair, first: Person) -> None:
    signed_up = await first.do("signUp", handle="both_sides", displayName="Both", password="password")
    assert (await first.at(pair.second.url).of_token(signed_up["token"])).id == signed_up["user"]["id"]


async def test_what_is_repeated_at_the_other_is_done_once(pair: Pair, first: Person, provider: Provider) -> None:
    host = await first.of_token(provider.token("host5"))
    both = [host, host.at(pair.second.url)] * 3

    async def at_both(mutation: str, **input: str) -> Json:
        answers = await asyncio.gather(*(person.do(mutation, **input) for person in both))
        ids = {tuple(one["id"] for one in answer.values() if one) for answer in answers}
        assert len(ids) == 1, f"{mutation} was done {len(ids)} times"
        return answers[0]

    await host.do("updateSpaceDefaults", recordingEnabled=True)
    space = (await at_both("createSpace", title="Once", idempotencyKey="k"))["space"]
    await host.do("startSpace", spaceId=space["id"])
    await clip_when_recorded(host, space["id"], durationMs=100)
    files = pair.first.data / "audio" / "clips"
    before = set(files.iterdir())
    clip = (await at_both("createClip", spaceId=space["id"], idempotencyKey="k"))["clip"]
    [cut] = set(files.iterdir()) - before
    post = (await at_both("publishClip", clipId=clip["id"], comment="Listen"))["post"]
    assert post["card"]["id"] == clip["id"]
    await both[1].do("deleteClip", clipId=clip["id"])
    assert not cut.exists()
    assert await host.read("query ($id: ID!) { clip(id: $id) { id } }", id=clip["id"]) is None
    await host.do("endSpace", spaceId=space["id"])


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


async def test_who_is_removed_at_one_is_out_at_the_other_at_once(pair: Pair, first: Person, provider: Provider) -> None:
    host, speaker = [await first.of_token(provider.token(name)) for name in ("host6", "speaker6")]
    space_id = await live_space(host)
    await seat(space_id, host, speaker)
    elsewhere = speaker.at(pair.second.url)
    player = Player(host.http, (await host.audio(space_id))["hlsUrl"])
    addresses = await elsewhere.audio(space_id)
    async with (
        elsewhere.follow(EVENTS, id=space_id) as events,
        elsewhere.follow(REACTIONS, id=space_id) as reactions,
        elsewhere.follow(VIEWER_EVENTS) as own,
        microphones(space_id, [(elsewhere, HZ)], LEVEL),
    ):
        await anext(events)
        await anext(own)
        await until(lambda: hears(player, HZ, LEVEL), "the speaker is heard")
        await host.do("removeParticipant", spaceId=space_id, userId=speaker.id, action="BLOCK", reason="Rude")
        removed_at = time.time()
        for stream in (events, reactions):
            with pytest.raises(ApiError, match="You were removed from this Space"):
                await asyncio.wait_for(read_on(stream), DEADLINE)
        told = [await next_news(own) for _ in range(2)]
        assert {one["__typename"] for one in told} == {"RoleChanged", "RemovedFromSpace"}
        await until(lambda: has_come_to(player, removed_at + SILENT_WITHIN + 0.3), "the listener heard the silence")
    [take] = player.listen()
    assert amplitude_at(take.between(removed_at + SILENT_WITHIN, removed_at + SILENT_WITHIN + 0.3), HZ) < 0.001
    for server in (pair.first, pair.second):
        await check_doors(speaker.at(server.url), space_id, addresses)
    log = await host.at(pair.second.url).read(LOG, id=space_id)
    assert log["edges"][0]["node"] == {"action": "BLOCKED", "reason": "Rude", "target": {"id": speaker.id}}


async def test_who_comes_in_at_one_while_removed_at_the_other_is_out(
    pair: Pair, first: Person, provider: Provider
) -> None:
    host = await first.of_token(provider.token("host7"))
    names = [f"late_{number}" for number in range(8)]
    people = await asyncio.gather(*(first.of_token(provider.token(name)) for name in names))
    space_id = await live_space(host)
    elsewhere = host.at(pair.second.url)
    offers = await asyncio.gather(*(invite(space_id, host, person, "SPEAKER") for person in people[:SEATS]))
    comings = [
        *(accept(person, space_id, offer) for person, offer in zip(people, offers, strict=False)),
        *(person.attempt("joinSpace", spaceId=space_id) for person in people[SEATS:]),
    ]
    removals = [remove(elsewhere, space_id, person) for person in people]
    await asyncio.gather(*(one for pair in zip(comings, removals, strict=True) for one in pair))
    state = await fresh(host, space_id)
    assert [one["role"] for one in state["stage"]] == ["HOST"]
    for person in people:
        found = await person.read("query ($id: ID!) { space(id: $id) { viewerIsParticipant } }", id=space_id)
        assert found == {"viewerIsParticipant": False}
    log = await host.read(LOG, id=space_id)
    assert Counter(edge["node"]["action"] for edge in log["edges"])["REMOVED"] == len(people)


async def test_an_operator_ends_at_one_what_is_followed_at_the_other(
    pair: Pair, first: Person, provider: Provider
) -> None:
    host, guest, operator = [await first.of_token(provider.token(name)) for name in ("host8", "guest8", "Operator6")]
    space_id = await live_space(host)
    report = {"spaceId": space_id, "category": "HATE", "text": "Listen to that"}
    await guest.do("reportSpace", **report)
    assert (await host.ask(REPORTS))["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"
    found = await operator.at(pair.second.url).read(REPORTS)
    assert [edge["node"] for edge in found["edges"]] == [
        {"category": "HATE", "reporter": {"id": guest.id}, "target": {"id": space_id}}
    ]
    async with guest.at(pair.second.url).follow(EVENTS, id=space_id) as events:
        await anext(events)
        await operator.do("adminEndSpace", spaceId=space_id, reason="Hate")
        async with asyncio.timeout(DEADLINE):
            last = [event async for event in events][-1]
    assert (last["__typename"], last["endReason"]) == ("SpaceEnded", "OPERATOR")


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
        await until(lambda: hears(player, HZ, LEVEL), "the speaker is heard")
        await elsewhere.do("muteParticipant", spaceId=space_id, userId=speaker.id)
        muted_at = time.time()
        await until(lambda: has_come_to(player, muted_at + SILENT_WITHIN + 0.3), "the listener heard the muting")
    [take] = player.listen()
    assert loudest(take.sound, HZ) > LEVEL * 0.9
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

    async def taken_over() -> bool:
        audio = await host.audio(space_id)
        return str(audio["hlsUrl"]).startswith(pair.second.url)

    await until(taken_over, "addresses lead to the second process")
    player = Player(host.http, (await host.audio(space_id))["hlsUrl"])

    async def on_air() -> bool:
        await player.catch_up()
        return len(player.takes) == 2

    await until(on_air, "on air again, after what was recorded before")
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
    assert [loudest(take.sound, HZ) > LEVEL / 2 for take in replay.listen()] == [True, True]
