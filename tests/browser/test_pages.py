"""Pages beside the live conversation: messages, what is announced, Posts shown, and a replay that is searched and cut.

One Space is recorded from the beginning on, while the other pages are tried: 30 s of it are wanted at the end.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import numpy as np
import pytest

from app.demo.microphone import Microphone
from tests.browser.browsers import ChromiumPage, chromium
from tests.browser.test_access import address
from tests.browser.visitor import LOOK_EVERY, SEEN_SECONDS, Visitor
from tests.media.sounds import silence, speech
from tests.server.running import RunningServer, running
from tests.waiting import until
from tests.whole.people import Person
from tests.whole.rooms import connected, live_space

SENTENCE = "we will talk about music and the history of the city"
"""One that pocketsphinx gets right as a rule, in a voice that it knows."""
PHRASES = """query ($id: ID!) { space(id: $id) { transcript(first: 10) {
  edges { node { text startOffsetMs words { text } } } } } }"""
CLIP_MS = 30_000
RECORDED_MS = 34_000
RECORDED_SECONDS = 120.0


@dataclass(frozen=True)
class Recorded:
    """A live Space of ann's, recorded since it is, in which SENTENCE was said."""

    ann: Person
    space_id: str
    microphone: AsyncExitStack


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """One that puts speech into words."""
    data = tmp_path_factory.mktemp("pages") / "data"
    async with running(data, TRANSCRIBER="pocketsphinx", MEDIA_ADDRESSES="127.0.0.1") as one:
        yield one


@pytest.fixture(scope="module")
async def recorded(server: RunningServer) -> AsyncIterator[Recorded]:
    """On air, its microphone open, until the last test ends it."""
    async with httpx2.AsyncClient(timeout=30) as http, AsyncExitStack() as stack:
        made = await Person(http, server.url).do("signUp", handle="ann", displayName="Ann", password="password")
        ann = Person(http, server.url, made["token"], made["user"]["id"])
        space_id = await live_space(ann, title="The city", recordingEnabled=True)
        microphone: Microphone = await stack.enter_async_context(connected((await ann.audio(space_id))["whipUrl"]))
        await ann.do("setMuted", spaceId=space_id, muted=False)
        microphone.say(np.concatenate((silence(1), speech(SENTENCE, "en-us") * 0.5, silence(1))))
        yield Recorded(ann, space_id, stack)


@pytest.fixture(scope="module")
async def ann(
    server: RunningServer, recorded: Recorded, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Visitor]:
    """The Space's host at a browser."""
    async with chromium(tmp_path_factory.mktemp("ann"), 440.0) as page:
        visitor = Visitor(page)
        await visitor.goto(f"{server.url}/log-in")
        await visitor.fill(Handle="ann", Password="password")
        await visitor.press("Log in")
        await visitor.sees("Your profile, Ann")
        yield visitor


@pytest.fixture(scope="module")
async def ben(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visitor]:
    """Someone else, at another."""
    async with chromium(tmp_path_factory.mktemp("ben"), 880.0) as page:
        visitor = Visitor(page)
        await visitor.sign_up(server.url, "ben", "Ben")
        yield visitor


async def test_messages_come_in_while_one_looks(server: RunningServer, ann: Visitor, ben: Visitor) -> None:
    await ben.goto(f"{server.url}/people/ann")
    await ben.press("Message")
    await ben.fill(Message_to_Ann="Are you on tonight?")
    await ben.press("Send")
    await ben.sees("Are you on tonight?")
    await ann.sees("Ben: Are you on tonight?")
    await ann.press("Messages")
    await ann.press("Ben @ben · " + await when_written(ann) + "Are you on tonight?")
    await ann.fill(Message_to_Ben="At eight.")
    await ann.press("Send")
    await ben.sees("At eight.")


async def when_written(visitor: Visitor) -> str:
    """The only entry's time, as it is shown."""
    await visitor.sees("@ben")
    shown: str = await visitor.page.run("document.querySelector('.inbox time').textContent")
    return shown


