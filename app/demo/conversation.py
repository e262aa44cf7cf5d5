"""The demo's script: open a Space, talk, listen, watch, clip it, check everything, and say how it went."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx2
import numpy as np

from app.demo import operations, voices
from app.demo.client import ApiError, Client, Json
from app.demo.listener import AUDIBLE, HlsListener, decode
from app.demo.listeners import Audience, sign_up, watch
from app.demo.roster import Roster
from app.demo.speaker import Speaker

SPEAKERS = 4
"""On stage, the host included."""
PAUSE_SECONDS = 0.4
SETTLE_SECONDS = 20.0
"""How long until a query finds the Space at the very version that the events have led to."""
RENEWAL_SECONDS = 300.0
"""An address of sound holds 10 minutes."""
CLIP_SECONDS = 30
HEARD_SHARE = 0.5
"""The least part of the time on air that a listener must have heard; its start and the newest seconds come late."""


Tell = Callable[[str], None]
"""Where lines for people go."""


class Failed(Exception):
    """The demo found something that does not work; the message says what."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part: what each speaker says, the host first, and how many listen."""

    voices: Sequence[Iterator[voices.Sound]]
    listeners: int

    @classmethod
    def of(cls, listeners: int, files: Sequence[Path]) -> Cast:
        """Speakers who play the files, or speak. Raises `OSError` for a file that FFmpeg does not read."""
        return cls([voices.repertoire(number, files) for number in range(SPEAKERS)], listeners)


