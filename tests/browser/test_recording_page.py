"""A recording's page, as its host uses it: sought in, trimmed, saved, read along, found again, deleted."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2
import pytest

from app.domain.transcripts import Phrase, Word
from app.mongod import Mongod
from app.store.database import open_database
from app.store.transcripts import MongoTranscriptStore
from tests.browser.browsers import ChromiumPage, chromium
from tests.browser.keys import press_key
from tests.browser.system import watch_controls
from tests.browser.test_access import address
from tests.browser.visitor import LOOK_EVERY, SEEN_SECONDS, Visitor
from tests.media.recordings import record
from tests.media.sounds import tone
from tests.server.running import RunningServer, running
from tests.waiting import until
from tests.whole.people import Person

DATABASE = "recording_page"
SENTENCE = "we will talk about music and the history of the city"
SAID_SECONDS = 80
EARLIER_SECONDS = 90
"""Of a recording that a server before this one made: no browser fetches all of it at once."""
TOKEN_SECONDS = 6
TONE_HZ = 440.0
SEEKER = "document.querySelector('.seeker input')"
DOWNLOAD = "document.querySelector('a[download]').href"
FETCHED = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/audio/'))"
TOKENS = f"[...new Set({FETCHED}.map((one) => one.name.split('/').at(-2)))]"
REFUSED = f"{FETCHED}.filter((one) => one.responseStatus >= 400).map((one) => one.name)"
SOUND = "document.querySelector('main audio')"


@dataclass(frozen=True)
class Recorded:
    """An ended Space of ann's: a tone, over which SENTENCE was said at SAID_SECONDS."""

    ann: Person
    space_id: str


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory, mongod: Mongod) -> AsyncIterator[RunningServer]:
    """One whose addresses of sound hold for seconds."""
    data = tmp_path_factory.mktemp("recording") / "data"
    database = mongod.uri.replace("/?", f"/{DATABASE}?")
    async with running(data, MONGODB_URI=database, MEDIA_TOKEN_SECONDS=str(TOKEN_SECONDS)) as one:
        yield one


@pytest.fixture(scope="module")
async def recorded(server: RunningServer, mongod: Mongod) -> AsyncIterator[Recorded]:
    """See `Recorded`. Most of it seems to be of a server before this one: nobody waits for 90 s to go by."""
    async with httpx2.AsyncClient(timeout=30) as http, open_database(mongod.uri, name=DATABASE) as database:
        made = await Person(http, server.url).do("signUp", handle="ann", displayName="Ann", password="password")
        ann = Person(http, server.url, made["token"], made["user"]["id"])
        space = (await ann.do("createSpace", title="The city", recordingEnabled=True))["space"]
        own_id = (await address(ann, space["id"])).rsplit("/", 1)[1]
        folder = server.data / "audio" / "spaces" / own_id
        folder.mkdir(parents=True)
        record(folder, tone(TONE_HZ, EARLIER_SECONDS, 0.3)).close()
        await ann.do("startSpace", spaceId=space["id"])
        await MongoTranscriptStore(database).add(said(own_id, from_global(ann.id)))
        await ann.do("endSpace", spaceId=space["id"])
        yield Recorded(ann, space["id"])


def said(space_id: str, speaker_id: str) -> Phrase:
    """SENTENCE, a word each half second."""
    start_ms = SAID_SECONDS * 1000
    words = [Word(text, start_ms + at * 500, start_ms + at * 500 + 400, 1) for at, text in enumerate(SENTENCE.split())]
    end_ms = words[-1].end_ms
    return Phrase(
        "1",
        space_id,
        speaker_id,
        "en",
        start_ms,
        end_ms,
        end_ms,
        tuple(words),
        datetime.now(UTC).replace(microsecond=0),
    )


def from_global(id: str) -> str:
    """What a global id is of."""
    return base64.b64decode(id).decode().partition(":")[2]


@pytest.fixture(scope="module")
async def host(
    server: RunningServer, recorded: Recorded, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Visitor]:
    """Ann at a browser, logged in."""
    async with chromium(tmp_path_factory.mktemp("ann"), 440.0) as page:
        assert isinstance(page, ChromiumPage)
        await watch_controls(page)
        visitor = Visitor(page)
        await visitor.goto(f"{server.url}/log-in")
        await visitor.fill(Handle="ann", Password="password")
        await visitor.press("Log in")
        await visitor.sees("Your profile, Ann")
        yield visitor


@pytest.fixture
async def page(host: Visitor, recorded: Recorded) -> ChromiumPage:
    """Hers, with the recording in it, ready to play."""
    await host.goto(recorded.ann.url + await address(recorded.ann, recorded.space_id))
    await host.sees("Download")
    assert isinstance(host.page, ChromiumPage)
    await becomes(host.page, f"{SOUND}.duration > {EARLIER_SECONDS}", "it can be played")
    return host.page


async def becomes(page: ChromiumPage, condition: str, what: str) -> None:
    """Waits until a JavaScript expression is true."""

    async def true() -> bool:
        return bool(await page.run(condition))

    await until(true, what, deadline=SEEN_SECONDS, look_every=LOOK_EVERY)


async def test_it_plays_on_by_addresses_that_are_renewed(host: Visitor, page: ChromiumPage) -> None:
    await page.run(f"{SOUND}.play().then(() => null)")
    await host.hears(TONE_HZ)
    source = await page.run(f"{SOUND}.src")
    await page.run(f"globalThis.broken = 0, {SOUND}.addEventListener('waiting', () => ++broken)")
    await becomes(page, f"{TOKENS}.length > 2", "two renewals are over")
    await host.hears(TONE_HZ)
    assert await page.run(f"[broken, {SOUND}.src, {REFUSED}]") == [0, source, []]
    at, fetched = await page.run(f"[{SOUND}.currentTime, {SOUND}.buffered.end(0)]")
    assert at < fetched < EARLIER_SECONDS
    # Sought beyond what was fetched: the first address is over by now.
    await page.run(f"{SOUND}.currentTime = {EARLIER_SECONDS - 10}")
    await becomes(page, f"{SOUND}.currentTime > {EARLIER_SECONDS - 10}.1", "it plays there")
    await host.hears(TONE_HZ)


