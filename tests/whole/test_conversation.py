"""A conversation as its people and its listeners have it: who is heard when, what is told, and what is refused."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import numpy as np
import pytest

from tests.media.sounds import amplitude_at, best_window, decibels
from tests.waiting import DEADLINE, until
from tests.whole.conftest import Newcomer
from tests.whole.hearing import Take, listening
from tests.whole.people import Json, Person
from tests.whole.rooms import ask_for_seat, invite, invite_in, live_space, microphones, seat

LEVEL = 0.2
TOLERANCE_DB = 1.0
QUIET = 0.001
"""Amplitude, -60 dBFS: what the encoder's noise stays below."""
SILENT_WITHIN = 0.1
"""Seconds of sound after the answer to whatever silences."""
AUDIBLE_WITHIN = 0.3
"""Seconds after the answer to opening: the way through the network and the jitter buffer."""
HOLD = 1.0
"""Seconds of sound between two things that are done."""
HOST_HZ, ASKING_HZ, INVITED_HZ = 440.0, 880.0, 1320.0

EVENTS = """
subscription ($id: ID!) {
  spaceEvents(spaceId: $id) {
    __typename version
    ... on SeatGranted { participant { user { id } role isMuted } }
    ... on SeatVacated { userId reason }
    ... on MicrophoneOpened { userId }
    ... on MicrophoneClosed { userId closedById }
    ... on SpeakRequestsChanged { pendingCount }
    ... on InvitationsChanged { pendingCount }
    ... on SpaceEnded { endReason }
  }
}"""


class Story:
    """What a stream has told, in order, of the stage."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self.lines: list[str] = []

    async def write(self, events: AsyncIterator[Json]) -> None:
        """Writes until the stream's end; every version is the next one."""
        version: int | None = None
        async for event in events:
            if event["__typename"] == "Heartbeat":
                continue
            assert version is None or event["version"] == version + 1
            version = event["version"]
            if event["__typename"] != "AudienceChanged":
                self.lines.append(self._line(dict(event)))

    def _line(self, event: Json) -> str:
        event.pop("version")
        if participant := event.pop("participant", None):
            event |= {"who": participant["user"]["id"], "role": participant["role"], "muted": participant["isMuted"]}
        return " ".join(self._names.get(str(value), str(value)) for value in event.values())


async def test_who_is_heard_and_what_is_told(newcomer: Newcomer, anyone: Person, http: httpx2.AsyncClient) -> None:
    host, asking, invited = [await newcomer(name) for name in ("host", "asking", "invited")]
    story = Story({host.id: "host", asking.id: "asking", invited.id: "invited"})
    made = await host.do("createSpace", title="Three tones")
    space_id = made["space"]["id"]
    async with asyncio.TaskGroup() as group, host.follow(EVENTS, id=space_id) as events:
        assert (await anext(events))["__typename"] == "SpaceSnapshot"
        telling = group.create_task(story.write(events))
        await host.do("startSpace", spaceId=space_id)
        await seat(space_id, host, asking)
        await invite_in(space_id, host, invited, "SPEAKER")
        async with listening(http, (await anyone.audio(space_id))["hlsUrl"]) as player:
            speakers = [(host, HOST_HZ), (asking, ASKING_HZ), (invited, INVITED_HZ)]
            async with microphones(space_id, speakers, LEVEL):
                times = await silence_one_after_the_other(space_id, host, asking, invited)
            await host.do("endSpace", spaceId=space_id)
        await telling
    [take] = player.listen()
    check_what_was_heard(take, times)
    assert story.lines == [
        "SpaceStarted",
        "SpeakRequestsChanged 1",
        "SpeakRequestsChanged 0",
        "SeatGranted asking SPEAKER True",
        "InvitationsChanged 1",
        "InvitationsChanged 0",
        "SeatGranted invited SPEAKER True",
        "MicrophoneOpened host",
        "MicrophoneOpened asking",
        "MicrophoneOpened invited",
        "MicrophoneClosed asking asking",
        "MicrophoneClosed invited host",
        "MicrophoneOpened asking",
        "SeatVacated asking REMOVED",
        "SpaceEnded HOST",
    ]


