"""A broadcast: requests wait for the part they name, all for the same news, and none for ever or without bound."""

import asyncio
import shutil
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from media import broadcast as broadcasts
from media.broadcast import Body, Broadcast, HeldTooLong, Lobby, TooFarAhead, TooManyHeld
from media.encoder import AacEncoder
from media.formats import AAC
from media.take_writer import ROLL_KEPT_SEGMENTS, TakeWriter
from media.takes import PART_PACKETS, SEGMENT_PARTS
from tests.media.low_latency import read

CONFIG = AacEncoder().config


class Studio:
    """A take that is written on demand, and the broadcast of it."""

    def __init__(self, folder: Path, lobby: Lobby | None = None) -> None:
        self.folder = folder
        self.lobby = lobby or Lobby()
        self.broadcast = Broadcast(folder, AAC, self.lobby)
        self.writer = TakeWriter(folder, CONFIG, 0.0)

    def say(self, parts: int = 1) -> None:
        """So many parts more, each told."""
        for _ in range(parts):
            for _ in range(PART_PACKETS):
                self.writer.add(b"not sound")
            self.broadcast.wake()

    def new_take(self) -> None:
        """The take ends, and another is begun."""
        self.writer.close()
        self.writer = TakeWriter(self.folder, CONFIG, 0.0)

    async def playlist(self, after: tuple[int, int | None] | None = None, *, skip: bool = False) -> str:
        """The text of what a player gets."""
        body = await self.broadcast.playlist(str, after=after, skip=skip)
        return body.plain.decode() if body else ""

    async def held(self, *asking: Coroutine[Any, Any, Any]) -> list[asyncio.Task[Any]]:
        """Tasks of these requests, all of them waiting."""
        tasks = [asyncio.create_task(one) for one in asking]
        while self.lobby.held < len(tasks):
            assert not any(task.done() for task in tasks), "answered too early"
            await asyncio.sleep(0)
        return tasks


@pytest.fixture
async def studio(tmp_path: Path) -> Studio:
    """Nothing said yet."""
    return Studio(tmp_path)


async def test_whoever_comes_before_the_first_segment_waits_for_it(studio: Studio) -> None:
    [early] = await studio.held(studio.playlist())
    studio.say(SEGMENT_PARTS - 1)
    await asyncio.sleep(0)
    assert not early.done()
    studio.say()
    assert read(await early).newest == (0, SEGMENT_PARTS - 1)


async def test_a_playlist_is_held_until_it_has_the_part_or_the_whole_segment(studio: Studio) -> None:
    studio.say(SEGMENT_PARTS)
    assert read(await studio.playlist((0, 3))).newest == (0, 3)
    part, segment = await studio.held(studio.playlist((1, 0)), studio.playlist((1, None)))
    studio.say()
    assert read(await part).newest == (1, 0)
    assert not segment.done()
    studio.say(SEGMENT_PARTS - 1)
    assert read(await segment).segments[-1].sequence == 1
    assert studio.lobby.held == 0


async def test_the_part_after_a_segments_last_is_the_next_ones_first(studio: Studio) -> None:
    studio.say(SEGMENT_PARTS)
    [asked] = await studio.held(studio.playlist((0, SEGMENT_PARTS)))
    studio.say()
    assert read(await asked).newest == (1, 0)


async def test_a_part_that_a_new_take_came_before_is_answered_with_that(studio: Studio) -> None:
    studio.say(SEGMENT_PARTS + 1)
    [part, segment, hinted] = await studio.held(
        studio.playlist((1, 1)), studio.playlist((1, None)), studio.broadcast.resource("part-1-1.m4s")
    )
    studio.new_take()
    studio.say()
    found = read(await part)
    assert found.newest == (2, 0)
    assert found.under_way.discontinuity == 1
    assert read(await segment).segments[-1].sequence == 1
    assert await hinted is None


async def test_the_hinted_part_is_held_and_any_other_is_not(studio: Studio) -> None:
    studio.say(SEGMENT_PARTS + 1)
    found = read(await studio.playlist())
    [hinted] = await studio.held(studio.broadcast.resource(found.hint))
    for name in ("part-1-2.m4s", "part-2-0.m4s", "segment-1.m4s", "init-1.mp4", "part-9-9.m4s", "../x"):
        assert await studio.broadcast.resource(name) is None
    studio.say()
    data = await hinted
    assert data.count(b"not sound") == PART_PACKETS
    assert data == await studio.broadcast.resource("part-1-1.m4s")


async def test_parts_are_together_their_segment(studio: Studio) -> None:
    studio.say(2 * SEGMENT_PARTS)
    for sequence in range(2):
        parts = [await studio.broadcast.resource(f"part-{sequence}-{index}.m4s") for index in range(SEGMENT_PARTS)]
        assert b"".join(part or b"" for part in parts) == await studio.broadcast.resource(f"segment-{sequence}.m4s")


