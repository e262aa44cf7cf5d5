"""Removals by servers that die in the middle, and beside others that act at the same moment."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from app.domain import refusals
from app.domain.evictions import Removal
from app.domain.moderation import Measure
from app.domain.roster import Person, Role
from app.services.pages import Window
from app.services.removals import PATIENCE
from app.services.stores import ReportFilter
from tests.fakes.attendance import MemoryAttendanceStore
from tests.fakes.contested import ContestedSpaceStore
from tests.services.test_removals import ABUSE, BLOCK, REMOVE, logged, notices, room
from tests.services.world import Process, World

CRASHES = [
    ("spaces", "save"),
    ("attendance", "leave"),
    ("moderation", "append"),
    ("inboxes", "deliver"),
    ("blocks", "add"),
    ("reports", "add"),
    ("removals", "finished"),
]


@pytest.mark.parametrize(("store", "write"), CRASHES)
@pytest.mark.parametrize("by_retry", [True, False])
async def test_a_crash_at_any_write_leaves_the_door_closed_and_is_completed_once(
    store: str, write: str, by_retry: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await process.seat(host, ana, space_id)

    async def dies(*args: object, **options: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(getattr(world.stores, store), write, dies)
        with pytest.raises(ConnectionError):
            await process.removals.remove(host, space_id, "ana", BLOCK, complaint=ABUSE)
    survivor = Process(world, "b")
    await world.stores.attendance.join(space_id, ana, now=world.clock(), until=world.clock())
    with pytest.raises(refusals.RemovedFromSpace):
        await survivor.attendance.join(ana, space_id)

    if by_retry:
        await survivor.removals.remove(host, space_id, "ana", BLOCK, complaint=ABUSE)
    world.clock.advance(PATIENCE)
    for _ in range(2):
        await survivor.removals.round()
    await survivor.outbox.round()
    assert (await world.space(space_id)).seat("ana") is None
    assert not await survivor.attendance.is_in("ana", space_id)
    assert await survivor.blocks.blocked_by("hana", ["ana"]) == {"ana"}
    assert len(await world.stores.reports.page(ReportFilter(), Window(9))) == 1
    assert [one[0] for one in await logged(world, space_id)] == [Measure.BLOCKED]
    assert await notices(world, "ana") == 1
    assert await world.stores.removals.unfinished() == []


async def test_who_is_let_in_again_before_all_was_done_is_still_reported() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await world.stores.removals.put(Removal(space_id, ana, host, world.clock(), REMOVE, ABUSE))
    await process.removals.readmit(host, space_id, "ana")
    assert len(await world.stores.reports.page(ReportFilter(), Window(9))) == 1
    await process.attendance.join(ana, space_id)


class OvertakenAttendanceStore(MemoryAttendanceStore):
    """Something happens just before someone comes in."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def join(self, space_id: str, person: Person, **times: object):  # type: ignore[no-untyped-def]
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            await happens()
        return await super().join(space_id, person, **times)  # type: ignore[arg-type]


@pytest.mark.parametrize("whole", [True, False])
async def test_who_is_removed_while_coming_in_is_out(whole: bool) -> None:
    attendance = OvertakenAttendanceStore()
    world = World(attendance=attendance)
    process, elsewhere = Process(world, "a"), Process(world, "b")
    space_id, host, ana = await room(world, process)

    async def removed_first() -> None:
        if whole:
            await elsewhere.removals.remove(host, space_id, "ana", REMOVE)
        else:  # The other process has not come to evicting yet.
            await world.stores.removals.put(Removal(space_id, ana, host, world.clock(), REMOVE))

    attendance.meanwhile = removed_first
    with pytest.raises(refusals.RemovedFromSpace):
        await process.attendance.join(ana, space_id)
    assert not await process.attendance.is_in("ana", space_id)


