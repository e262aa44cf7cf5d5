"""README's pictures of the pages: `make pictures` takes them anew, of a server with people on it who talk."""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
from PIL import Image
from strawberry.relay import GlobalID

from app.demo.microphone import Microphone
from app.demo.voices import repertoire
from media.opus import SAMPLE_RATE
from tests.browser.browsers import ChromiumPage, chromium
from tests.browser.test_graphiql import run_example
from tests.browser.visitor import LOOK_EVERY, Visitor
from tests.server.running import running
from tests.waiting import until
from tests.whole.people import Person
from tests.whole.rooms import ask_for_seat, connected, live_space, seat
from tests.whole.test_recording import clip_when_recorded

FOLDER = Path(__file__).parents[2] / "app" / "web" / "client" / "pictures"
DESK, PHONE = (1100, 760), (390, 760)
COLOURS = 256
RECORDED_SECONDS = 45.0
"""So that the window of 30 s can be seen to be a part of it."""
PEOPLE = {
    "robin": "Robin Hale",
    "maya": "Maya Lindqvist",
    "tomas": "Tomás Ruiz",
    "aisha": "Aisha Okafor",
    "jun": "Jun Watanabe",
    "noor": "Noor Haddad",
    "elena": "Elena Rossi",
}


async def take_all() -> None:
    """Every picture, into their folder."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        async with (
            running(data / "data", MEDIA_ADDRESSES="127.0.0.1", TRANSCRIBER="pocketsphinx") as server,
            httpx2.AsyncClient(timeout=30) as http,
            chromium(data, 440.0, "--hide-scrollbars") as page,
        ):
            assert isinstance(page, ChromiumPage)
            people = {handle: await signed_up(http, server.url, handle, name) for handle, name in PEOPLE.items()}
            await log_in(page, server.url)
            await Album(page, server.url, people).fill()


async def signed_up(http: httpx2.AsyncClient, url: str, handle: str, name: str) -> Person:
    """Someone new at the server."""
    made = await Person(http, url).do("signUp", handle=handle, displayName=name, password="password")
    return Person(http, url, made["token"], made["user"]["id"])


async def log_in(page: ChromiumPage, url: str) -> None:
    """The pages are seen with Robin's eyes."""
    await page.look(*DESK, scheme="light")
    visitor = Visitor(page)
    await visitor.goto(f"{url}/log-in")
    await visitor.fill(Handle="robin", Password="password")
    await visitor.press("Log in")
    await visitor.sees("Your profile, Robin Hale")


