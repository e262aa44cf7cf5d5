"""The moderation log: written with each command, read by the host alone."""

import pytest

from app.domain import refusals
from app.domain.events import EndReason
from app.domain.moderation import Measure
from app.domain.roster import Role
from app.domain.spaces import SpaceState
from app.services.pages import Window
from tests.services.world import Process, World


async def test_the_host_reads_what_moderators_did_also_after_the_end() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    cora, ana = await world.person("cora"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.seat(host, cora, space_id, Role.COHOST)
    await process.seat(host, ana, space_id)
    await process.stage.set_muted(ana, space_id, False)
    await process.stage.mute(cora, space_id, "ana")
    await process.stage.remove(host, space_id, "ana")
    await process.stage.set_muted(host, space_id, False)

    log = await process.moderation.log(world.viewer(host), space_id, Window(9))
    assert [(one.actor, one.measure, one.target) for one in log] == [
        (host, Measure.REMOVED_FROM_STAGE, ana),
        (cora, Measure.MUTED, ana),
        (host, Measure.INVITED, ana),
        (host, Measure.INVITED, cora),
    ]
    assert (
        await process.moderation.log(world.viewer(host), space_id, Window(2, after=(log[1].at, log[1].id))) == log[2:]
    )
    await process.spaces.end(host, space_id)
    assert await process.moderation.log(world.viewer(host), space_id, Window(9)) == log


async def test_nobody_else_reads_it_and_what_was_refused_is_not_in_it() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    with pytest.raises(refusals.NotPermitted):
        await process.stage.invite(ana, space_id, "hana", Role.SPEAKER)
    assert await process.moderation.log(world.viewer(host), space_id, Window(9)) == []
    await process.seat(host, ana, space_id, Role.COHOST)
    with pytest.raises(refusals.NotPermitted):
        await process.moderation.log(world.viewer(ana), space_id, Window(9))
    with pytest.raises(refusals.SpaceNotFound):
        await process.moderation.log(world.viewer(host), "nowhere", Window(9))


async def test_operators_read_any_log_whatever_became_of_the_space() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    olga = world.viewer(await world.person("olga"), is_operator=True)
    space_id = await process.live_space(host)
    await process.seat(host, ana, space_id)
    log = await process.moderation.log(olga, space_id, Window(9))
    assert [one.measure for one in log] == [Measure.INVITED]
    await process.spaces.end(host, space_id)
    await process.deletion.delete(host, space_id, confirmed=True)
    assert await process.moderation.log(olga, space_id, Window(9)) == log
    with pytest.raises(refusals.SpaceNotFound):
        await process.moderation.log(world.viewer(host), space_id, Window(9))
    with pytest.raises(refusals.SpaceNotFound):
        await process.moderation.log(olga, "nowhere", Window(9))


async def test_an_operator_ends_any_live_space_and_says_why() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    olga = world.viewer(await world.person("olga"), is_operator=True)
    space_id = await process.live_space(host)
    await process.attendance.join(ana, space_id)
    with pytest.raises(refusals.NotPermitted):
        await process.spaces.end_by_operator(world.viewer(host), space_id, "Mine")
    space = await process.spaces.end_by_operator(olga, space_id, " Illegal ")
    assert (space.state, space.end_reason) == (SpaceState.ENDED, EndReason.OPERATOR)
    assert not await process.attendance.is_in("ana", space_id)
    [entry] = await process.moderation.log(olga, space_id, Window(9))
    assert (entry.measure, entry.actor, entry.target) == (Measure.ENDED_BY_OPERATOR, olga.person, host)
    assert entry.reason == "Illegal"
    with pytest.raises(refusals.SpaceEnded):
        await process.spaces.end_by_operator(olga, space_id, "Again")


async def test_an_eviction_by_block_is_logged_once_and_only_where_there_was_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id, elsewhere = await process.live_space(host), await process.live_space(host)
    await process.attendance.join(ana, space_id)

    async def dies(*args: object, **options: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(world.attendance, "leave", dies)
        with pytest.raises(ConnectionError):
            await process.blocks.block(host, "ana")
    for _ in range(2):
        await process.blocks.block(host, "ana")
    [entry] = await process.moderation.log(world.viewer(host), space_id, Window(9))
    assert (entry.measure, entry.actor, entry.target) == (Measure.BLOCKED, host, ana)
    assert await process.moderation.log(world.viewer(host), elsewhere, Window(9)) == []