async def test_sound_that_has_left_the_live_window_is_not_there_though_it_is_kept(studio: Studio) -> None:
    studio.say((ROLL_KEPT_SEGMENTS + 2) * SEGMENT_PARTS)
    assert [await studio.broadcast.resource(f"segment-{number}.m4s") is None for number in (0, 1, 2, 31)] == [
        True,
        True,
        False,
        False,
    ]
    assert await studio.broadcast.resource("part-1-0.m4s") is None


@pytest.mark.parametrize("after", [(3, None), (3, 0), (0, 17), (1, 13), (999999999999, 0)])
async def test_what_will_not_be_there_for_long_is_refused_at_once(
    studio: Studio, after: tuple[int, int | None]
) -> None:
    studio.say(SEGMENT_PARTS)
    with pytest.raises(TooFarAhead):
        await studio.playlist(after)


@pytest.mark.parametrize("after", [(2, None), (2, 3), (0, 15), (1, 0)])
async def test_what_comes_soon_is_waited_for(studio: Studio, after: tuple[int, int | None]) -> None:
    studio.say(SEGMENT_PARTS)
    [asked] = await studio.held(studio.playlist(after))
    studio.say(3 * SEGMENT_PARTS)
    await asked


async def test_the_end_answers_everyone(studio: Studio) -> None:
    studio.say(SEGMENT_PARTS + 1)
    waiting = await studio.held(
        studio.playlist((1, 1)), studio.playlist((1, None)), studio.broadcast.resource("part-1-1.m4s")
    )
    studio.writer.close()
    studio.broadcast.end()
    assert [read(await one).ended for one in waiting[:2]] == [True, True]
    assert await waiting[2] is None
    assert read(await studio.playlist((7, 7), skip=True)).ended, "nothing is too far ahead of an end"


async def test_a_space_that_ended_before_it_had_sound_has_no_playlist(studio: Studio) -> None:
    [asked] = await studio.held(studio.playlist())
    studio.broadcast.end()
    assert await asked == ""
    assert await studio.playlist() == ""


async def test_nobody_is_held_for_ever(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcasts, "HOLD_SECONDS", 0.05)
    studio.say(SEGMENT_PARTS)
    for asking in (studio.playlist((1, 0)), studio.broadcast.resource("part-1-0.m4s")):
        with pytest.raises(HeldTooLong):
            await asking
    assert studio.lobby.held == 0


async def test_only_so_many_are_held_and_who_need_not_wait_is_answered(tmp_path: Path) -> None:
    studio = Studio(tmp_path, Lobby(places=2))
    studio.say(SEGMENT_PARTS)
    waiting = await studio.held(studio.playlist((1, 0)), studio.playlist((1, 1)))
    with pytest.raises(TooManyHeld):
        await studio.playlist((1, 0))
    assert read(await studio.playlist()).newest == (0, 3)
    studio.say(2)
    await asyncio.gather(*waiting)
    [again] = await studio.held(studio.playlist((1, 2)))
    studio.say()
    await again


async def test_a_request_that_is_given_up_frees_its_place_and_harms_no_other(studio: Studio) -> None:
    studio.say(SEGMENT_PARTS)
    waiting = await studio.held(*(studio.playlist((1, 0)) for _ in range(10)))
    for one in waiting[:5]:
        one.cancel()
    await asyncio.wait(waiting[:5])
    assert studio.lobby.held == 5
    studio.say()
    # Some are given up while the files are being looked at for all.
    await asyncio.sleep(0)
    waiting[5].cancel()
    assert [read(await one).newest for one in waiting[6:]] == [(1, 0)] * 4
    assert studio.lobby.held == 0


async def test_all_who_wait_get_the_same_playlist_and_the_same_bytes(studio: Studio) -> None:
    studio.say(SEGMENT_PARTS)
    waiting = await studio.held(*(studio.broadcast.playlist(str, after=(1, 0)) for _ in range(500)))
    studio.say()
    bodies: list[Body | None] = await asyncio.gather(*waiting)
    parts = await asyncio.gather(*(studio.broadcast.resource("part-1-0.m4s") for _ in range(500)))
    # One object each: made, and read, once.
    assert len({id(body) for body in bodies}) == len({id(part) for part in parts}) == 1


async def test_what_is_deleted_while_somebody_asks_is_not_there(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.say(SEGMENT_PARTS)
    assert await studio.playlist()
    await asyncio.to_thread(shutil.rmtree, tmp_path)
    assert await studio.broadcast.resource("segment-0.m4s") is None
    studio.broadcast.end()
    assert await studio.playlist() == ""
    studio.writer.abandon()
