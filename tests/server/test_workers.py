"""Several media processes under one Live: Spaces are shared out, and one that dies takes only its own with it."""

import asyncio
import os
import signal
from collections.abc import Collection
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.config import Settings
from app.live.live import Live
from app.live.process import SupervisedProcess
from app.live.workers import Happened, Workers
from app.services.media_engine import MediaRefused, MediaUnavailable
from media.control import Done, GetStats, Open, SetStage, Stats
from media.peer import Address, listen_on
from media.process import MediaProcess, ProcessGone
from tests.domain_values import space
from tests.media.whep_client import Ear
from tests.server.on_air import OnAir, on_air
from tests.waiting import until

PLACES = 3


def pid(server: OnAir, space_id: str) -> int:
    """The process that has a Space on air now."""
    found = server.live.pid_of(space_id)
    assert found is not None
    return found


async def ticks(server: OnAir, space_id: str) -> float:
    """How long a Space has been mixed by the process that has it."""
    return (await server.live.stats()).get(space_id, {}).get("ticks", 0)


async def moves(server: OnAir, space_id: str) -> None:
    """Waits until half a second more of a Space is mixed."""
    before = await ticks(server, space_id)

    async def mixed() -> bool:
        return await ticks(server, space_id) >= before + 25

    await until(mixed, f"{space_id} is mixed")


async def offered(server: OnAir, url: str) -> tuple[int, Ear]:
    """The status of the answer to an ear that is connected where it may be; to be closed."""
    ear = Ear()
    headers = {"Content-Type": "application/sdp"}
    answer = await server.http.post(url, content=await ear.offer(), headers=headers)
    if answer.status_code == 201:
        await ear.accept(answer.text)
    return answer.status_code, ear


async def test_a_worker_that_is_killed_takes_only_its_spaces_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for a look at how it is without.
    monkeypatch.setattr("app.live.process.RESTART_SECONDS", (1.0,))
    listen_on([Address("127.0.0.1", "127.0.0.1")])
    async with on_air(tmp_path, workers=2) as server, AsyncExitStack() as ears:
        await server.stage("mine", {"ann": True, "ben": True})
        await server.stage("other", {"ann": True})
        await server.stage("third", {"ann": True})
        assert pid(server, "other") == pid(server, "third") != pid(server, "mine"), "by load, not in turns"
        for space_id in ("mine", "other"):
            status, ear = await offered(server, server.whep(space_id, "ann"))
            ears.push_async_callback(ear.close)
            assert status == 201
        first, others = pid(server, "mine"), pid(server, "other")
        assert (await server.http.get(server.hls("mine", "live.m3u8"))).status_code == 200
        os.kill(first, signal.SIGKILL)
        await until(lambda: server.live.pid_of("mine") != first, "the death is noticed")
        await server.stage("meanwhile", {"ann": True})
        assert (server.live.is_up, pid(server, "meanwhile")) == (True, others), "one that is down takes no Space"
        assert server.live.listening_from() == {("other", "ann")}
        await until(lambda: server.live.pid_of("mine") not in (None, first), "another process")
        await moves(server, "mine")
        assert [load.is_up for load in server.live.loads] == [True, True]
        assert pid(server, "other") == others, "others noticed nothing"
        await server.stage("later", {"ann": True})
        assert pid(server, "later") == pid(server, "mine"), "it takes new ones again"
        text = (await server.http.get(server.hls("mine", "live.m3u8"))).text
        assert "#EXT-X-DISCONTINUITY\n" in text or "#EXT-X-DISCONTINUITY-SEQUENCE:1" in text
        for space_id in ("mine", "other", "third", "meanwhile", "later"):
            await server.end(space_id)
        assert [load.spaces for load in server.live.loads] == [0, 0]


