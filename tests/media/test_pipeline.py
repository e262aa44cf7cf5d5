"""A Space's clock and stage: ticks that keep the time, microphones that obey."""

import asyncio
import time
from pathlib import Path

import pytest

from media.opus import TICK
from media.pipeline import Pipeline
from media.recorder import Recorder
from media.timeline import Timeline
from tests.media.sounds import encode_opus, tone
from tests.waiting import until


class Notes(list[str | None]):
    """What a pipeline said of its storage."""


async def ticks(pipeline: Pipeline, count: int) -> None:
    """Waits until the pipeline has ticked this often."""
    await until(lambda: pipeline.stats["ticks"] >= count, f"{count} ticks")


async def test_the_clock_makes_up_for_a_stall(tmp_path: Path) -> None:
    pipeline = Pipeline(Recorder(tmp_path, keep=True), Notes().append)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pipeline.run())
        await ticks(pipeline, 3)
        time.sleep(0.5)  # noqa: ASYNC251 - the stall itself
        await ticks(pipeline, 40)
        pipeline.close()
    assert pipeline.stats["late_ticks"] >= 20, "25 ticks were missed, and are made up for"
    timeline = Timeline(tmp_path, ended=True)
    assert timeline.duration == pytest.approx(pipeline.stats["ticks"] * TICK, abs=2048)


async def test_the_clock_starts_anew_after_a_long_stall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.beat.CATCH_UP_SECONDS", 0.1)
    pipeline = Pipeline(Recorder(tmp_path, keep=True), Notes().append)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pipeline.run())
        await ticks(pipeline, 3)
        time.sleep(0.5)  # noqa: ASYNC251 - the stall itself
        await ticks(pipeline, 6)
        pipeline.close()
    assert pipeline.stats["skipped_ticks"] >= 15


async def test_the_stage_is_the_newest_one_told(tmp_path: Path) -> None:
    pipeline = Pipeline(Recorder(tmp_path, keep=True), Notes().append)
    assert pipeline.set_stage(2, {"ann": True, "ben": False}) == frozenset()
    ann = pipeline.microphones["ann"]
    assert (ann.open, pipeline.microphones["ben"].open) == (True, False)
    assert pipeline.set_stage(1, {}) == frozenset(), "an older stage changes nothing"
    assert pipeline.set_stage(3, {"ann": False}) == {"ben"}
    assert pipeline.microphones == {"ann": ann}
    assert not ann.open
    assert pipeline.set_stage(3, {"ann": False}) == frozenset(), "the same stage again changes nothing"
    pipeline.receive("ben", b"\x00", 0, 0, 1)
    assert pipeline.microphones.keys() == {"ann"}


async def test_a_faulty_microphone_costs_nobody_else_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = Pipeline(Recorder(tmp_path, keep=True), Notes().append)
    pipeline.set_stage(1, {"ann": True, "ben": True})
    faulty = pipeline.microphones["ben"]

    def fail() -> None:
        raise IndexError("a codec's bug")

    monkeypatch.setattr(faulty, "tick", fail, raising=True)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pipeline.run())
        for number, packet in enumerate(encode_opus(tone(440, 0.5))):
            pipeline.receive("ann", packet, number * TICK, number, 7)
            await ticks(pipeline, number + 1)
        pipeline.close()
    assert pipeline.microphones["ben"] is not faulty
    assert pipeline.microphones["ben"].open
    assert pipeline.microphones["ann"].stats.received == 25


async def test_storage_that_fails_is_told_once_and_the_clock_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    notes = Notes()
    pipeline = Pipeline(Recorder(blocked / "space", keep=True), notes.append)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pipeline.run())
        await ticks(pipeline, 10)
        pipeline.close()
    assert len(notes) == 1
    assert "not being written" in (notes[0] or "")


async def test_that_sound_is_written_is_told_once_and_again_after_a_failure(tmp_path: Path) -> None:
    notes = Notes()
    recorder = Recorder(tmp_path, keep=True)
    pipeline = Pipeline(recorder, notes.append)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pipeline.run())
        await until(lambda: notes == [None], "the first part is written")
        recorder.failed = "The disk is full."
        await until(lambda: notes == [None, "The disk is full.", None], "it is written again")
        pipeline.close()


async def test_what_is_made_up_for_after_a_stall_is_recorded_and_not_sent_back_late(tmp_path: Path) -> None:
    pipeline = Pipeline(Recorder(tmp_path, keep=True), Notes().append)
    ear = Ear()
    pipeline.returns.ears.add(ear)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pipeline.run())
        await ticks(pipeline, 3)
        time.sleep(1.0)  # noqa: ASYNC251 - the stall itself
        await ticks(pipeline, 60)
        pipeline.close()
    assert ear.missed >= 30
    assert ear.sent + ear.missed == pipeline.stats["ticks"]


class Ear:
    """Counts what it gets."""

    person_id = ""
    may_lose = False
    sent = missed = 0

    def send(self, payload: bytes) -> None:
        self.sent += 1

    def miss(self) -> None:
        self.missed += 1