async def silence_one_after_the_other(
    space_id: str, host: Person, asking: Person, invited: Person
) -> dict[str, tuple[float, float]]:
    """Unix times before and after each thing that was done."""
    times = {}

    async def do(what: str, person: Person, mutation: str, **input: Any) -> None:
        before = time.time()
        await person.do(mutation, spaceId=space_id, **input)
        times[what] = before, time.time()
        end = times[what][1] + HOLD
        await until(lambda: time.time() > end, "the sound, which is made in real time, has come to here")

    await do("all open", host, "setMuted", muted=False)
    await do("asking mutes", asking, "setMuted", muted=True)
    await do("invited is muted", host, "muteParticipant", userId=invited.id)
    await do("asking opens", asking, "setMuted", muted=False)
    await do("asking is removed", host, "removeFromStage", userId=asking.id)
    return times


def check_what_was_heard(take: Take, times: dict[str, tuple[float, float]]) -> None:
    """Each tone at its level while its microphone was open, and not at all soon after it was closed."""
    moments = list(times.values())
    expected = [
        {HOST_HZ, ASKING_HZ, INVITED_HZ},
        {HOST_HZ, INVITED_HZ},
        {HOST_HZ},
        {HOST_HZ, ASKING_HZ},
        {HOST_HZ},
    ]
    for (what, (_, done)), following, audible in zip(
        times.items(), [*(before for before, _ in moments[1:]), moments[-1][1] + HOLD], expected, strict=True
    ):
        opening = what in ("all open", "asking opens")
        sound = take.between(done + (AUDIBLE_WITHIN if opening else SILENT_WITHIN), following)
        for hz in (HOST_HZ, ASKING_HZ, INVITED_HZ):
            if hz in audible:
                # A mixer that is late obeys before its time, and a microphone's machine has holes.
                amplitude = amplitude_at(best_window(sound, {hz: LEVEL}), hz)
                assert abs(decibels(amplitude / LEVEL)) < TOLERANCE_DB, f"{hz} Hz after {what}: {amplitude}"
            else:
                amplitude = amplitude_at(sound, hz)
                assert amplitude < QUIET, f"{hz} Hz after {what}: {amplitude}"
    assert np.abs(take.sound).max() < 1


async def refusal(person: Person, mutation: str, **input: Any) -> tuple[str, str | None, int | None, int | None]:
    """The one rule that says no: its code, the field it names, limit and current."""
    [error] = await person.refusals(mutation, **input)
    assert error["message"]
    return error["code"], error["field"], error["limit"], error["current"]


async def test_a_cohost_moderates_but_neither_host_nor_cohost(newcomer: Newcomer) -> None:
    host, first, second, speaker = [await newcomer(name) for name in ("host", "cohost", "cohost", "speaker")]
    space_id = await live_space(host)
    for cohost in (first, second):
        await invite_in(space_id, host, cohost, "COHOST")
    await seat(space_id, first, speaker)
    for person in (host, second, speaker):
        await person.do("setMuted", spaceId=space_id, muted=False)
    on_host, on_cohost = {"spaceId": space_id, "userId": host.id}, {"spaceId": space_id, "userId": second.id}
    for mutation in ("muteParticipant", "removeFromStage"):
        assert await refusal(first, mutation, **on_host) == ("CANNOT_TARGET_HOST", "userId", None, None)
        assert await refusal(first, mutation, **on_cohost) == ("NOT_PERMITTED", "userId", None, None)
        assert await refusal(speaker, mutation, **on_cohost) == ("NOT_PERMITTED", "spaceId", None, None)
    for_the_host: dict[str, Json] = {
        "endSpace": {},
        "updateSpace": {"title": "Mine"},
        "setSpeakPolicy": {"speakPolicy": "EVERYONE"},
        "setClippingAllowed": {"clippingAllowed": False},
        "transferHost": {"userId": second.id},
        "deleteSpace": {"confirm": True},
    }
    for mutation, input in for_the_host.items():
        assert (await refusal(first, mutation, spaceId=space_id, **input))[0] == "NOT_PERMITTED"
    listener = await newcomer("listener")
    inviting = {"spaceId": space_id, "userId": listener.id}
    assert (await refusal(first, "inviteToStage", **inviting, role="COHOST"))[0] == "NOT_PERMITTED"
    await first.do("inviteToStage", **inviting, role="SPEAKER")

    await first.do("muteParticipant", spaceId=space_id, userId=speaker.id)
    found = await host.read("query ($id: ID!) { space(id: $id) { stage { user { id } isMuted } } }", id=space_id)
    assert {seat["user"]["id"]: seat["isMuted"] for seat in found["stage"]}[speaker.id], "and nobody opens it but them"
    await first.do("removeFromStage", spaceId=space_id, userId=speaker.id)
    await first.do("removeFromStage", spaceId=space_id, userId=first.id)
    assert (await refusal(first, "muteParticipant", spaceId=space_id, userId=second.id))[0] == "NOT_PERMITTED"


