"""Handovers: whom the new host blocks is out, also where the server dies in the middle."""

from __future__ import annotations

import logging
from collections import Counter

import pytest

from app.domain import refusals
from app.domain.moderation import Measure
from app.domain.roster import Person, Role
from app.services.changes import TRIES
from app.services.pages import Window
from app.services.ports import Snapshot
from tests.fakes.contested import ContestedSpaceStore
from tests.services.world import Process, World


async def room(world: World, process: Process) -> tuple[str, Person, Person]:
    """A live Space with a co-host who blocks one who speaks, one who listens, one who follows and one invited."""
    host, cora = await world.person("hana"), await world.person("cora")
    space_id = await process.live_space(host)
    blocked = {name: await world.person(name) for name in ("ana", "lea", "fay", "ines")}
    await process.seat(host, cora, space_id, Role.COHOST)
    await process.seat(host, blocked["ana"], space_id)
    await process.stage.set_muted(blocked["ana"], space_id, False)
    await process.attendance.join(blocked["lea"], space_id)
    await process.stage.invite(host, space_id, "ines", Role.SPEAKER)
    for name in blocked:
        await process.blocks.block(cora, name)
    assert process.media.heard(space_id) == {blocked["ana"]}
    return space_id, host, cora


async def put_out(world: World, space_id: str) -> Counter[str]:
    """Of whom the log says that the new host's block put them out, and how often."""
    log = await world.log.of_space(space_id, Window(99))
    return Counter(one.target.id for one in log if (one.measure, one.actor.id) == (Measure.BLOCKED, "cora"))


async def screened(world: World, process: Process, space_id: str) -> bool:
    """Whether nobody whom the new host blocks is in any more, and the log names each of them once."""
    space = await world.space(space_id)
    seated = [seat.person.id for seat in space.stage]
    return (seated, space.invitations, await process.attendance.is_in("lea", space_id)) == (
        ["hana", "cora"],
        (),
        False,
    ) and await put_out(world, space_id) == {"ana": 1, "lea": 1, "ines": 1}


async def test_who_becomes_host_puts_out_whom_they_blocked_before() -> None:
    world = World()
    process = Process(world)
    space_id, host, _ = await room(world, process)
    async with (
        process.streams.space_events("lea", space_id, None) as listening,
        process.streams.space_events("fay", space_id, None) as following,
    ):
        for stream in (listening, following):
            assert isinstance(await anext(stream), Snapshot)
        handed = await process.spaces.transfer_host(host, space_id, "cora")
        for stream in (listening, following):
            with pytest.raises(refusals.BlockedByHost):
                await anext(stream)
    assert handed == await world.space(space_id)
    assert await screened(world, process, space_id)
    assert process.media.heard(space_id) == set()
    assert await world.spaces.undispatched(9) == []
    await process.count()
    assert await world.audience(space_id) == (0, 0)


async def transfer_and_die(
    world: World, process: Process, monkeypatch: pytest.MonkeyPatch, host: Person, space_id: str
) -> None:
    """Hands the Space over, in a server that dies before it has looked whom the new host blocks."""

    async def dies(*args: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(world.blocks, "others", dies)
        with pytest.raises(ConnectionError):
            await process.spaces.transfer_host(host, space_id, "cora")


CRASHES = [
    ("moderation", "append", 0),
    ("inboxes", "deliver", 0),
    ("blocks", "others", 0),
    ("moderation", "append", 2),
    ("spaces", "save", 1),
    ("attendance", "leave", 0),
    ("attendance", "leave", 1),
    ("spaces", "save", 2),
    ("spaces", "dispatched", 0),
    ("spaces", "dispatched", 1),
]
"""The store, what is asked of it, and how often that still works."""


@pytest.mark.parametrize(("store", "write", "works"), CRASHES)
async def test_a_crash_at_any_write_is_completed_by_the_next_round_and_once(
    store: str, write: str, works: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    process = Process(world)
    space_id, host, _ = await room(world, process)
    real, left = getattr(getattr(world.stores, store), write), [None] * works

    async def dies(*args: object, **options: object) -> object:
        if not left:
            raise ConnectionError
        left.pop()
        return await real(*args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(getattr(world.stores, store), write, dies)
        with pytest.raises(ConnectionError):
            await process.spaces.transfer_host(host, space_id, "cora")
    survivor = Process(world, "b")
    for _ in range(2):
        await survivor.outbox.round()
    assert await screened(world, survivor, space_id)
    assert await world.spaces.undispatched(9) == []
    await survivor.count()
    assert await world.audience(space_id) == (0, 0)


async def test_whose_stream_is_open_when_the_server_dies_is_out_with_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    process, survivor = Process(world), Process(world, "b")
    space_id, host, _ = await room(world, process)
    async with survivor.streams.space_events("fay", space_id, None) as following:
        await transfer_and_die(world, process, monkeypatch, host, space_id)
        assert isinstance(await anext(following), Snapshot)
        await survivor.outbox.round()
        with pytest.raises(refusals.BlockedByHost):
            await anext(following)
    assert await screened(world, survivor, space_id)


async def test_where_others_change_the_space_too_fast_it_is_handed_over_and_the_round_does_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spaces = ContestedSpaceStore()
    world = World(spaces=spaces)
    process = Process(world)
    space_id, host, cora = await room(world, process)
    others = world.blocks.others

    async def meanwhile(by: str) -> frozenset[str]:
        spaces.losses[space_id] = TRIES
        return await others(by)

    with monkeypatch.context() as patched:
        patched.setattr(world.blocks, "others", meanwhile)
        assert (await process.spaces.transfer_host(host, space_id, "cora")).host == cora
        await process.outbox.round()
    assert (await world.space(space_id)).seat("ana"), "it was in vain, twice"
    await process.outbox.round()
    assert await screened(world, process, space_id)


async def test_whom_only_an_earlier_host_blocks_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    process, survivor = Process(world), Process(world, "b")
    space_id, host, cora = await room(world, process)
    await process.seat(host, await world.person("dora"), space_id, Role.COHOST)
    await transfer_and_die(world, process, monkeypatch, host, space_id)
    await survivor.spaces.transfer_host(cora, space_id, "dora")
    await survivor.outbox.round()
    assert (await world.space(space_id)).seat("ana")
    assert await survivor.attendance.is_in("lea", space_id)
    assert await put_out(world, space_id) == {}
    assert await world.spaces.undispatched(9) == []


async def test_one_that_cannot_be_completed_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    process = Process(world)
    space_id, host, cora = await room(world, process)
    dora, dan = await world.person("dora"), await world.person("dan")
    other = await process.live_space(dora)
    await process.seat(dora, cora, other, Role.COHOST)
    await process.seat(dora, dan, other)
    await process.blocks.block(cora, "dan")
    real, failing = world.attendance.among, {space_id, other}

    async def fails_for_some(space_id: str, people: set[str]) -> frozenset[str]:
        if space_id in failing:
            raise ConnectionError
        return await real(space_id, people)

    monkeypatch.setattr(world.attendance, "among", fails_for_some)
    for by, where in ((host, space_id), (dora, other)):
        with pytest.raises(ConnectionError):
            await process.spaces.transfer_host(by, where, "cora")
    failing.discard(other)
    with caplog.at_level(logging.CRITICAL, logger="app.services.outbox"):
        await process.outbox.round()
    assert (await world.space(other)).seat("dan") is None
    assert [one for one, _ in await world.spaces.undispatched(9)] == [space_id]
    failing.clear()
    await process.outbox.round()
    assert await screened(world, process, space_id)
