"""Several media workers on a real server: one that is killed is back, and nobody else notices."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from app.demo.speaker import Speaker
from media.opus import SAMPLE_RATE
from tests.media.sounds import amplitude_at, tone
from tests.server.running import running
from tests.waiting import until
from tests.whole.hearing import Player, loudest
from tests.whole.people import Person
from tests.whole.provider import Provider
from tests.whole.rooms import live_space

HZ = 440.0
LEVEL = 0.25
RECONNECTED_SECONDS = 60.0
"""Within 10 s on a machine that is not busy."""


class Room:
    """A recorded Space whose host speaks a tone, and a listener's player."""

    def __init__(self, host: Person, space_id: str, speaker: Speaker, player: Player) -> None:
        self.host = host
        self.space_id = space_id
        self.speaker = speaker
        self.player = player

    async def is_heard(self, takes: int) -> bool:
        """Whether the listener has come to this take, and hears the tone at its end."""
        await self.player.catch_up()
        if len(self.player.takes) != takes:
            return False
        return amplitude_at(self.player.listen()[-1].sound[-SAMPLE_RATE // 4 :], HZ) > LEVEL / 2


@asynccontextmanager
async def room(host: Person) -> AsyncIterator[Room]:
    """The Space on air, its host speaking without a pause within the block, whatever happens to the connection."""
    space_id = await live_space(host, recordingEnabled=True)

    async def address() -> str:
        return str((await host.audio(space_id))["whipUrl"])

    async with Speaker(address, random.Random(1)) as speaker:
        await host.do("setMuted", spaceId=space_id, muted=False)

        async def speak() -> None:
            while True:
                speaker.say(tone(HZ, 1, LEVEL))
                await asyncio.sleep(0.2)

        speaking = asyncio.create_task(speak())
        try:
            yield Room(host, space_id, speaker, Player(host.http, (await host.audio(space_id))["hlsUrl"]))
        finally:
            speaking.cancel()
            await asyncio.wait([speaking])


def workers_of(pid: int) -> list[int]:
    """The media processes of a server."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in children if "media" in Path(f"/proc/{one}/cmdline").read_text().split("\0")]


async def test_a_worker_that_is_killed_is_back_with_its_space_and_its_speakers(
    tmp_path: Path, provider: Provider, http: httpx2.AsyncClient
) -> None:
    settings = {"MEDIA_WORKERS": "2", "MEDIA_ADDRESSES": "127.0.0.1", **provider.environment}
    async with running(tmp_path / "data", **settings) as server:
        hosts = [await Person(http, server.url).of_token(provider.token(f"host{number}")) for number in range(2)]
        async with room(hosts[0]) as one, room(hosts[1]) as two:
            for each in (one, two):
                await until(lambda each=each: each.is_heard(1), "it is on air")  # type: ignore[misc]
            workers = workers_of(server.process.pid)
            assert len(workers) == 2, "one Space is on each"
            os.kill(workers[0], signal.SIGKILL)

            async def is_back() -> bool:
                return any([await each.is_heard(2) for each in (one, two)])

            await until(is_back, "the listener hears the speaker again", deadline=RECONNECTED_SECONDS)
            hit, other = (one, two) if len(one.player.takes) == 2 else (two, one)
            heard = len(other.player.takes[0].data)

            async def goes_on() -> bool:
                return await other.is_heard(1) and len(other.player.takes[0].data) > heard

            await until(goes_on, "the other Space has noticed nothing")
            assert (hit.speaker.connections, other.speaker.connections) == (2, 1)
            assert len(set(workers_of(server.process.pid)) & set(workers)) == 1
            health = (await http.get(f"{server.url}/healthz")).json()
            assert health["mediaWorkers"] == {"up": 2, "of": 2}
        for each in (hit, other):
            await each.host.do("endSpace", spaceId=each.space_id)
        url = (await hit.host.audio(hit.space_id))["hlsUrl"]
        assert (await http.get(url)).text.count("#EXT-X-DISCONTINUITY\n") == 1
        replay = Player(http, url)
        await replay.catch_up()
        assert len(replay.listen()) == 2
        assert [loudest(take.sound, HZ) > LEVEL / 2 for take in replay.takes] == [True, True]