class Album:
    """The pictures, in an order in which one conversation is enough for all of them."""

    def __init__(self, page: ChromiumPage, url: str, people: dict[str, Person]) -> None:
        self._page = page
        self._visitor = Visitor(page)
        self._url = url
        self._people = people

    async def fill(self) -> None:
        """Takes all of them."""
        robin = self._people["robin"]
        space_id = await live_space(
            robin, title="Field recordings: what your city sounds like", topics=["Music", "Art"], recordingEnabled=True
        )
        async with self._talk(space_id):
            began = asyncio.get_running_loop().time()
            await self._furnish(space_id)
            await self._take("home", "/", self._space_bar)
            await self._take("spaces", "/spaces")
            await self._take("schedule", "/new", self._schedule)
            await self._take("settings", "/settings", scheme="dark")
            await self._take("inbox-phone", "/messages", size=PHONE)
            await self._take("messages-phone", "/messages/maya", size=PHONE)
            space = await self._address(space_id)
            await self._take("space", space, self._listen)
            await self._take("space-phone", space, self._listen, size=PHONE, scheme="dark")
            self._keep("link", await self._poster(space))
            await asyncio.sleep(max(0.0, began + RECORDED_SECONDS - asyncio.get_running_loop().time()))
        await robin.do("endSpace", spaceId=space_id)
        await self._take("replay", space, self._clip)
        await self._take("clip", await self._published(space_id))
        await self._take("graphiql", f"/graphql#token={robin.token}", self._ask)

    @asynccontextmanager
    async def _talk(self, space_id: str) -> AsyncIterator[None]:
        speakers = [self._people[handle] for handle in ("maya", "tomas", "aisha")]
        await seat(space_id, self._people["robin"], *speakers)
        async with AsyncExitStack() as stack:
            talking: list[asyncio.Task[None]] = []
            for number, speaker in enumerate(speakers[:2]):
                address = (await speaker.audio(space_id))["whipUrl"]
                microphone = await stack.enter_async_context(connected(address))
                await speaker.do("setMuted", spaceId=space_id, muted=False)
                talking.append(asyncio.create_task(talk(microphone, number)))
            try:
                yield
            finally:
                for one in talking:
                    one.cancel()
                await asyncio.wait(talking)

    async def _furnish(self, space_id: str) -> None:
        """Listeners, a raised hand, Posts, messages, other Spaces and one to come."""
        robin, maya, jun, noor, elena = (self._people[name] for name in ("robin", "maya", "jun", "noor", "elena"))
        await ask_for_seat(space_id, jun)
        await elena.do("joinSpace", spaceId=space_id)
        for one in (maya, noor, elena, jun):
            await robin.do("follow", userId=one.id)
            await one.do("follow", userId=robin.id)
        small = await live_space(noor, title="Small servers, big rooms", topics=["Tech"], recordingEnabled=True)
        await seat(small, noor, elena)
        post = await elena.do("createPost", text="The tram line 7 at dawn, recorded from the last bench.")
        await maya.do("createPost", text="On in a minute, bring headphones!", card={"spaceId": space_id})
        await jun.do("createPost", text="Looking for recordings of rain on tin roofs. Anyone?")
        await robin.do("sharePostToSpace", spaceId=space_id, postId=post["post"]["id"])
        start = (datetime.now(UTC) + timedelta(days=3)).replace(hour=18, minute=30, second=0, microsecond=0)
        await maya.do(
            "scheduleSpace", title="Listening club: trains", scheduledStart=start.isoformat(), timeZone="Europe/Madrid"
        )
        await self._write()

    async def _write(self) -> None:
        """Messages to Robin and from her; she has read Maya's."""
        robin, maya, jun, noor, elena = (self._people[name] for name in ("robin", "maya", "jun", "noor", "elena"))
        await robin.do("sendDirectMessage", userIds=[elena.id, noor.id], text="We start at eight.")
        for sender, text in (
            (elena, "Line 7 is ready, two versions of it."),
            (jun, "Is there room for tin roofs?"),
            (jun, "I have eleven of them."),
            (maya, "Shall we open with the harbour? I have twenty minutes of it, gulls and all."),
            (robin, "Yes, and then the tram. Elena has posted hers."),
            (maya, "Then I bring the rain for the end."),
        ):
            other = maya if sender is robin else robin
            await sender.do("sendDirectMessage", userIds=[other.id], text=text)
        [last] = (await robin.do("sendDirectMessage", userIds=[maya.id], text="See you on stage!"))["messages"]
        await robin.do("markConversationRead", userId=maya.id, messageId=last["id"])

    async def _address(self, space_id: str) -> str:
        space = await self._people["robin"].read("query ($id: ID!) { space(id: $id) { url } }", id=space_id)
        return "/spaces/" + str(space["url"]).rsplit("/", 1)[1]

    async def _take(
        self,
        name: str,
        path: str,
        prepare: Callable[[], Awaitable[None]] | None = None,
        *,
        size: tuple[int, int] = DESK,
        scheme: str = "light",
    ) -> None:
        await self._page.look(*size, scheme=scheme)
        await self._visitor.goto(self._url + path)
        if prepare:
            await prepare()
        else:
            await self._visitor.settled()
        self._keep(name, await self._page.picture())

    def _keep(self, name: str, png: bytes) -> None:
        image = Image.open(io.BytesIO(png))
        image.convert("RGB").quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)

    async def _poster(self, space: str) -> bytes:
        """What a link to the Space shows."""
        async with httpx2.AsyncClient(timeout=30) as http:
            return (await http.get(f"{self._url}{space}/poster.png")).raise_for_status().content

    async def _published(self, space_id: str) -> str:
        """Where a clip is that somebody has cut."""
        elena = self._people["elena"]
        clip = await clip_when_recorded(elena, space_id, startOffsetMs=4_000, durationMs=20_000)
        await elena.do("publishClip", clipId=clip["id"], comment="That echo!")
        return f"/clips/{GlobalID.from_id(clip['id']).node_id}"

    async def _space_bar(self) -> None:
        await self._visitor.sees("Small servers, big rooms")
        await self._visitor.settled()

    async def _schedule(self) -> None:
        await self._visitor.fill(**{"What_do_you_want_to_talk_about?": "Night walks, and what one hears on them"})
        await self._visitor.press("Schedule it for later")
        start = datetime.now() + timedelta(days=4)
        await self._visitor.fill(Starts=f"{start:%Y-%m-%d}T20:00")

    async def _listen(self) -> None:
        """The host at their Space: heard, someone speaks, reactions fly."""
        await self._visitor.press("Connect the sound")
        await self._visitor.sees("Unmute")
        await until(self._someone_speaks, "someone is seen to speak", look_every=LOOK_EVERY)
        space_id = await self._page.run("btoa('Space:' + location.pathname.split('/')[2])")
        for handle, emoji in (("jun", "🔥"), ("elena", "❤️"), ("tomas", "👏")):
            await self._people[handle].do("sendReaction", spaceId=space_id, emoji=emoji)
            await asyncio.sleep(0.35)
        await asyncio.sleep(0.35)

    async def _someone_speaks(self) -> bool:
        return bool(await self._page.run("document.querySelectorAll('.speaks').length >= 1"))

    async def _clip(self) -> None:
        await self._visitor.sees("Make a clip")
        await self._page.run("document.querySelector('#editor-title').scrollIntoView({block: 'center'})")

    async def _ask(self) -> None:
        await self._visitor.sees("SpaceEvents")
        await run_example(self._visitor, "CreateSpace")


async def talk(microphone: Microphone, speaker: int) -> None:
    """Sentence after sentence, until cancelled."""
    for sentence in repertoire(speaker, []):
        microphone.say(sentence)
        await asyncio.sleep(len(sentence) / SAMPLE_RATE)


if __name__ == "__main__":
    sys.exit(asyncio.run(take_all()))
