"""Changes: lost races are decided anew, and what is saved is obeyed before it is told."""

import asyncio

import pytest

from app.domain import refusals
from app.domain.drafts import Edit
from app.domain.events import Numbered
from app.domain.roster import Role
from app.domain.spaces import Space
from app.services.changes import TRIES
from app.services.ports import Snapshot
from tests.fakes.contested import ContestedSpaceStore
from tests.fakes.media import MemoryMedia
from tests.services.world import DRAFT, LIMITS, Process, World
from tests.waiting import until


class SlowMedia(MemoryMedia):
    """A sound that obeys only once it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Space | None = None
        self.let = asyncio.Event()

    async def follow(self, space: Space) -> None:
        self.asked = space
        await self.let.wait()
        await super().follow(space)


@pytest.mark.parametrize("losses", [1, TRIES - 1])
async def test_a_lost_race_is_decided_anew(losses: int) -> None:
    store = ContestedSpaceStore()
    world = World(spaces=store)
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)

    store.losses[space_id] = losses
    renamed = await process.spaces.update(host, space_id, Edit(title="On storms"))
    assert (renamed.title, (await world.space(space_id)).title) == ("On storms", "On storms")


async def test_after_too_many_lost_races_it_is_busy_and_nothing_has_changed() -> None:
    store = ContestedSpaceStore()
    world = World(spaces=store)
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    before = await world.space(space_id)

    store.losses[space_id] = TRIES
    with pytest.raises(refusals.Busy):
        await process.spaces.update(host, space_id, Edit(title="On storms"))
    assert await world.space(space_id) == before
    assert process.media.obeyed[space_id] == before


async def test_a_refusal_changes_nothing_and_tells_nobody() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    before = await world.space(space_id)
    with pytest.raises(refusals.NotPermitted):
        await process.spaces.end(ana, space_id)
    assert await world.space(space_id) == before
    assert await world.spaces.events_after(space_id, before.version) == []


async def test_what_is_saved_is_obeyed_by_the_sound_before_it_is_told() -> None:
    world, slow = World(), SlowMedia()
    process, host = Process(world, media=slow), await world.person("hana")
    slow.let.set()
    space_id = await process.live_space(host)
    slow.let.clear()
    slow.asked = None
    told: list[object] = []

    async def listen() -> None:
        async with world.feeds.follow(space_id, None) as items:
            async for item in items:
                told.append(item)

    async with asyncio.TaskGroup() as group:
        listener = group.create_task(listen())
        await until(lambda: len(told) == 1, "the snapshot")
        opening = group.create_task(process.stage.set_muted(host, space_id, False))
        await until(lambda: slow.asked is not None, "the sound is asked to obey")
        assert not (await world.space(space_id)).stage[0].muted
        assert (len(told), opening.done()) == (1, False)

        slow.let.set()
        space = await opening
        await until(lambda: len(told) == 2, "the event")
        listener.cancel()
    assert isinstance(told[0], Snapshot)
    assert isinstance(told[1], Numbered)
    assert told[1].version == space.version == slow.obeyed[space_id].version


async def test_a_crowd_of_commands_in_two_processes_fills_every_seat_and_exceeds_none() -> None:
    world = World()
    one, other = Process(world, "a"), Process(world, "b")
    host = await world.person("hana")
    space_id = await one.live_space(host)
    crowd = [await world.person(f"p{n}") for n in range(12)]
    for person in crowd:
        await one.attendance.join(person, space_id)
        await one.stage.request_to_speak(person, space_id)
    requests = (await world.space(space_id)).requests
    assert [request.person for request in requests] == crowd

    answers = await asyncio.gather(
        *(process.stage.accept_request(host, space_id, request.id) for request in requests for process in (one, other)),
        return_exceptions=True,
    )
    granted = [answer for answer in answers if isinstance(answer, Space)]
    assert len(granted) == LIMITS.speakers
    assert (await world.space(space_id)).count(Role.SPEAKER) == LIMITS.speakers


async def test_there_is_no_changing_what_is_not_there() -> None:
    world = World()
    with pytest.raises(refusals.SpaceNotFound):
        await Process(world).spaces.end(await world.person("hana"), "nowhere")


async def test_who_may_not_know_of_a_preparing_space_is_told_there_is_none() -> None:
    world = World()
    process, host, stranger = Process(world), await world.person("hana"), await world.person("sam")
    space_id = (await process.spaces.create(host, DRAFT, [])).id
    for command in (
        process.spaces.start(stranger, space_id),
        process.spaces.update(stranger, space_id, Edit(title="Mine")),
        process.stage.invite(stranger, space_id, host.id, Role.SPEAKER),
        process.stage.set_muted(stranger, space_id, False),
        process.stage.remove(stranger, space_id, host.id),
    ):
        with pytest.raises(refusals.SpaceNotFound):
            await command
