"""Calendars: what is written is RFC 5545, read by another library, and at its address as apps expect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event, EventStatus
from starlette.applications import Starlette

from app.domain.drafts import Draft
from app.domain.people import Account
from app.domain.roster import Person
from app.domain.schedules import Appointment, ScheduleEdit
from app.domain.spaces import Space, SpaceState
from app.web.calendar import calendar, calendar_routes
from app.web.serving import bind, serving
from tests.domain_values import NOW, scheduled
from tests.fakes.world import World

URL = "https://spaces.example"
LINE_BYTES = 75


def read(written: bytes) -> Calendar:
    """As the other library reads it."""
    return IcsCalendarStream.calendar_from_ics(written.decode())


def event(space: Space) -> Event:
    [one] = read(calendar("Spaces", [space], URL)).events
    return one


def titled(title: str, **host: Any) -> Space:
    space = scheduled("0123abcd")
    return replace(space, title=title, host=replace(space.host, **host))


def test_a_space_as_another_library_reads_it() -> None:
    space = replace(titled("Jazz"), topics=("Music", "Art"))
    assert space.schedule
    read_back = event(replace(space, schedule=replace(space.schedule, sequence=3)))
    start = NOW + timedelta(days=1)
    assert (read_back.uid, read_back.sequence, read_back.status) == ("0123abcd@spaces", 3, EventStatus.CONFIRMED)
    assert (read_back.dtstart, read_back.dtend) == (start, start + timedelta(hours=1))
    assert read_back.dtstamp == read_back.last_modified == read_back.created == NOW
    assert (read_back.summary, read_back.categories) == ("Jazz", ["Music", "Art"])
    assert read_back.url == read_back.location == f"{URL}/spaces/0123abcd"
    assert read_back.description == f"Host (@host)\n{URL}/spaces/0123abcd"
    assert read_back.organizer
    assert (read_back.organizer.uri, read_back.organizer.common_name) == ("mailto:host@spaces.invalid", "Host")


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (SpaceState.SCHEDULED, EventStatus.CONFIRMED),
        (SpaceState.PREPARING, EventStatus.CONFIRMED),
        (SpaceState.LIVE, EventStatus.CONFIRMED),
        (SpaceState.ENDED, EventStatus.CONFIRMED),
        (SpaceState.CANCELED, EventStatus.CANCELLED),
        (SpaceState.EXPIRED, EventStatus.CANCELLED),
    ],
)
def test_what_will_not_take_place_is_canceled(state: SpaceState, status: EventStatus) -> None:
    assert event(replace(scheduled(), state=state)).status is status


def test_the_calendar_itself_says_what_apps_ask() -> None:
    written = calendar("Spaces of Ana", [scheduled()], URL)
    lines = written.decode().split("\r\n")
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    for line in (
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Spaces of Ana",
        "NAME:Spaces of Ana",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "DTSTART:20300102T000000Z",
        "DTEND:20300102T010000Z",
    ):
        assert lines.count(line) == 1, line
    assert read(written).prodid
    assert b"\n" not in written.replace(b"\r\n", b"")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=70)


@given(title=TEXTS, name=TEXTS)
def test_whatever_people_write_arrives_and_breaks_nothing(title: str, name: str) -> None:
    written = calendar(name, [titled(title, display_name=name)], URL)
    assert all(len(line) <= LINE_BYTES for line in written.split(b"\r\n"))
    assert not any(byte < 32 for byte in written.replace(b"\r\n", b""))
    [read_back] = read(written).events
    assert read_back.summary == shown(title)
    assert read_back.organizer
    assert (read_back.organizer.common_name or "") == shown(name).replace('"', "'")


def shown(text: str) -> str:
    return "".join(one for one in " ".join(text.split()) if not (ord(one) < 32 or 127 <= ord(one) < 160))


def test_hostile_titles_add_no_lines() -> None:
    title = 'Jazz\r\nEND:VEVENT\r\nBEGIN:VALARM\\n; , \u2028 "x"'
    assert event(titled(title)).summary == 'Jazz END:VEVENT BEGIN:VALARM\\n; , "x"'


@pytest.fixture
async def served() -> AsyncIterator[tuple[World, httpx2.AsyncClient]]:
    """The addresses on a real server, over a world in memory."""
    world = World()
    routes = calendar_routes(world.use_cases.schedules, URL)
    with bind("127.0.0.1", 0) as listening:
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with serving(Starlette(routes=routes), listening), httpx2.AsyncClient(base_url=base) as http:
            yield world, http


async def ana(world: World) -> Person:
    account: Account = (await world.sign_up("ana")).account
    return account.person


async def space_of(world: World, host: Person, days: int = 1) -> Space:
    wanted = Appointment(world.clock() + timedelta(days=days), "UTC")
    return await world.use_cases.schedules.schedule(host, Draft("Jazz"), wanted, [])


async def test_a_subscriber_sees_every_change(served: tuple[World, httpx2.AsyncClient]) -> None:
    world, http = served
    host = await ana(world)
    space = await space_of(world, host)
    address = f"/calendars/spaces/{space.id}.ics"
    first = await http.get(address)
    assert first.status_code == 200
    assert first.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert first.headers["cache-control"] == "public, max-age=300"
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        same = await http.get(address, headers={"If-None-Match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)

    await world.use_cases.schedules.update(host, space.id, ScheduleEdit(title="Blues"))
    changed = await http.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    await world.use_cases.schedules.cancel(host, space.id)
    canceled = await http.get(address)
    versions = [read(one.content).events[0] for one in (first, changed, canceled)]
    assert [(one.summary, one.sequence, one.status) for one in versions] == [
        ("Jazz", 0, EventStatus.CONFIRMED),
        ("Blues", 1, EventStatus.CONFIRMED),
        ("Blues", 2, EventStatus.CANCELLED),
    ]
    assert len({one.uid for one in versions}) == 1
    assert (await http.head(address)).headers["content-length"] == str(len(canceled.content))


async def test_a_hosts_calendar_has_all_of_them_the_canceled_too(served: tuple[World, httpx2.AsyncClient]) -> None:
    world, http = served
    host = await ana(world)
    address = f"/calendars/users/{host.id}.ics"
    assert read((await http.get(address)).content).events == []
    spaces = [await space_of(world, host, days) for days in (1, 2, 3)]
    await world.use_cases.schedules.cancel(host, spaces[1].id)
    await world.use_cases.deletion.delete(host, spaces[2].id, confirmed=True)
    found = read((await http.get(address)).content)
    assert {(one.uid, one.status) for one in found.events} == {
        (f"{spaces[0].id}@spaces", EventStatus.CONFIRMED),
        (f"{spaces[1].id}@spaces", EventStatus.CANCELLED),
    }


async def test_what_is_no_calendar(served: tuple[World, httpx2.AsyncClient]) -> None:
    world, http = served
    host = await ana(world)
    hidden = await world.use_cases.spaces.create(host, Draft("Hidden"), [])
    for address in (f"spaces/{hidden.id}.ics", "spaces/nowhere.ics", "users/nobody.ics", f"users/{host.id}"):
        assert (await http.get(f"/calendars/{address}")).status_code == 404