async def test_nobody_can_say_that_anothers_microphone_be_opened(newcomer: Newcomer) -> None:
    host, speaker = await newcomer("host"), await newcomer("speaker")
    space_id = await live_space(host)
    await seat(space_id, host, speaker)
    for field in ("muted: false", "isMuted: false"):
        document = f"""mutation ($space: ID!, $user: ID!) {{
          muteParticipant(input: {{spaceId: $space, userId: $user, {field}}}) {{ userErrors {{ code }} }}
        }}"""
        answer = await host.ask(document, space=space_id, user=speaker.id)
        assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_the_stage_is_full_at_two_cohosts_and_ten_speakers(newcomer: Newcomer) -> None:
    host = await newcomer("host")
    space_id = await live_space(host)
    people = await asyncio.gather(*(newcomer("guest") for _ in range(15)))
    cohosts, promised, speakers, late, invited = people[:1], people[1], people[2:12], people[12], people[13]
    for cohost in cohosts:
        await invite_in(space_id, host, cohost, "COHOST")
    await invite(space_id, host, promised, "COHOST")
    third = {"spaceId": space_id, "userId": late.id, "role": "COHOST"}
    assert await refusal(host, "inviteToStage", **third) == ("COHOST_LIMIT_REACHED", None, 2, 2)
    # The tenth seat is promised to nobody: whoever comes first has it.
    invitation_id = await invite(space_id, host, invited, "SPEAKER")
    await asyncio.gather(*(seat(space_id, host, speaker) for speaker in speakers))
    request_id = await ask_for_seat(space_id, late)
    accepting = {"spaceId": space_id, "requestId": request_id}
    assert await refusal(host, "acceptSpeakRequest", **accepting) == ("SPEAKER_LIMIT_REACHED", None, 10, 10)

    taken = await invited.attempt("acceptInvitation", spaceId=space_id, invitationId=invitation_id)
    assert [error["code"] for error in taken["userErrors"]] == ["SEAT_TAKEN"]
    assert taken["space"]["viewerRole"] == "LISTENER"

    await host.do("removeFromStage", spaceId=space_id, userId=speakers[0].id)
    accepted = await host.do("acceptSpeakRequest", **accepting)
    assert sum(seat["role"] == "SPEAKER" for seat in accepted["space"]["stage"]) == 10


async def test_two_moderators_grant_the_last_seat_at_once_and_one_succeeds(newcomer: Newcomer) -> None:
    host, cohost, *people = await asyncio.gather(*(newcomer("someone") for _ in range(13)))
    space_id = await live_space(host)
    await invite_in(space_id, host, cohost, "COHOST")
    await asyncio.gather(*(seat(space_id, host, person) for person in people[:9]))
    requests = [await ask_for_seat(space_id, person) for person in people[9:]]
    answers = await asyncio.gather(
        *(
            moderator.attempt("acceptSpeakRequest", spaceId=space_id, requestId=request_id)
            for moderator, request_id in zip((host, cohost), requests, strict=True)
        )
    )
    codes = sorted(error["code"] for answer in answers for error in answer["userErrors"])
    assert codes == ["SPEAKER_LIMIT_REACHED"]


