"""What streams promise: snapshot and events are the state, whoever acts and however often a client drops out."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random
from typing import Any

from tests.waiting import until
from tests.whole.conftest import Newcomer
from tests.whole.following import Follower, fresh
from tests.whole.people import Json, Person
from tests.whole.rooms import live_space

CLIENTS = 20
COMMANDS = 300
AT_ONCE = 10
SEED = 7
BATCHES_PER_SECOND = 5
REACTIONS = "subscription ($id: ID!) { reactions(spaceId: $id) { emoji count from { id } } }"


class Commands:
    """Random commands of random people, sensible or not; a rule may refuse any of them."""

    def __init__(self, space_id: str, host: Person, people: list[Person], random: Random) -> None:
        self._space_id = space_id
        self._host = host
        self._people = people
        self._random = random

    async def give(self) -> None:
        """One command."""
        someone, other = self._random.sample(self._people, 2)
        moderator = self._host if self._random.random() < 0.7 else someone
        commands: list[Callable[[], Awaitable[object]]] = [
            lambda: self._do(someone, "joinSpace"),
            lambda: self._do(someone, "joinSpace"),
            lambda: self._do(someone, "leaveSpace"),
            lambda: self._do(someone, "requestToSpeak"),
            lambda: self._do(someone, "requestToSpeak"),
            lambda: self._do(someone, "cancelSpeakRequest"),
            lambda: self._do(self._host, self._random.choice(["joinSpace", "leaveSpace"])),
            lambda: self._answer_request(moderator),
            lambda: self._answer_request(moderator),
            lambda: self._do(moderator, "inviteToStage", userId=other.id, role=self._random.choice(ROLES)),
            lambda: self._answer_invitation(someone),
            lambda: self._answer_invitation(someone),
            lambda: self._do(moderator, "removeFromStage", userId=other.id),
            lambda: self._do(someone, "setMuted", muted=self._random.random() < 0.3),
            lambda: self._do(moderator, "muteParticipant", userId=other.id),
            lambda: self._do(self._host, "updateSpace", title=f"Title {self._random.random()}"),
            lambda: self._do(self._host, "setSpeakPolicy", speakPolicy=self._random.choice(POLICIES)),
            lambda: self._do(self._host, "setClippingAllowed", clippingAllowed=self._random.random() < 0.5),
        ]
        await self._random.choice(commands)()

    async def _do(self, person: Person, mutation: str, **input: Any) -> None:
        await person.attempt(mutation, spaceId=self._space_id, **input)

    async def _answer_request(self, moderator: Person) -> None:
        document = "query ($id: ID!) { space(id: $id) { speakRequests(first: 100) { edges { node { id } } } } }"
        found = (await self._host.read(document, id=self._space_id))["speakRequests"]["edges"]
        if found:
            mutation = "acceptSpeakRequest" if self._random.random() < 0.8 else "declineSpeakRequest"
            await self._do(moderator, mutation, requestId=self._random.choice(found)["node"]["id"])

    async def _answer_invitation(self, someone: Person) -> None:
        document = "query ($id: ID!) { space(id: $id) { viewerInvitation { id } } }"
        if invitation := (await someone.read(document, id=self._space_id))["viewerInvitation"]:
            mutation = "acceptInvitation" if self._random.random() < 0.7 else "declineInvitation"
            await self._do(someone, mutation, invitationId=invitation["id"])


ROLES = ["SPEAKER", "SPEAKER", "COHOST"]
POLICIES = ["EVERYONE", "EVERYONE", "INVITED_ONLY"]


async def test_snapshot_and_events_are_what_a_query_says(newcomer: Newcomer) -> None:
    random = Random(SEED)
    host, *people = await asyncio.gather(*(newcomer("someone") for _ in range(CLIENTS)))
    space_id = await live_space(host)
    followers = [Follower(person, space_id, by_sse=n % 3 == 0) for n, person in enumerate([host, *people])]
    for follower in followers:
        follower.connect()
    commands = Commands(space_id, host, people, random)
    for _ in range(COMMANDS // AT_ONCE):
        await asyncio.gather(*(commands.give() for _ in range(AT_ONCE)))
        dropping = random.choice(followers)
        await dropping.disconnect()
        dropping.connect()

    async def all_agree() -> bool:
        state = await fresh(host, space_id)
        return all([await follower.is_at(state) for follower in followers])

    await until(all_agree, "every client has the state that a query has")
    await host.attempt("joinSpace", spaceId=space_id)
    await host.do("endSpace", spaceId=space_id)
    await until(all_agree, "every client has seen the end")
    assert (await fresh(host, space_id))["version"] > COMMANDS / 6, "a good part of the commands did something"
    # A client that got no answer before it dropped out has nothing to resume with.
    assert sum(follower.snapshots for follower in followers) <= CLIENTS + COMMANDS // AT_ONCE // 3
    for follower in followers:
        await follower.disconnect()


async def test_a_heartbeat_comes_when_it_is_quiet(newcomer: Newcomer, anyone: Person) -> None:
    space_id = await live_space(await newcomer("host"))
    followers = [Follower(anyone, space_id, by_sse=by_sse) for by_sse in (False, True)]
    for follower in followers:
        follower.connect()
    await until(lambda: all(follower.heartbeats >= 2 for follower in followers), "two heartbeats each")
    for follower in followers:
        await follower.disconnect()


async def test_whoever_was_away_too_long_gets_a_snapshot_and_others_what_they_missed(newcomer: Newcomer) -> None:
    host, invited = await newcomer("host"), await newcomer("invited")
    made = await host.do("createSpace", title="Soon", initialSpeakerIds=[invited.id])
    space_id = made["space"]["id"]
    long_away, briefly_away = Follower(host, space_id), Follower(host, space_id, by_sse=True)
    briefly_away.state = await fresh(host, space_id)
    # What made it is not kept as events: the first versions are out of reach.
    long_away.state = {**briefly_away.state, "version": 1}
    for number in range(3):
        await host.do("updateSpace", spaceId=space_id, title=f"Title {number}")
    for follower in (long_away, briefly_away):
        follower.connect()

    async def both_there() -> bool:
        state = await fresh(host, space_id)
        return await long_away.is_at(state) and await briefly_away.is_at(state)

    await until(both_there, "both have the state")
    assert (long_away.snapshots, briefly_away.snapshots) == (1, 0)
    for follower in (long_away, briefly_away):
        await follower.disconnect()


async def count(person: Person, space_id: str) -> tuple[int, int]:
    """Listeners with and without an account."""
    state = await fresh(person, space_id)
    return state["listenerCount"], state["anonymousListenerCount"]


async def test_anonymous_listeners_are_counted_and_never_listed(newcomer: Newcomer, anyone: Person) -> None:
    host, listener = await newcomer("host"), await newcomer("listener")
    space_id = await live_space(host)
    await listener.do("joinSpace", spaceId=space_id)
    anonymous = [Follower(anyone, space_id, by_sse=n == 0) for n in range(3)]
    for one in anonymous:
        one.connect()

    async def counted() -> bool:
        return await count(anyone, space_id) == (1, 3)

    await until(counted, "one listener, three anonymous ones")
    document = "query ($id: ID!) { space(id: $id) { listeners(first: 10) { edges { node { id } } } } }"
    found = await anyone.read(document, id=space_id)
    assert [edge["node"]["id"] for edge in found["listeners"]["edges"]] == [listener.id]
    for one in anonymous:
        await one.disconnect()

    async def gone() -> bool:
        return await count(anyone, space_id) == (1, 0)

    await until(gone, "they are gone at once")


async def test_reactions_come_in_batches_and_no_more_than_five_a_second_from_anyone(
    newcomer: Newcomer, anyone: Person
) -> None:
    host, *people = await asyncio.gather(*(newcomer("fan") for _ in range(8)))
    space_id = await live_space(host)
    await asyncio.gather(*(person.do("joinSpace", spaceId=space_id) for person in people))
    batches: list[list[Json]] = []
    opened = time.monotonic()
    async with anyone.follow(REACTIONS, id=space_id) as stream, asyncio.TaskGroup() as group:
        # The stream is open when the first reaction comes back.
        reading = group.create_task(collect(stream, batches))
        await until(lambda: probe(people[0], space_id, batches), "the stream is open")
        sent = await send(people[1:], space_id)
        await until(lambda: total(batches)["🔥"] == sent["🔥"], "all that were taken are told")
        elapsed = time.monotonic() - opened
        reading.cancel()
    assert len(batches) <= BATCHES_PER_SECOND * elapsed + 1
    assert all(1 <= len(tally["from"]) <= 5 for batch in batches for tally in batch)
    document = "query ($id: ID!) { space(id: $id) { reactionCounts { emoji count } } }"

    async def counted() -> bool:
        found = await anyone.read(document, id=space_id)
        return {one["emoji"]: one["count"] for one in found["reactionCounts"]}.items() >= total(batches).items()

    await until(counted, "they are counted")


async def collect(stream: AsyncIterator[list[Json]], batches: list[list[Json]]) -> None:
    async for batch in stream:
        batches.append(batch)


async def probe(person: Person, space_id: str, batches: list[list[Json]]) -> bool:
    await person.attempt("sendReaction", spaceId=space_id, emoji="👏")
    return bool(batches)


async def send(people: list[Person], space_id: str) -> Counter[str]:
    """Everyone sends at once what is too much; counts those that were taken, five of each within a second."""
    begun = time.monotonic()
    answers = await asyncio.gather(
        *(person.attempt("sendReaction", spaceId=space_id, emoji="🔥") for person in people for _ in range(AT_ONCE))
    )
    seconds = 1 + int(time.monotonic() - begun)
    refused = [error for answer in answers for error in answer["userErrors"]]
    assert {(error["code"], error["limit"]) for error in refused} <= {("RATE_LIMITED", 5)}
    taken = len(answers) - len(refused)
    assert 5 * len(people) <= taken <= 5 * len(people) * seconds, "the sixth within a second is refused"
    return Counter({"🔥": taken})


def total(batches: list[list[Json]]) -> Counter[str]:
    """How often each emoji was told."""
    counts: Counter[str] = Counter()
    for batch in batches:
        counts.update({tally["emoji"]: tally["count"] for tally in batch})
    return counts
