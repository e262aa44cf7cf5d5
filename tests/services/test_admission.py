"""Admission: whom the host blocks is out at once, stays out, and hears nothing more."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.domain import refusals
from app.domain.drafts import Edit
from app.domain.events import Numbered
from app.domain.removals import RemovalAction
from app.domain.roster import Person, Role
from app.services.media_engine import MediaRefused
from app.services.pages import Window
from app.services.ports import Snapshot
from tests.fakes.contested import ContestedSpaceStore
from tests.services.test_audio import SDP, token_in
from tests.services.world import DRAFT, Process, World
from tests.waiting import until


async def room(world: World, process: Process) -> tuple[str, Person, Person]:
    """A live Space, its host, and someone else."""
    host, ana = await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    process.media.recorded[space_id] = 60_000
    return space_id, host, ana


async def test_a_block_takes_seat_attendance_and_sound_at_once() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await process.seat(host, ana, space_id)
    await process.stage.set_muted(ana, space_id, False)
    assert process.media.heard(space_id) == {ana}
    await process.blocks.block(host, "ana")
    assert (await world.space(space_id)).seat("ana") is None
    assert not await process.attendance.is_in("ana", space_id)
    assert process.media.heard(space_id) == set()
    await process.count()
    assert await world.audience(space_id) == (0, 0)


async def test_a_block_takes_hand_and_invitation_in_every_open_space_of_the_host() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await process.attendance.join(ana, space_id)
    await process.stage.request_to_speak(ana, space_id)
    preparing = (await process.spaces.create(host, DRAFT, ["ana"])).id
    ended = await process.live_space(host)
    await process.spaces.end(host, ended)
    before = await world.space(ended)
    await process.blocks.block(host, "ana")
    assert (await world.space(space_id)).requests == ()
    assert (await world.space(preparing)).invitations == ()
    assert await world.space(ended) == before


async def test_whom_the_host_blocks_can_neither_come_in_nor_be_asked_in() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    cohost = await world.person("cora")
    await process.seat(host, cohost, space_id, Role.COHOST)
    await process.blocks.block(host, "ana")
    commands: dict[str, Callable[[], Awaitable[object]]] = {
        "join": lambda: process.attendance.join(ana, space_id),
        "ask": lambda: process.stage.request_to_speak(ana, space_id),
        "accept": lambda: process.stage.accept_invitation(ana, space_id, "any"),
        "speak": lambda: process.stage.set_muted(ana, space_id, False),
        "clip": lambda: process.clips.create(ana, space_id, start_ms=None, duration_ms=None),
        "host invites": lambda: process.stage.invite(host, space_id, "ana", Role.SPEAKER),
        "co-host invites": lambda: process.stage.invite(cohost, space_id, "ana", Role.SPEAKER),
        "invited from the start": lambda: process.spaces.create(host, DRAFT, ["ana"]),
    }
    before = await world.space(space_id)
    for name, command in commands.items():
        with pytest.raises(refusals.BlockedByHost):
            await command()
        assert await world.space(space_id) == before, name
        assert not await process.attendance.is_in("ana", space_id), name

    await process.blocks.unblock(host, "ana")
    await process.attendance.join(ana, space_id)
    assert await process.attendance.is_in("ana", space_id)


async def test_who_may_not_invite_does_not_learn_of_a_block_by_trying() -> None:
    world = World()
    process = Process(world)
    space_id, host, _ = await room(world, process)
    stranger = await world.person("lea")
    await process.blocks.block(host, "ana")
    with pytest.raises(refusals.NotPermitted):
        await process.stage.invite(stranger, space_id, "ana", Role.SPEAKER)


async def test_a_preparing_space_stays_unknown_to_whom_its_host_blocks() -> None:
    world = World()
    process = Process(world)
    host, ana = await world.person("hana"), await world.person("ana")
    hidden = (await process.spaces.create(host, DRAFT, [])).id
    await process.blocks.block(host, "ana")
    with pytest.raises(refusals.SpaceNotFound):
        await process.attendance.join(ana, hidden)


async def test_an_old_address_opens_nothing_for_whom_the_host_blocks_now() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await process.seat(host, ana, space_id)
    addresses = await process.audio.addresses("ana", await world.space(space_id))
    assert addresses
    listen, speak = token_in(addresses.hls_url), token_in(addresses.whip_url)
    assert await process.audio.live_playlist(listen)
    await process.blocks.block(host, "ana")
    assert await process.audio.addresses("ana", await world.space(space_id)) is None
    uses: list[Awaitable[object]] = [
        process.audio.live_playlist(listen),
        process.replays.resource(listen, "0.m4s"),
        process.audio.offer(speak, SDP),
    ]
    for use in uses:
        with pytest.raises(MediaRefused) as caught:
            await use
        assert caught.value.status == 403
    await process.spaces.end(host, space_id)
    with pytest.raises(MediaRefused):
        await process.replays.playlist(listen)
    assert await process.audio.addresses("ana", await world.space(space_id)) is None
    assert await process.audio.addresses(None, await world.space(space_id))


@pytest.mark.parametrize("removed", [False, True])
async def test_whoever_is_put_out_while_waiting_for_the_next_sound_does_not_get_it(removed: bool) -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await process.seat(host, ana, space_id)
    space = await world.space(space_id)
    tokens = [token_in(found.hls_url) for one in ("ana", None) if (found := await process.audio.addresses(one, space))]
    process.media.next_part = asyncio.Event()
    waiting = [asyncio.create_task(process.audio.live_playlist(token)) for token in tokens]
    await until(lambda: process.media.held == 2, "both wait")
    if removed:
        await process.removals.remove(host, space_id, ana.id, RemovalAction.REMOVE)
    else:
        await process.blocks.block(host, ana.id)
    process.media.next_part.set()
    with pytest.raises(MediaRefused) as caught:
        await waiting[0]
    assert caught.value.status == 403
    assert await waiting[1], "nobody else is refused"


async def test_a_block_that_comes_while_someone_takes_a_seat_leaves_them_out() -> None:
    spaces = ContestedSpaceStore()
    world = World(spaces=spaces)
    process, elsewhere = Process(world, "a"), Process(world, "b")
    space_id, host, ana = await room(world, process)
    offer = (await process.stage.invite(host, space_id, "ana", Role.SPEAKER)).invitation("ana")
    assert offer
    add = world.blocks.add

    async def block_before_the_seat_is_taken() -> None:
        # Only the block itself: the other process has not come to evicting yet.
        await add("hana", "ana", world.clock())

    spaces.meanwhile = block_before_the_seat_is_taken
    with pytest.raises(refusals.BlockedByHost):
        await elsewhere.stage.accept_invitation(ana, space_id, offer.id)
    assert (await world.space(space_id)).seat("ana") is None
    assert not await process.attendance.is_in("ana", space_id)


async def test_a_block_closes_the_streams_of_the_blocked_with_the_reason_and_no_others() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await process.attendance.join(ana, space_id)
    async with (
        process.streams.space_events("ana", space_id, None) as events,
        process.streams.reactions("ana", space_id) as batches,
        process.streams.space_events(None, space_id, None) as others,
    ):
        assert isinstance(await anext(events), Snapshot)
        assert isinstance(await anext(others), Snapshot)
        await process.blocks.block(host, "ana")
        for stream in (events, batches):
            with pytest.raises(refusals.BlockedByHost):
                await anext(stream)
        await process.spaces.update(host, space_id, Edit(title="On storms"))
        assert isinstance(await anext(others), Numbered)
    for enter in (process.streams.space_events("ana", space_id, None), process.streams.reactions("ana", space_id)):
        with pytest.raises(refusals.BlockedByHost):
            async with enter:
                raise AssertionError("nothing may be streamed")


async def test_the_clips_of_a_host_are_kept_from_whom_they_block_but_for_their_own() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await process.attendance.join(ana, space_id)
    hosts, own = [
        (await process.clips.publish(person, clip.id, ""))[0]
        for person in (host, ana)
        for clip in [await process.clips.create(person, space_id, start_ms=None, duration_ms=1000)]
    ]
    address = token_in(process.audio.clip_url(hosts, "ana"))
    assert await process.audio.clip(address)
    await process.blocks.block(host, "ana")
    with pytest.raises(MediaRefused) as caught:
        await process.audio.clip(address)
    assert caught.value.status == 403
    assert await process.clips.get("ana", hosts.id) is None
    assert [one.id for one in await process.clips.get_many("ana", [hosts.id, own.id])] == [own.id]
    assert await process.clips.of_spaces("ana", [await world.space(space_id)], Window(9)) == [[]]
    for viewer_id in (None, "hana"):
        assert await process.clips.get(viewer_id, hosts.id)
        [shown] = await process.clips.of_spaces(viewer_id, [await world.space(space_id)], Window(9))
        assert len(shown) == 2
    assert await process.audio.clip(token_in(process.audio.clip_url(hosts, None)))
    await process.clips.delete(ana, own.id)