@pytest.mark.parametrize("whole", [True, False])
async def test_who_is_removed_while_taking_a_seat_has_none(whole: bool) -> None:
    spaces = ContestedSpaceStore()
    world = World(spaces=spaces)
    process, elsewhere = Process(world, "a"), Process(world, "b")
    space_id, host, ana = await room(world, process)
    offer = (await process.stage.invite(host, space_id, "ana", Role.SPEAKER)).invitation("ana")
    assert offer

    async def removed_first() -> None:
        if whole:
            await elsewhere.removals.remove(host, space_id, "ana", REMOVE)
        else:
            await world.stores.removals.put(Removal(space_id, ana, host, world.clock(), REMOVE))

    spaces.meanwhile = removed_first
    with pytest.raises((refusals.RemovedFromSpace, refusals.InvitationNotFound)):
        await process.stage.accept_invitation(ana, space_id, offer.id)
    assert (await world.space(space_id)).seat("ana") is None
    assert not await process.attendance.is_in("ana", space_id)


async def test_a_seat_granted_while_its_owner_is_removed_is_taken_back() -> None:
    spaces = ContestedSpaceStore()
    world = World(spaces=spaces)
    process, elsewhere = Process(world, "a"), Process(world, "b")
    space_id, host, ana = await room(world, process)
    await process.attendance.join(ana, space_id)
    await process.stage.request_to_speak(ana, space_id)
    request = (await world.space(space_id)).request("ana")
    assert request
    spaces.meanwhile = lambda: elsewhere.stage.accept_request(host, space_id, request.id)
    await process.removals.remove(host, space_id, "ana", REMOVE)
    space = await world.space(space_id)
    assert (space.seat("ana"), space.request("ana")) == (None, None)


async def test_who_is_made_host_meanwhile_stays() -> None:
    spaces = ContestedSpaceStore()
    world = World(spaces=spaces)
    process, elsewhere = Process(world, "a"), Process(world, "b")
    space_id, host, _ = await room(world, process)
    cora = await world.person("cora")
    await process.seat(host, cora, space_id, Role.COHOST)
    spaces.meanwhile = lambda: elsewhere.spaces.transfer_host(host, space_id, "cora")
    with pytest.raises(refusals.CannotTargetHost):
        await process.removals.remove(host, space_id, "cora", BLOCK)
    assert await world.stores.removals.get(space_id, "cora") is None
    assert await process.blocks.blocked_by("hana", ["cora"]) == set()
    await process.attendance.join(cora, space_id)


async def test_of_a_space_deleted_meanwhile_the_rest_is_still_done() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await world.stores.removals.put(Removal(space_id, ana, host, world.clock(), BLOCK, ABUSE))
    await process.spaces.end(host, space_id)
    await process.deletion.delete(host, space_id, confirmed=True)
    world.clock.advance(PATIENCE)
    await process.removals.round()
    assert await world.stores.removals.get(space_id, "ana") is None
    assert await process.blocks.blocked_by("hana", ["ana"]) == {"ana"}
    assert len(await world.stores.reports.page(ReportFilter(), Window(9))) == 1


async def test_one_that_cannot_be_completed_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    for person in (ana, await world.person("bob")):
        await world.stores.removals.put(Removal(space_id, person, host, world.clock(), BLOCK))
    add, failing = world.blocks.add, {"ana"}

    async def fails_for_some(by: str, of: str, now: datetime) -> bool:
        if of in failing:
            raise ConnectionError
        return await add(by, of, now)

    monkeypatch.setattr(world.blocks, "add", fails_for_some)
    await process.removals.round()
    assert len(await world.stores.removals.unfinished()) == 2, "they may be under way"
    world.clock.advance(PATIENCE)
    with caplog.at_level(logging.CRITICAL, logger="app.services.removals"):
        await process.removals.round()
    assert [one.person for one in await world.stores.removals.unfinished()] == [ana]
    failing.clear()
    await process.removals.round()
    assert await world.stores.removals.unfinished() == []
    assert await process.blocks.blocked_by("hana", ["ana", "bob"]) == {"ana", "bob"}