async def test_it_is_sought_in_by_the_waveform_and_read_along(page: ChromiumPage) -> None:
    left, top, width, height, seconds = await page.run(
        "(({left, top, width, height}) => [left, top, width, height, " + SOUND + ".duration])"
        "(document.querySelector('.seeker').getBoundingClientRect())"
    )
    await page.drag((left + width / 2, top + height / 2))
    await becomes(page, f"Math.abs({SOUND}.currentTime - {seconds / 2}) < 1", "the middle was pressed")
    assert await page.run("document.querySelector('.subtitles').innerText") == ""
    await page.run(f"{SEEKER}.focus()")
    for key, at in (("ArrowRight", 5), ("PageUp", 35), ("ArrowLeft", 30), ("PageDown", 0)):
        await press_key(page, key)
        await becomes(page, f"Math.abs({SOUND}.currentTime - {seconds / 2 + at}) < 1", f"{key} moves it")
    await press_key(page, "End")
    await becomes(page, f"{SOUND}.duration - {SOUND}.currentTime < 0.2", "End is the end")
    await press_key(page, "Home")
    await becomes(page, f"{SOUND}.currentTime === 0", "Home is the beginning")
    await page.drag((left + width * (SAID_SECONDS + 2) / seconds, top + height / 2))
    await becomes(page, f"document.querySelector('.subtitles').innerText === 'Ann: {SENTENCE}'", "it is read along")
    assert str(await page.run(f"{SEEKER}.getAttribute('aria-valuetext')")).endswith(" of 1:30")


async def test_the_systems_controls_play_and_seek(host: Visitor, page: ChromiumPage) -> None:
    session = "navigator.mediaSession"
    assert await page.run(f"{session}.metadata") is None
    await page.run(f"{SOUND}.play().then(() => null)")
    await becomes(page, f"{session}.playbackState === 'playing'", "it says that it plays")
    shown = await page.run(f"(({{title, artist, artwork}}) => [title, artist, artwork[0].src])({session}.metadata)")
    assert shown[:2] == ["The city", "Ann"]
    assert await page.run(f"fetch({shown[2]!r}).then((answer) => answer.ok)")
    for action, details, condition in (
        ("seekto", {"seekTime": 40}, "currentTime >= 40"),
        ("seekforward", {}, "currentTime >= 50"),
        ("seekforward", {"seekOffset": 20}, "currentTime >= 70"),
        ("seekbackward", {}, "currentTime < 70"),
        ("pause", {}, "paused"),
        ("play", {}, "paused === false"),
        ("stop", {}, "currentTime === 0"),
    ):
        await host.read("control", action, details)
        await becomes(page, f"{SOUND}.{condition}", f"{action} does it")
    assert await page.run(f"{session}.playbackState") == "paused"
    await host.press("Explore")
    await becomes(page, f"{session}.metadata === null", "nothing is shown any more")
    assert await host.read("controls") == []


async def test_it_is_saved_under_the_spaces_title(host: Visitor, page: ChromiumPage) -> None:
    first = await page.run(DOWNLOAD)
    await becomes(page, f"{DOWNLOAD} !== {first!r}", "there is a newer address")
    head, name, begins = await page.run(
        f"fetch({DOWNLOAD}, {{headers: {{Range: 'bytes=0-11'}}}}).then(async (answer) => "
        "[answer.status, answer.headers.get('Content-Disposition'), (await answer.text()).slice(4, 8)])"
    )
    assert (head, begins) == (206, "ftyp")
    assert "attachment" in name
    assert "The%20city.m4a" in name


async def test_both_ends_are_trimmed_and_that_is_undone(host: Visitor, page: ChromiumPage) -> None:
    whole = await page.run(f"{SOUND}.duration")
    await page.run(f"{SOUND}.currentTime = 20")
    await host.press("Let it begin here")
    await becomes(page, f"Math.abs({SOUND}.duration - {whole - 20}) < 0.1", "20 s less at the beginning")
    await page.run(f"{SOUND}.currentTime = 30")
    await host.press("Let it end here")
    await becomes(page, f"Math.abs({SOUND}.duration - 30) < 0.1", "30 s are left")
    await page.run(f"{SOUND}.play().then(() => null)")
    await host.hears(TONE_HZ)
    await host.sees_no("Subtitles")
    await host.press("Undo the trim")
    await becomes(page, f"Math.abs({SOUND}.duration - {whole}) < 0.1", "all is there again")
    await host.sees_no("Undo the trim")


async def test_it_is_found_in_the_history_until_it_is_deleted(host: Visitor, page: ChromiumPage) -> None:
    await host.press("Settings")
    await host.sees("Your recordings")
    await page.run("document.querySelector('.space-list a').click()")
    await host.press("Delete the recording")
    await host.sees("It is gone for good. Clips of it stay.")
    await press_key(page, "Escape")
    await host.sees_no("It is gone for good. Clips of it stay.")
    await host.sees("Download")
    await host.press("Delete the recording")
    await host.press("Delete it")
    await host.sees("Its recording was deleted.")
    await host.sees_no("Download")
    await host.press("Settings")
    await host.sees("Blocked people")
    await host.sees_no("Your recordings")
