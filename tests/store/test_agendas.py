"""The contract of `AgendaStore`: an agenda is written with its Space, due to one at a time, and never lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import agendas as rules
from app.domain.agendas import Agenda, Task
from app.domain.events import SpaceCanceled, SpaceDeleted, SpacePrepared, SpaceRenamed, SpaceRescheduled, SpaceStarted
from app.domain.spaces import Space
from app.services.stores import AgendaStore, SpaceStore
from tests.domain_values import NOW, scheduled

UNTIL = NOW + timedelta(seconds=30)
LATER = NOW + timedelta(hours=1)


async def claimed(agendas: AgendaStore) -> tuple[Space, Agenda]:
    found = await agendas.claim(NOW, UNTIL)
    assert found
    return found


async def added(spaces: SpaceStore, space_id: str = "a") -> Space:
    one = scheduled(space_id)
    await spaces.add_scheduled(one, slots=10)
    return one


async def test_the_agenda_of_a_new_space_is_due_at_once_to_one_claimer(
    spaces: SpaceStore, agendas: AgendaStore
) -> None:
    one = await added(spaces)
    space, agenda = await claimed(agendas)
    opened = rules.opened(one)
    assert opened
    assert (space, agenda) == (one, replace(opened, at=UNTIL))
    assert await agendas.claim(NOW, UNTIL) is None
    assert await agendas.claim(UNTIL, LATER) == (one, replace(opened, at=LATER))


async def test_of_many_claimers_each_agenda_has_one(spaces: SpaceStore, agendas: AgendaStore) -> None:
    for number in range(5):
        await added(spaces, f"space-{number}")
    found = await asyncio.gather(*(agendas.claim(NOW, UNTIL) for _ in range(20)))
    assert sorted(one[0].id for one in found if one) == [f"space-{number}" for number in range(5)]


async def test_what_is_due_for_longest_comes_first(spaces: SpaceStore, agendas: AgendaStore) -> None:
    for space_id in "abc":
        await added(spaces, space_id)
    for space, agenda in [await claimed(agendas) for _ in "abc"]:
        at = {"a": NOW, "b": NOW - timedelta(seconds=9), "c": LATER}[space.id]
        assert await agendas.note(space.id, agenda, replace(agenda, at=at))
    assert [one[0].id for one in (await claimed(agendas), await claimed(agendas))] == ["b", "a"]
    assert await agendas.claim(NOW, UNTIL) is None


async def test_what_was_done_is_noted_unless_it_was_claimed_since(spaces: SpaceStore, agendas: AgendaStore) -> None:
    await added(spaces)
    space, first = await claimed(agendas)
    noted = Agenda(first.version, NOW, (Task.REMIND_AHEAD, Task.REMIND), told="someone")
    again = await agendas.claim(UNTIL, LATER)
    assert again
    assert not await agendas.note(space.id, first, noted)
    assert await agendas.note(space.id, again[1], noted)
    assert (await claimed(agendas))[1] == replace(noted, at=UNTIL)


async def test_an_agenda_that_is_done_is_due_no_more(spaces: SpaceStore, agendas: AgendaStore) -> None:
    await added(spaces)
    space, agenda = await claimed(agendas)
    assert await agendas.note(space.id, agenda, None)
    assert await agendas.claim(LATER, LATER) is None
    assert not await agendas.note(space.id, agenda, agenda)


async def test_another_start_begins_the_agenda_anew(spaces: SpaceStore, agendas: AgendaStore) -> None:
    await added(spaces)
    space, agenda = await claimed(agendas)
    assert await agendas.note(space.id, agenda, replace(agenda, at=LATER, done=(Task.REMIND_AHEAD,), told="someone"))
    moved, _ = await spaces.save(space, [SpaceRescheduled(at=NOW, start=LATER, time_zone="UTC")])
    assert await claimed(agendas) == (moved, Agenda(moved.version, UNTIL))


@pytest.mark.parametrize("ending", [SpaceStarted(at=NOW), SpaceCanceled(at=NOW), SpaceDeleted(at=NOW)])
async def test_the_end_of_waiting_is_due_at_once_and_what_was_done_is_known(
    spaces: SpaceStore, agendas: AgendaStore, ending: SpaceStarted | SpaceCanceled | SpaceDeleted
) -> None:
    await added(spaces)
    space, agenda = await claimed(agendas)
    done = (Task.REMIND_AHEAD, Task.REMIND)
    assert await agendas.note(space.id, agenda, replace(agenda, at=LATER, done=done, told="someone"))
    after, _ = await spaces.save(space, [ending])
    assert await claimed(agendas) == (after, Agenda(after.version, UNTIL, done))


async def test_work_on_what_has_changed_since_is_not_noted(spaces: SpaceStore, agendas: AgendaStore) -> None:
    await added(spaces)
    space, agenda = await claimed(agendas)
    await spaces.save(space, [SpaceCanceled(at=UNTIL)])
    assert not await agendas.note(space.id, agenda, None)


async def test_other_changes_leave_the_agenda_alone(spaces: SpaceStore, agendas: AgendaStore) -> None:
    await added(spaces)
    space, agenda = await claimed(agendas)
    await spaces.save(space, [SpaceRenamed(at=NOW, title="Storms"), SpacePrepared(at=NOW)])
    assert await agendas.note(space.id, agenda, replace(agenda, at=LATER))


async def test_an_agenda_opens_anew_for_what_ends_after_all_was_done(spaces: SpaceStore, agendas: AgendaStore) -> None:
    await added(spaces)
    space, agenda = await claimed(agendas)
    assert await agendas.note(space.id, agenda, None)
    deleted, _ = await spaces.save(space, [SpaceDeleted(at=NOW)])
    assert await claimed(agendas) == (deleted, Agenda(deleted.version, UNTIL))
