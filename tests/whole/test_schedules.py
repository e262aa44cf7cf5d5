"""Spaces to come on real servers: several processes tell each reminder once, also when one of them is killed."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from ical.calendar_stream import IcsCalendarStream
from ical.event import EventStatus

from app.mongod import Mongod
from tests.whole.pairs import Pair, pairing
from tests.whole.people import Json, Person
from tests.whole.provider import Provider

LATER, AHEAD = timedelta(minutes=25), timedelta(seconds=3)
LATE = timedelta(seconds=15)
"""Half the time for which a server claims what it is about to tell: nobody waits for the claim of one that died."""
GRACE_SECONDS = "1.5"
TOLD = """subscription { viewerEvents(after: 0) { __typename at
  ... on ReminderDue { kind spaceId } ... on ScheduledSpaceMoved { spaceId scheduledStart }
  ... on ScheduledSpaceCanceled { spaceId } } }"""
HAPPENED = "subscription($id: ID!) { spaceEvents(spaceId: $id) { __typename version at } }"
FANS = 20


@pytest.fixture(scope="module")
async def pair(tmp_path_factory: pytest.TempPathFactory, mongod: Mongod, provider: Provider) -> AsyncIterator[Pair]:
    """Two on one database and one bus, with one key; the first is to die."""
    settings = {"SCHEDULE_GRACE_SECONDS": GRACE_SECONDS, **provider.environment}
    async with pairing(tmp_path_factory.mktemp("schedules"), mongod, **settings) as one:
        yield one


async def scheduled(host: Person, begins: datetime) -> str:
    """The id of a Space to come."""
    wanted = {"title": "Jazz", "scheduledStart": begins.isoformat(), "timeZone": "Europe/Berlin"}
    made = await host.do("scheduleSpace", **wanted)
    space_id: str = made["space"]["id"]
    return space_id


async def read_until(events: AsyncIterator[Any], last: str) -> list[Json]:
    """What a stream tells up to an event of that name, without heartbeats."""
    told = []
    async for event in events:
        if not event["__typename"].endswith("Heartbeat"):
            told.append(event)
        if event["__typename"] == last:
            return told
    raise AssertionError(f"the stream ended before {last}: {told}")


async def calendar_at(http: httpx2.AsyncClient, person: Person, space_id: str) -> tuple[int | None, EventStatus | None]:
    """Sequence and status that a calendar app reads at a Space's address."""
    address = (await person.read("query($id: ID!) { space(id: $id) { icsUrl } }", id=space_id))["icsUrl"]
    [event] = IcsCalendarStream.calendar_from_ics((await http.get(address)).text).events
    return event.sequence, event.status


async def test_ten_scheduled_at_once_through_two_processes(
    pair: Pair, provider: Provider, http: httpx2.AsyncClient
) -> None:
    host = await Person(http, pair.first.url).of_token(provider.token("crowded"))
    wanted = {"title": "Jazz", "timeZone": "UTC"}
    wanted["scheduledStart"] = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    attempts = [
        host.at((pair.first, pair.second)[number % 2].url).attempt("scheduleSpace", **wanted) for number in range(24)
    ]
    answers = await asyncio.gather(*attempts)
    codes = [error["code"] for answer in answers for error in answer["userErrors"]]
    assert codes == ["SCHEDULE_LIMIT_REACHED"] * 14
    listed = "{ viewer { user { scheduledSpaces(first: 50) { edges { node { id } } } } } }"
    assert len((await host.read(listed))["user"]["scheduledSpaces"]["edges"]) == 10


async def test_everyone_is_told_once_and_in_time_though_a_server_is_killed(
    pair: Pair, provider: Provider, http: httpx2.AsyncClient
) -> None:
    first, second = pair.first, pair.second
    anyone = Person(http, second.url)
    host, *fans = [await anyone.of_token(provider.token(f"sched{number}")) for number in range(FANS + 1)]
    space_id = await scheduled(host.at(first.url), datetime.now(UTC) + LATER)
    await asyncio.gather(*(fan.do("setReminder", spaceId=space_id) for fan in fans))
    assert await calendar_at(http, host, space_id) == (0, EventStatus.CONFIRMED)
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(one.follow(TOLD)) for one in (host, *fans)]
        happening = await stack.enter_async_context(anyone.follow(HAPPENED, id=space_id))
        # Now that everyone listens it is moved to the next seconds.
        begins = datetime.now(UTC).replace(microsecond=0) + AHEAD
        await host.at(first.url).do("updateScheduledSpace", spaceId=space_id, scheduledStart=begins.isoformat())
        moved = await asyncio.gather(*(read_until(one, "ScheduledSpaceMoved") for one in streams[1:]))
        assert [len(one) for one in moved] == [1] * FANS
        await first.stop(signal.SIGKILL)
        async with asyncio.timeout(20):
            happened = await read_until(happening, "SpaceExpired")
            told = await asyncio.gather(*(read_until(one, "ScheduledSpaceCanceled") for one in streams))
    assert [one["__typename"] for one in happened] == ["SpaceSnapshot", "SpaceRescheduled", "SpaceExpired"]
    for received in told:
        gist = [(one["__typename"], one.get("kind")) for one in received]
        assert gist == [("ReminderDue", "NOW"), ("ScheduledSpaceCanceled", None)]
        late = datetime.fromisoformat(received[0]["at"]) - begins
        assert timedelta(0) <= late < LATE
    assert await calendar_at(http, host, space_id) == (2, EventStatus.CANCELLED)