async def test_what_is_announced_is_changed_and_called_off(recorded: Recorded, ann: Visitor) -> None:
    start = (datetime.now(UTC) + timedelta(days=2)).replace(hour=12, minute=0, second=0, microsecond=0)
    made = await recorded.ann.do(
        "scheduleSpace", title="Trains", scheduledStart=start.isoformat(), timeZone="Europe/Madrid"
    )
    await ann.goto(recorded.ann.url + await address(recorded.ann, made["space"]["id"]))
    await ann.press("Change")
    await ann.fill(Title="Night trains", Starts=f"{start + timedelta(days=1):%Y-%m-%d}T21:45")
    await ann.press("Save")
    await ann.sees("Night trains")
    await ann.sees("9:45")
    await ann.press("Call it off")
    await ann.press("Call the Space off")
    await ann.sees("This Space was canceled.")


async def test_a_post_is_written_and_shown(recorded: Recorded, ann: Visitor, ben: Visitor) -> None:
    url = recorded.ann.url + await address(recorded.ann, recorded.space_id)
    await ben.goto(url)
    await ben.press("Start listening")
    await ann.goto(url)
    await ann.press("Show a Post")
    await ann.fill(A_new_Post="A map of the city")
    await ann.press("Post and show")
    for visitor in (ann, ben):
        await visitor.sees("A map of the city")
        await visitor.sees("Shown by Ann")


async def test_the_replay_is_found_by_a_word_and_cut_by_dragging(
    recorded: Recorded, ann: Visitor, ben: Visitor
) -> None:
    phrase = await over(recorded)
    await ben.press("Very good")
    await ben.press("Tell")
    await ben.sees("Thank you.")

    await ann.goto(f"{recorded.ann.url}/spaces")
    await ann.press("Said")
    await ann.fill(Search_what_was_said=" ".join(word["text"] for word in phrase["words"][:4]))
    await ann.sees("in The city")
    await ann.page.run("document.querySelector('.space-list a').click()")
    await ann.sees("Make a clip")
    assert await ann.page.run("document.querySelector('.track input').value / 100") == pytest.approx(
        phrase["startOffsetMs"] / 100, abs=1
    )
    await ann.sees("5.0 of 5")
    await drag_to_the_end(ann)
    await ann.press("Cut the clip")
    await ann.sees("Clip of 30.0 s")

    async def plays() -> bool:
        at, seconds = await ann.page.run(
            "(({currentTime, duration}) => [currentTime, duration || 0])(document.querySelector('dialog audio'))"
        )
        return bool(f"{seconds:.1f}" == "30.0" and at > 1)

    await ann.page.run("document.querySelector('dialog audio').play().then(() => null)")
    await until(plays, "30.0 s play", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)


async def over(recorded: Recorded) -> Any:
    """Ends the Space once there is enough of it; the phrase that was understood."""
    found: list[Any] = []

    async def long_enough() -> bool:
        where = {"startOffsetMs": RECORDED_MS - CLIP_MS, "durationMs": CLIP_MS}
        made = await recorded.ann.attempt("createClip", spaceId=recorded.space_id, **where)
        space = await recorded.ann.read(PHRASES, id=recorded.space_id)
        found[:] = [edge["node"] for edge in space["transcript"]["edges"]]
        return bool(made["clip"] and found)

    await until(long_enough, "34 s are recorded, and understood", deadline=RECORDED_SECONDS, look_every=1)
    await recorded.microphone.aclose()
    await recorded.ann.do("endSpace", spaceId=recorded.space_id)
    return found[0]


async def drag_to_the_end(visitor: Visitor) -> None:
    """The window, from where it is, along the waveform."""
    page = visitor.page
    assert isinstance(page, ChromiumPage)
    before = await page.run("document.querySelector('.track input').value")
    box = "document.querySelector('.track').getBoundingClientRect()"
    left, top, width, height = [await page.run(f"{box}.{side}") for side in ("left", "top", "width", "height")]
    y = top + height / 2
    await page.drag(*((left + share * width, y) for share in (0.5, 0.7, 0.97)))

    async def moved() -> bool:
        now = await page.run(
            "[document.querySelector('.track input').value, document.querySelector('.track input').max]"
        )
        return bool(now[0] != before and abs(float(now[0]) - float(now[1])) < 100)

    await until(moved, "the window has moved to the end", deadline=SEEN_SECONDS)
