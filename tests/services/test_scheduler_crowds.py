"""The scheduler with many to tell: in steps, over crashes, and without holding up anyone else."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pytest

from app.domain.personal import Delivery
from app.services import scheduler
from app.services.scheduler import CLAIM
from tests.services.evenings import IT_IS_TIME, SOON, START, Evening, scheduled, told
from tests.services.world import Process

CROWD = [f"fan-{number:02}" for number in range(12)]


async def crowded(monkeypatch: pytest.MonkeyPatch, at_once: int) -> Evening:
    """An evening that a crowd waits for, and that is told step by step."""
    monkeypatch.setattr(scheduler, "PEOPLE_AT_ONCE", at_once)
    evening = await Evening.planned()
    for name in CROWD:
        await evening.process.reminders.add(await evening.world.person(name), evening.space_id)
    return evening


@pytest.mark.parametrize("at_once", [1, 4, 13, 100])
async def test_a_crowd_is_told_in_steps(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    evening = await crowded(monkeypatch, at_once)
    await evening.pass_until(START)
    await evening.process.spaces.start(evening.host, evening.space_id)
    await evening.round()
    for name in ("ana", "hana", *CROWD):
        assert await told(evening.world, name) == [SOON, IT_IS_TIME]
    assert await evening.process.reminders.counts([evening.space_id]) == {}


class Crash(Exception):
    """The server dies here."""


@pytest.mark.parametrize("step", range(1, 6))
@pytest.mark.parametrize("where", ["before telling", "after telling", "before noting"])
async def test_a_crash_anywhere_in_between_loses_nothing_and_repeats_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: int, where: str
) -> None:
    evening = await crowded(monkeypatch, 3)
    dying = evening.process
    evening.world.clock.now = START
    steps = 0
    inboxes, agendas = dying.inboxes, evening.world.stores.agendas
    tell, note = inboxes.tell, agendas.note

    async def dies_telling(deliveries: Sequence[Delivery]) -> None:
        nonlocal steps
        steps += 1
        if steps == step and where == "before telling":
            raise Crash
        await tell(deliveries)
        if steps == step and where == "after telling":
            raise Crash

    async def dies_noting(*args: Any) -> bool:
        if steps == step and where == "before noting":
            raise Crash
        return await note(*args)

    with monkeypatch.context() as dead:
        dead.setattr(inboxes, "tell", dies_telling)
        dead.setattr(agendas, "note", dies_noting)
        await dying.scheduler.round()
    assert "is tried again" in caplog.text
    caplog.clear()
    survivor = Process(evening.world, "survivor")
    await survivor.scheduler.round()
    evening.world.clock.advance(CLAIM)
    await survivor.scheduler.round()
    for name in ("ana", "hana", *CROWD):
        assert await told(evening.world, name) == [IT_IS_TIME]
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_what_changes_while_people_are_told_is_told_next(monkeypatch: pytest.MonkeyPatch) -> None:
    evening = await crowded(monkeypatch, 3)
    evening.world.clock.now = START
    tell, inboxes = evening.process.inboxes.tell, evening.process.inboxes
    calls = 0

    async def canceled_meanwhile(deliveries: Sequence[Delivery]) -> None:
        nonlocal calls
        calls += 1
        await tell(deliveries)
        if calls == 2:
            await evening.processes[1].schedules.cancel(evening.host, evening.space_id)

    monkeypatch.setattr(inboxes, "tell", canceled_meanwhile)
    await evening.process.scheduler.round()
    for name in ("ana", *CROWD):
        assert (await told(evening.world, name))[-1] == "ScheduledSpaceCanceled"
    assert await told(evening.world, CROWD[-1]) == ["ScheduledSpaceCanceled"]


async def test_a_great_crowd_does_not_hold_up_other_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    evening = await crowded(monkeypatch, 1)
    ben = await evening.world.person("ben")
    await scheduled(evening.process, ben)
    await evening.round()
    monkeypatch.setattr(scheduler, "STEPS_PER_ROUND", 4)
    evening.world.clock.now = START
    await evening.process.scheduler.round()
    assert await told(evening.world, "ben") == [IT_IS_TIME]
    assert await told(evening.world, CROWD[-1]) == []