class Conversation:
    """One Space of the demo: the host and the speakers on its stage, its audience, a player and a watcher."""

    def __init__(self, url: str, host: Client, space: Json, anyone: Client, run: str, tell: Tell) -> None:
        self._url = url
        self._tell = tell
        self._host = host
        self._anyone = anyone
        self._run = run
        self._id: str = space["id"]
        self._page: str = space["url"]
        self._roster = Roster()
        self._player = HlsListener(anyone)
        self._on_air_since = 0.0

    @classmethod
    async def open(cls, url: str, anyone: Client, tell: Tell) -> Conversation:
        """A live, recorded Space with its host."""
        run = secrets.token_hex(3)
        host = await sign_up(anyone, "host", "Hanna Host", run)
        created = await host.call(operations.CREATE_SPACE, title=f"A demo conversation ({run})")
        await host.call(operations.START_SPACE, spaceId=created["space"]["id"])
        return cls(url, host, created["space"], anyone, run, tell)

    async def hold(self, cast: Cast, *, seconds: float | None, stop: asyncio.Event) -> str:
        """Until `seconds` are over or `stop` is set; answers the closing line. Raises when anything does not work."""
        audience = Audience(self._anyone, self._id, self._run, cast.listeners, random.Random(1))
        self._on_air_since = time.monotonic()
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(watch(self._host, self._id, self._roster), name="watcher")
            busy = [
                group.create_task(self._play(), name="player"),
                group.create_task(self._talk(cast.voices), name="stage"),
                group.create_task(audience.attend(), name="audience"),
            ]
            await self._tell_addresses()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)
            clip = await self._check_clip()
            await self._check_roster()
            for task in busy:
                task.cancel()
            # The microphones are put down before the Space ends: FFmpeg takes a hung up peer for an error.
            await asyncio.wait(busy)
            await self._host.call(operations.END_SPACE, spaceId=self._id)
            await watching
        self._check_player()
        tally = audience.tally
        return (
            f"All worked: {self._roster.events} events seen by the host and {tally.events} by {cast.listeners} "
            f"listeners without a gap, {tally.joined} joins, {tally.left} leaves, {tally.reactions} reactions, "
            f"{self._player.audible_seconds:.0f} s of sound heard, {clip}."
        )

    async def _tell_addresses(self) -> None:
        audio = await self._anyone.call(operations.AUDIO, spaceId=self._id)
        self._tell(f"The Space:      {self._page}  (id {self._id})")
        self._tell(
            f"Listen (HLS):   {audio['audio']['hlsUrl']}  (for 10 minutes; the query Space.audio gives a new one)"
        )
        self._tell(f"Watch the API:  {self._url}/graphql  with")
        self._tell(f'  subscription {{ spaceEvents(spaceId: "{self._id}") {{ __typename version }} }}')

    async def _play(self) -> None:
        while True:
            audio = await self._anyone.call(operations.AUDIO, spaceId=self._id)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._player.listen(audio["audio"]["hlsUrl"]), RENEWAL_SECONDS)

    async def _talk(self, sentences: Sequence[Iterator[voices.Sound]]) -> None:
        stage = [self._host, *[await self._seat(number) for number in range(len(sentences) - 1)]]
        async with AsyncExitStack() as connected:
            speakers = []
            for person in stage:
                speaker = Speaker(partial(self._whip_url, person), random.Random())
                speakers.append(await connected.enter_async_context(speaker))
                await person.call(operations.SET_MUTED, spaceId=self._id, muted=False)
            await self._take_turns(list(zip(speakers, sentences, strict=True)))

    async def _whip_url(self, person: Client) -> str:
        audio = (await person.call(operations.AUDIO, spaceId=self._id))["audio"]
        if audio is None or audio["whipUrl"] is None:
            raise Failed("there is no seat to speak from any more")
        return str(audio["whipUrl"])

    async def _seat(self, number: int) -> Client:
        """Someone asks for a seat, and the host grants it."""
        speaker = await sign_up(self._anyone, "spkr", f"Speaker {number + 1}", self._run)
        await speaker.call(operations.JOIN_SPACE, spaceId=self._id)
        asked = await speaker.call(operations.REQUEST_TO_SPEAK, spaceId=self._id)
        request_id = asked["space"]["viewerSpeakRequest"]["id"]
        await self._host.call(operations.ACCEPT_SPEAK_REQUEST, spaceId=self._id, requestId=request_id)
        return speaker

    async def _take_turns(self, stage: list[tuple[Speaker, Iterator[voices.Sound]]]) -> None:
        """One after the other, and with every third turn two at once."""
        turn = 0
        while True:
            speaking = [stage[turn % len(stage)], *([stage[(turn + 1) % len(stage)]] if turn % 3 == 2 else [])]
            longest = 0.0
            for speaker, sentences in speaking:
                sentence = next(sentences)
                speaker.say(sentence)
                longest = max(longest, len(sentence) / 48_000)
            await asyncio.sleep(longest + PAUSE_SECONDS)
            turn += 1

    async def _check_clip(self) -> str:
        made = (await self._host.call(operations.CREATE_CLIP, spaceId=self._id))["clip"]
        sound = await asyncio.to_thread(decode, await self._host.fetch(made["url"]))
        loudness = float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
        wanted = min(CLIP_SECONDS, time.monotonic() - self._on_air_since - 5) * 48_000
        if len(sound) != made["sampleCount"] or len(sound) < wanted:
            raise Failed(f"the clip has {len(sound)} samples; {made['sampleCount']} were said, {wanted:.0f} expected")
        if loudness < AUDIBLE:
            raise Failed(f"the clip is silent: {loudness:.5f} of full scale")
        return f"a clip of {len(sound) / 48_000:.2f} s ({loudness:.3f} of full scale)"

    async def _check_roster(self) -> None:
        """Snapshot and events must have led to just what a fresh query says."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while True:
                fresh = await self._host.call(operations.ROSTER, spaceId=self._id)
                while self._roster.version < fresh["version"]:  # noqa: ASYNC110 (the watcher's task moves it)
                    await asyncio.sleep(0.01)
                if self._roster.version == fresh["version"]:
                    break
        said = Roster(version=fresh["version"], events=self._roster.events)
        said.see(fresh)
        if said != self._roster:
            raise Failed(f"the events led to {self._roster}, a query says {said}")

    def _check_player(self) -> None:
        on_air = time.monotonic() - self._on_air_since
        if self._player.missed_segments:
            raise Failed(f"the listener missed {self._player.missed_segments} segments")
        if self._player.seconds < HEARD_SHARE * (on_air - 10) or not self._player.audible_seconds:
            heard = f"{self._player.audible_seconds:.1f} s of sound in {self._player.seconds:.1f} s"
            raise Failed(f"the listener heard {heard} of the {on_air:.1f} s on air")


async def run(url: str, cast: Cast, *, seconds: float | None, wait: float, stop: asyncio.Event, tell: Tell) -> str:
    """Holds a Space at the server of this address, once it is up; answers the closing line, or raises what failed."""
    limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx2.AsyncClient(timeout=30, limits=limits) as http:
        anyone = Client(http, url)
        await _until_up(anyone, url, wait)
        conversation = await Conversation.open(url.rstrip("/"), anyone, tell)
        return await conversation.hold(cast, seconds=seconds, stop=stop)


async def _until_up(anyone: Client, url: str, wait: float) -> None:
    try:
        async with asyncio.timeout(wait):
            while True:
                with suppress(httpx2.TransportError, ApiError):
                    await anyone.fetch(f"{url.rstrip('/')}/healthz")
                    return
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise Failed(f"there is no server at {url}: start one with `make run`") from None
