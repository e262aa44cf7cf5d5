"""Calendars: scheduled Spaces as iCalendar (RFC 5545), for apps that subscribe to them without an account.

The only place that knows the icalendar library.
"""

from __future__ import annotations

import asyncio
import hashlib
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from icalendar import Calendar, Event, vCalAddress, vDuration
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from app.domain.roster import Person
from app.domain.spaces import Schedule, Space, SpaceState
from app.services.schedules import Schedules

LENGTH: Final = timedelta(hours=1)
"""How long a calendar shows a Space to last: nobody says that beforehand."""
REFRESH: Final = timedelta(hours=1)
"""How often apps are asked to look again; many know it better."""

MEDIA_TYPE: Final = "text/calendar; charset=utf-8; method=PUBLISH"
HEADERS: Final = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}

Found = tuple[str, Sequence[Space]]
"""A calendar's name and what is in it."""


def calendar_routes(schedules: Schedules, public_url: str) -> list[BaseRoute]:
    """`/calendars/spaces/{id}.ics` of one Space and `/calendars/users/{id}.ics` of all that a host schedules.

    404 where nothing was ever scheduled under that id; 304 where the app has it already.
    """

    async def of_space(key: str) -> Found | None:
        space = await schedules.planned(key)
        return (space.title, [space]) if space else None

    async def of_host(key: str) -> Found | None:
        found = await schedules.calendar_of(key)
        return (f"Spaces of {found[0].display_name}", found[1]) if found else None

    return [
        _route("/calendars/spaces/{key}.ics", of_space, public_url),
        _route("/calendars/users/{key}.ics", of_host, public_url),
    ]


def _route(path: str, find: Callable[[str], Awaitable[Found | None]], public_url: str) -> Route:
    async def endpoint(request: Request) -> Response:
        found = await find(request.path_params["key"])
        if found is None:
            return PlainTextResponse("There is no such calendar.\n", HTTPStatus.NOT_FOUND, HEADERS)
        headers = {**HEADERS, "ETag": _tag(*found, public_url)}
        if _has_it(request, headers["ETag"]):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        body = await asyncio.to_thread(calendar, *found, public_url)
        return Response(body, headers=headers | {"Content-Type": MEDIA_TYPE})

    return Route(path, endpoint)


def _tag(name: str, spaces: Sequence[Space], public_url: str) -> str:
    """Of what is in the calendar, not of its text, which takes half a millisecond an event to write."""
    shown = [(one.id, one.state, one.title, one.topics, one.host, one.schedule) for one in spaces]
    return f'"{hashlib.sha256(repr((name, shown, public_url)).encode()).hexdigest()[:32]}"'


def _has_it(request: Request, tag: str) -> bool:
    """RFC 9110, section 13.1.2: compared weakly, as a proxy that compresses makes tags weak."""
    known = (one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(","))
    return any(one in (tag, "*") for one in known)


def calendar(name: str, spaces: Sequence[Space], public_url: str) -> bytes:
    """The calendar of these Spaces, each of which was scheduled; the same bytes until one of them changes."""
    made = Calendar()
    made.add("PRODID", "-//Spaces//Scheduled Spaces//EN")
    made.add("VERSION", "2.0")
    made.add("CALSCALE", "GREGORIAN")
    made.add("METHOD", "PUBLISH")
    for title in ("NAME", "X-WR-CALNAME"):
        made.add(title, _text(name))
    made.add("REFRESH-INTERVAL", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    made.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    for space in spaces:
        if space.schedule:
            made.add_component(_event(space, space.schedule, f"{public_url}/spaces/{space.id}"))
    written: bytes = made.to_ical()
    return written


def _event(space: Space, planned: Schedule, url: str) -> Event:
    event = Event()
    # Not by the server's address, which may be another one tomorrow: a Space's id is given once in the world.
    event.add("UID", f"{space.id}@spaces")
    event.add("SEQUENCE", planned.sequence)
    event.add("DTSTAMP", planned.changed_at)
    event.add("LAST-MODIFIED", planned.changed_at)
    event.add("CREATED", space.created_at)
    event.add("DTSTART", planned.start)
    event.add("DTEND", planned.start + LENGTH)
    off = space.state in (SpaceState.CANCELED, SpaceState.EXPIRED)
    event.add("STATUS", "CANCELLED" if off else "CONFIRMED")
    event.add("SUMMARY", _text(space.title))
    event.add("DESCRIPTION", f"{_text(space.host.display_name)} (@{space.host.handle})\n{url}")
    event.add("LOCATION", url)
    event.add("URL", url)
    event.add("ORGANIZER", _organizer(space.host))
    if space.topics:
        event.add("CATEGORIES", list(space.topics))
    return event


def _organizer(host: Person) -> vCalAddress:
    """RFC 5546 wants one with an address; nobody's mail is known here, and no mail ever gets to `.invalid`."""
    organizer = vCalAddress(f"mailto:{host.handle}@spaces.invalid")
    # A parameter has no way to write a quote (RFC 5545, section 3.2).
    organizer.params["CN"] = _text(host.display_name).replace('"', "'")
    return organizer


def _text(text: str) -> str:
    """On one line, without the control characters that calendars must not have (RFC 5545, section 3.3.11)."""
    return "".join(one for one in " ".join(text.split()) if unicodedata.category(one) != "Cc")
