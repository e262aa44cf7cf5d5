"""Schedules over the API: Spaces to come, their lists, reminders and streams."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.world import PUBLIC_URL
from tests.resolvers.conftest import Caller, Json
from tests.resolvers.conversation import SPACE, user_id
from tests.resolvers.test_streams import EVENTS, STATE, apply, following, plain, streaming

START, LATER = "2031-05-02T18:30:00.000Z", "2031-05-03T18:30:00.000Z"
CODES = "userErrors { code field limit current }"
SCHEDULED = """query($id: ID!, $first: Int, $last: Int, $after: String) { node(id: $id) { ... on User {
  scheduledSpaces(first: $first, last: $last, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } } } } }"""
REMINDERS = "{ viewer { reminders(first: 9) { edges { node { setAt space { id title } } } } } }"


async def scheduled(host: Caller, start: str = START, **input: Any) -> str:
    """The id of a new Space to come."""
    input = {"title": "Jazz tomorrow", "timeZone": "Europe/Berlin"} | input
    made = await host.do("scheduleSpace", scheduledStart=start, **input)
    assert made["userErrors"] == []
    space_id: str = made["space"]["id"]
    return space_id


async def codes(caller: Caller, mutation: str, **input: Any) -> list[tuple[str, str]]:
    return [(one["code"], one["field"]) for one in (await caller.do(mutation, **input))["userErrors"]]


async def test_a_space_to_come(host: Caller, anyone: Caller) -> None:
    space_id = await scheduled(host, "2031-05-02T20:30:00+02:00", topics=["Music"], recordingEnabled=True)
    fields = """state title topics recordingEnabled scheduledStart timeZone isOverdue icsUrl url startedAt
      hostPresence hostAbsentSince stage { role } audio { hlsUrl } viewerHasReminder reminderCount viewerCapabilities"""
    assert await anyone.ask(SPACE % fields, id=space_id) == {
        "state": "SCHEDULED",
        "title": "Jazz tomorrow",
        "topics": ["Music"],
        "recordingEnabled": True,
        "scheduledStart": START,
        "timeZone": "Europe/Berlin",
        "isOverdue": False,
        "icsUrl": f"{PUBLIC_URL}/calendars/spaces/{plain(space_id)}.ics",
        "url": f"{PUBLIC_URL}/spaces/{plain(space_id)}",
        "startedAt": None,
        "hostPresence": "ABSENT",
        "hostAbsentSince": None,
        "stage": [],
        "audio": None,
        "viewerHasReminder": False,
        "reminderCount": None,
        "viewerCapabilities": [],
    }
    own = await host.ask(SPACE % "viewerRole viewerCapabilities", id=space_id)
    assert own == {
        "viewerRole": "HOST",
        "viewerCapabilities": [
            *("START", "PREPARE", "RESCHEDULE", "CANCEL", "DELETE", "READ_MODERATION_LOG", "RENAME", "CHANGE_SETTINGS"),
            *("SET_SPEAK_POLICY", "SET_CLIPPING_ALLOWED", "INVITE_COHOST", "INVITE_SPEAKER", "REMOVE_PARTICIPANT"),
            *("SHARE", "REPORT", "SET_REMINDER"),
        ],
    }


async def test_a_space_that_never_was_scheduled_has_no_time(host: Caller, live: str) -> None:
    fields = "scheduledStart timeZone isOverdue icsUrl"
    assert await host.ask(SPACE % fields, id=live) == {
        "scheduledStart": None,
        "timeZone": None,
        "isOverdue": False,
        "icsUrl": None,
    }


async def test_all_that_is_wrong_is_told_at_once(host: Caller) -> None:
    wrong = {"title": "", "topics": ["Chess"], "scheduledStart": "2031-09-01T00:00:00Z", "timeZone": "Nowhere"}
    assert await codes(host, "scheduleSpace", **wrong) == [
        ("INVALID_TITLE", "title"),
        ("UNKNOWN_TOPIC", "topics"),
        ("START_TOO_FAR", "scheduledStart"),
        ("UNKNOWN_TIME_ZONE", "timeZone"),
    ]
    wrong = {"title": "Jazz", "scheduledStart": "2031-05-01T18:00:00Z", "timeZone": "UTC"}
    assert await codes(host, "scheduleSpace", **wrong) == [("START_IN_PAST", "scheduledStart")]


@pytest.mark.parametrize("moment", ["2031-05-02T18:30:00", "tomorrow", "", 5])
async def test_what_is_no_moment_is_bad_input(host: Caller, moment: object) -> None:
    document = "mutation($input: ScheduleSpaceInput!) { scheduleSpace(input: $input) { " + CODES + " } }"
    error = await host.error(document, input={"title": "Jazz", "scheduledStart": moment, "timeZone": "UTC"})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_ten_at_once(host: Caller) -> None:
    for _ in range(10):
        await scheduled(host)
    refused = await host.do("scheduleSpace", title="Jazz", scheduledStart=START, timeZone="UTC")
    assert refused["userErrors"] == [
        {
            "code": "SCHEDULE_LIMIT_REACHED",
            "message": "You have as many scheduled Spaces as one may have at once.",
            "field": None,
            "limit": 10,
            "current": 10,
        }
    ]


async def test_a_key_makes_one(host: Caller, guest: Caller) -> None:
    assert await scheduled(host, idempotencyKey="k") == await scheduled(host, idempotencyKey="k")
    assert await scheduled(host, idempotencyKey="k") != await scheduled(guest, idempotencyKey="k")


async def test_a_life_by_the_events_of_its_stream(host: Caller, guest: Caller, anyone: Caller) -> None:
    space_id = await scheduled(host, initialSpeakerIds=[await user_id(guest)])
    kinds = []
    async with streaming(anyone, EVENTS, id=space_id) as results:
        state: Json = apply({}, await following(results))

        async def follow(count: int) -> None:
            nonlocal state
            for _ in range(count):
                event = await following(results)
                kinds.append(event["__typename"])
                state = apply(state, event)
            assert state == await anyone.ask(SPACE % STATE, id=space_id)

        await follow(0)
        edit = {"title": "Blues", "scheduledStart": LATER, "timeZone": "UTC"}
        assert (await host.do("updateScheduledSpace", spaceId=space_id, **edit))["space"]["title"] == "Blues"
        await follow(2)
        assert await codes(guest, "joinSpace", spaceId=space_id) == [("SPACE_NOT_LIVE", "spaceId")]
        assert (await host.do("prepareSpace", spaceId=space_id))["space"]["state"] == "PREPARING"
        await follow(1)
        assert await codes(guest, "joinSpace", spaceId=space_id) == []
        assert await codes(host, "prepareSpace", spaceId=space_id) == [("NOT_SCHEDULED", "spaceId")]
        assert (await host.do("startSpace", spaceId=space_id))["space"]["state"] == "LIVE"
        await follow(1)
        assert await codes(host, "updateScheduledSpace", spaceId=space_id, title="Soul") == [
            ("SPACE_ALREADY_STARTED", "spaceId")
        ]
        assert await codes(host, "cancelScheduledSpace", spaceId=space_id) == [("SPACE_ALREADY_STARTED", "spaceId")]
    assert kinds == ["SpaceRenamed", "SpaceRescheduled", "SpacePrepared", "SpaceStarted"]


@pytest.mark.parametrize("prepared", [False, True])
@pytest.mark.parametrize("last", ["SpaceCanceled", "SpaceExpired"])
async def test_a_stream_ends_with_a_space_that_never_starts(
    host: Caller, anyone: Caller, last: str, prepared: bool
) -> None:
    space_id = await scheduled(host)
    if prepared:
        await host.do("prepareSpace", spaceId=space_id)
    async with streaming(anyone, EVENTS, id=space_id) as results:
        state = apply({}, await following(results))
        if last == "SpaceCanceled":
            assert (await host.do("cancelScheduledSpace", spaceId=space_id))["space"]["state"] == "CANCELED"
        else:
            host.world.clock.advance(timedelta(days=1, hours=3))
            await host.world.use_cases.scheduler.round()
        event = await following(results)
        assert event["__typename"] == last
        assert [one async for one in results] == []
    assert apply(state, event) == await anyone.ask(SPACE % STATE, id=space_id)
    assert await codes(host, "startSpace", spaceId=space_id) == [("SPACE_ENDED", "spaceId")]


async def test_who_is_invited_to_what_nobody_knows_is_told_that_it_is_canceled(host: Caller, guest: Caller) -> None:
    made = await host.do("createSpace", title="Jazz", initialSpeakerIds=[await user_id(guest)])
    space_id = made["space"]["id"]
    async with streaming(guest, EVENTS, id=space_id) as results:
        await following(results)
        await host.do("cancelScheduledSpace", spaceId=space_id)
        assert (await following(results))["__typename"] == "SpaceCanceled"
        assert [one async for one in results] == []
    assert await guest.ask(SPACE % "id", id=space_id) is None


async def test_overdue_and_moved(host: Caller) -> None:
    space_id = await scheduled(host)
    host.world.clock.advance(timedelta(days=1, hours=1))
    assert await host.ask(SPACE % "state isOverdue", id=space_id) == {"state": "SCHEDULED", "isOverdue": True}
    assert await codes(host, "updateScheduledSpace", spaceId=space_id, title="Soul", scheduledStart=START) == []
    assert await codes(host, "updateScheduledSpace", spaceId=space_id, scheduledStart=LATER) == []
    assert await host.ask(SPACE % "title isOverdue", id=space_id) == {"title": "Soul", "isOverdue": False}


async def test_a_users_spaces_to_come_the_soonest_first(host: Caller, guest: Caller, anyone: Caller) -> None:
    second, first, third = [await scheduled(host, f"2031-05-0{day}T18:00:00Z") for day in (4, 3, 5)]
    canceled = await scheduled(host)
    await host.do("cancelScheduledSpace", spaceId=canceled)
    host_id = await user_id(host)

    async def page(caller: Caller, **arguments: Any) -> tuple[list[str], Json, str]:
        found = (await caller.ask(SCHEDULED, id=host_id, **arguments))["scheduledSpaces"]
        ids = [edge["node"]["id"] for edge in found["edges"]]
        return ids, found["pageInfo"], found["edges"][-1]["cursor"] if ids else ""

    ids, info, end = await page(anyone, first=2)
    assert (ids, info) == ([first, second], {"hasNextPage": True, "hasPreviousPage": False})
    assert (await page(anyone, first=2, after=end))[0] == [third]
    assert (await page(anyone, last=1))[0] == [third]
    block = "mutation($id: ID!) { block(input: {userId: $id}) { userErrors { code } } }"
    await host.ask(block, id=await user_id(guest))
    assert (await page(guest, first=9))[0] == []


async def test_reminders(host: Caller, guest: Caller, anyone: Caller) -> None:
    one, other = await scheduled(host, title="One"), await scheduled(host, title="Other")
    for space_id in (one, other):
        assert await codes(guest, "setReminder", spaceId=space_id) == []
    counted = SPACE % "viewerHasReminder reminderCount"
    assert await guest.ask(counted, id=one) == {"viewerHasReminder": True, "reminderCount": None}
    assert await host.ask(counted, id=one) == {"viewerHasReminder": False, "reminderCount": 1}
    listed = (await guest.ask(REMINDERS))["reminders"]["edges"]
    assert [edge["node"]["space"]["title"] for edge in listed] == ["Other", "One"]
    assert await codes(guest, "removeReminder", spaceId=other) == []
    await host.do("cancelScheduledSpace", spaceId=one)
    assert (await guest.ask(REMINDERS))["reminders"]["edges"] == []
    assert await codes(guest, "setReminder", spaceId=one) == [("SPACE_ENDED", "spaceId")]


async def test_reminders_come_by_the_viewers_own_stream(host: Caller, guest: Caller) -> None:
    space_id = await scheduled(host)
    await guest.do("setReminder", spaceId=space_id)
    document = """subscription { viewerEvents(after: 0) { __typename
      ... on ReminderDue { kind scheduledStart spaceId space { title } }
      ... on ScheduledSpaceMoved { scheduledStart spaceId }
      ... on ScheduledSpaceCanceled { spaceId } } }"""
    scheduler, clock = host.world.use_cases.scheduler, host.world.clock
    await host.do("updateScheduledSpace", spaceId=space_id, scheduledStart=LATER)
    for minutes in (0, 47 * 60 + 59, 10, 60, 120):
        clock.advance(timedelta(minutes=minutes))
        await scheduler.round()
    async with streaming(guest, document) as results:
        told = [await following(results) for _ in range(4)]
    about = {"scheduledStart": LATER, "spaceId": space_id}
    due = {"__typename": "ReminderDue", **about, "space": {"title": "Jazz tomorrow"}}
    assert told == [
        {"__typename": "ScheduledSpaceMoved", **about},
        due | {"kind": "SOON"},
        due | {"kind": "NOW"},
        {"__typename": "ScheduledSpaceCanceled", "spaceId": space_id},
    ]