async def test_a_closed_queue_and_what_is_not_there(newcomer: Newcomer) -> None:
    host, guest = await newcomer("host"), await newcomer("guest")
    space_id = await live_space(host)
    here = {"spaceId": space_id}
    assert (await refusal(guest, "requestToSpeak", **here))[:2] == ("NOT_A_PARTICIPANT", "spaceId")
    assert (await refusal(guest, "sendReaction", **here, emoji="🔥"))[:2] == ("NOT_A_PARTICIPANT", "spaceId")
    assert (await refusal(guest, "setMuted", **here, muted=False))[:2] == ("NOT_ON_STAGE", "spaceId")
    assert (await refusal(host, "requestToSpeak", **here))[:2] == ("ALREADY_ON_STAGE", "spaceId")
    assert (await refusal(host, "sendReaction", **here, emoji="🦄"))[:2] == ("UNKNOWN_REACTION", "emoji")
    assert (await refusal(host, "removeFromStage", **here, userId=guest.id))[:2] == ("NOT_ON_STAGE", "userId")
    assert (await refusal(host, "removeFromStage", **here, userId=host.id))[:2] == ("CANNOT_TARGET_HOST", "userId")
    assert (await refusal(host, "startSpace", **here))[:2] == ("SPACE_ALREADY_STARTED", "spaceId")
    request_id = await ask_for_seat(space_id, guest)
    await host.do("declineSpeakRequest", **here, requestId=request_id)
    again = {**here, "requestId": request_id}
    assert (await refusal(host, "acceptSpeakRequest", **again))[:2] == ("REQUEST_NOT_FOUND", "requestId")
    assert (await refusal(guest, "cancelSpeakRequest", **here))[:2] == ("REQUEST_NOT_FOUND", "spaceId")
    declining = {**here, "invitationId": "none"}
    assert (await refusal(guest, "declineInvitation", **declining))[:2] == ("INVITATION_NOT_FOUND", "invitationId")

    await guest.do("requestToSpeak", **here)
    await host.do("setSpeakPolicy", **here, speakPolicy="INVITED_ONLY")
    found = await guest.read("query ($id: ID!) { space(id: $id) { viewerSpeakRequest { id } } }", id=space_id)
    assert found["viewerSpeakRequest"] is None, "tightening the policy expires pending requests"
    assert (await refusal(guest, "requestToSpeak", **here))[:2] == ("REQUESTS_CLOSED", "spaceId")
    assert (await refusal(guest, "acceptSpeakRequest", **again))[:2] == ("NOT_PERMITTED", "spaceId")

    await host.do("endSpace", **here)
    for mutation in ("joinSpace", "startSpace", "endSpace"):
        person = guest if mutation == "joinSpace" else host
        assert (await refusal(person, mutation, **here))[:2] == ("SPACE_ENDED", "spaceId")
    assert (await refusal(host, "updateSpace", **here, title="Later"))[:2] == ("SPACE_ENDED", "spaceId")


async def test_a_preparing_space_is_there_for_those_it_invites_alone(newcomer: Newcomer, anyone: Person) -> None:
    host, invited, other = [await newcomer(name) for name in ("host", "invited", "other")]
    made = await host.do("createSpace", title="Soon", initialSpeakerIds=[invited.id])
    space_id = made["space"]["id"]
    seen = "query ($id: ID!) { space(id: $id) { state } }"
    assert await invited.read(seen, id=space_id) == {"state": "PREPARING"}
    for outsider in (other, anyone):
        assert await outsider.read(seen, id=space_id) is None
    assert (await refusal(other, "joinSpace", spaceId=space_id))[:2] == ("SPACE_NOT_FOUND", "spaceId")
    assert (await refusal(host, "endSpace", spaceId=space_id))[:2] == ("SPACE_NOT_LIVE", "spaceId")
    assert (await refusal(host, "createClip", spaceId=space_id))[:2] == ("SPACE_NOT_LIVE", "spaceId")
    async with asyncio.timeout(DEADLINE):
        with pytest.raises(Exception, match="SPACE_NOT_FOUND"):
            async with other.follow(EVENTS, id=space_id) as events:
                await anext(events)
