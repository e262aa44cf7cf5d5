"""Spaces for tests: opened, and filled with people, by the public API alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import httpx2

from app.demo.microphone import Microphone
from media.peer import Address, listen_on
from tests.media.sounds import tone
from tests.media.whep_client import Ear
from tests.whole.people import Person

AT_LEAST_SECONDS = 60
"""A microphone's tone does not end before its test does."""


async def live_space(host: Person, **settings: Any) -> str:
    """A Space of this host that is on air; its id."""
    made = await host.do("createSpace", **{"title": "A conversation", **settings})
    space_id: str = made["space"]["id"]
    await host.do("startSpace", spaceId=space_id)
    return space_id


async def ask_for_seat(space_id: str, person: Person) -> str:
    """Joins and raises a hand; the request's id."""
    await person.do("joinSpace", spaceId=space_id)
    asked = await person.do("requestToSpeak", spaceId=space_id)
    request_id: str = asked["space"]["viewerSpeakRequest"]["id"]
    return request_id


async def seat(space_id: str, host: Person, *people: Person) -> None:
    """Has people ask for a seat, and the host grant it."""
    for person in people:
        await host.do("acceptSpeakRequest", spaceId=space_id, requestId=await ask_for_seat(space_id, person))


async def invite(space_id: str, host: Person, person: Person, role: str) -> str:
    """Offers a seat; the invitation's id, as the invited person reads it."""
    await host.do("inviteToStage", spaceId=space_id, userId=person.id, role=role)
    found = await person.read("query ($id: ID!) { space(id: $id) { viewerInvitation { id } } }", id=space_id)
    invitation_id: str = found["viewerInvitation"]["id"]
    return invitation_id


async def invite_in(space_id: str, host: Person, person: Person, role: str) -> None:
    """Offers a seat, and has it taken."""
    invitation_id = await invite(space_id, host, person, role)
    await person.do("acceptInvitation", spaceId=space_id, invitationId=invitation_id)


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[Microphone]:
    """A microphone on which the server may hang up: FFmpeg's muxer says so by an error when it ends.

    What fails within the block is raised whatever the muxer says then.
    """
    async with AsyncExitStack() as stack:
        microphone = await stack.enter_async_context(Microphone(address))
        try:
            yield microphone
        finally:
            with suppress(ConnectionError):
                await stack.aclose()


@asynccontextmanager
async def hearing(http: httpx2.AsyncClient, whep_url: str) -> AsyncIterator[Ear]:
    """Someone who hears by WHEP within the block."""
    # What aioice is told for the server's side counts for clients in this process too.
    listen_on([Address("127.0.0.1", "127.0.0.1")])
    ear = Ear()
    try:
        answer = await http.post(whep_url, content=await ear.offer(), headers={"Content-Type": "application/sdp"})
        assert answer.status_code == 201, answer.text
        await ear.accept(answer.text)
        yield ear
    finally:
        await ear.close()


@asynccontextmanager
async def microphones(space_id: str, speakers: Iterable[tuple[Person, float]], level: float) -> AsyncIterator[None]:
    """FFmpeg's WHIP muxer sends a tone for each of the speakers, who open their microphones."""
    async with AsyncExitStack() as stack:
        for person, hz in speakers:
            address = (await person.audio(space_id))["whipUrl"]
            microphone = await stack.enter_async_context(connected(address))
            microphone.say(tone(hz, AT_LEAST_SECONDS, level))
            await person.do("setMuted", spaceId=space_id, muted=False)
        yield