async def test_the_limit_of_listeners_is_one_for_all_workers(tmp_path: Path) -> None:
    listen_on([Address("127.0.0.1", "127.0.0.1")])
    async with on_air(tmp_path, workers=2, max_listeners=PLACES) as server:
        for space_id in ("a", "b"):
            await server.stage(space_id, {"ann": True})
        assert pid(server, "a") != pid(server, "b")
        asked = [server.whep(space_id, person) for space_id in ("a", "b") for person in ("", "", "", "ben", "ann")]
        answers = await asyncio.gather(*(offered(server, url) for url in asked))
        try:
            statuses = [status for status, _ in answers]
            assert statuses[4] == statuses[9] == 201, "those on stage have a place anyway"
            assert statuses.count(201) == PLACES + 2
            assert statuses.count(503) == len(asked) - PLACES - 2
        finally:
            await asyncio.gather(*(ear.close() for _, ear in answers))


async def test_what_is_not_on_air_has_no_worker(tmp_path: Path) -> None:
    async with Live(tmp_path, ["127.0.0.1"], workers=2) as live:
        with pytest.raises(MediaRefused, match="not on air"):
            await live.offer("nowhere", "ann", "v=0")
        await live.hang_up("nowhere", "session")
        ended = space("a")
        await live.follow(ended)
        assert live.pid_of("a") is not None
        await live.drop("a")
        assert live.pid_of("a") is None


def test_there_is_a_worker_for_each_core_unless_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: dict[str, Any] = {}
    assert Settings(**nothing).media_workers == len(os.sched_getaffinity(0))
    monkeypatch.setenv("MEDIA_WORKERS", "3")
    assert Settings(**nothing).media_workers == 3
    for wrong in ("0", "-1", "many"):
        monkeypatch.setenv("MEDIA_WORKERS", wrong)
        with pytest.raises(ValidationError):
            Settings(**nothing)


class Broken:
    """Starts real processes, so many; then none any more until it is mended."""

    def __init__(self, starts: int) -> None:
        self.starts = starts

    async def start(self, happened: Happened) -> MediaProcess:
        """Raises `ProcessGone` where it is broken."""
        if not self.starts:
            raise ProcessGone("There is no memory for another one.")
        self.starts -= 1
        return await MediaProcess.start(["127.0.0.1"], happened)


async def test_where_a_worker_cannot_be_started_again_its_spaces_go_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.process.RESTART_SECONDS", (0.0, 0.05))
    returned: list[str] = []
    broken = Broken(2)

    async def open_again(space_ids: Collection[str]) -> None:
        for space_id in space_ids:
            await air(workers.of(space_id), space_id)
            returned.append(space_id)

    async def air(process: SupervisedProcess, space_id: str) -> None:
        assert await process.ask(Open(space_id, str(tmp_path / space_id), True)) == Done()
        await process.ask(SetStage(space_id, 1, {}))

    workers = Workers(2, broken.start, happened=lambda event: None, lost=lambda ids: None, returned=open_again)
    await workers.start()
    try:
        for space_id in ("a", "b"):
            await air(workers.place(space_id, 1), space_id)
        mine, other = workers.of("a"), workers.of("b")
        assert mine is not other
        os.kill(mine.pid or 0, signal.SIGKILL)
        await until(lambda: returned == ["a"], "it is on air again")
        assert workers.of("a") is other
        answer = await other.ask(GetStats())
        assert isinstance(answer, Stats)
        assert answer.figures.keys() == {"a", "b"}
        assert workers.up == 1
        broken.starts = 1
        await until(lambda: workers.up == 2, "the worker is mended")
        assert [load.spaces for load in workers.loads] == [0, 2], "who is on air stays there"
    finally:
        await workers.end_supervision()
        await workers.stop()


async def test_where_one_of_them_does_not_start_none_is_left() -> None:
    broken = Broken(1)
    started: list[MediaProcess] = []

    async def start(happened: Happened) -> MediaProcess:
        started.append(await broken.start(happened))
        return started[-1]

    async def never(space_ids: Collection[str]) -> None:
        raise AssertionError(space_ids)

    workers = Workers(2, start, happened=lambda event: None, lost=lambda ids: None, returned=never)
    with pytest.raises(MediaUnavailable, match="no memory"):
        await workers.start()
    assert [process.exit_code for process in started] == [0]
    assert workers.up == 0
