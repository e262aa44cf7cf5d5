"""Transcripts: told to all who read, kept where the Space is recorded, gone with it; found by those who may."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.domain import refusals
from app.domain.drafts import Draft
from app.domain.roster import Person
from app.services.pages import Window
from app.services.stores import Stretch
from tests.domain.phrases import heard
from tests.services.world import Process, World
from tests.waiting import until

SECOND = timedelta(seconds=1)
UNRECORDED = Draft("On tides")


async def room(world: World, process: Process, draft: Draft | None = None) -> tuple[str, Person]:
    host = await world.person("hana")
    return (await process.live_space(host, draft) if draft else await process.live_space(host)), host


async def kept(process: Process, space_id: str, viewer_id: str | None = None) -> list[str] | None:
    """The transcript, as a viewer reads it."""
    [found] = await process.transcripts.of_spaces(viewer_id, [await process.world.space(space_id)], Window(9))
    return None if found is None else [one.text for one in found]


async def found(process: Process, viewer_id: str | None, *terms: str) -> list[str]:
    """What a viewer finds."""
    return [one.text for one in await process.transcripts.search(viewer_id, terms, Window(9))]


async def test_what_the_sound_understands_is_told_and_kept() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    working = asyncio.create_task(process.transcripts.run())
    async with process.streams.captions(None, space_id) as phrases:
        await process.media.phrases.put(heard(space_id, host.id, "time and tide", 2_000))
        said = await anext(phrases)
    assert (said.speaker_id, said.text, said.start_ms, said.at) == (host.id, "time and tide", 2_000, world.clock())

    async def is_kept() -> bool:
        return await kept(process, space_id) == ["time and tide"]

    await until(is_kept, "the phrase is in the transcript")
    working.cancel()


async def test_a_phrase_that_cannot_be_kept_is_told_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)

    async def fail(phrase: object) -> None:
        raise OSError("the database is away")

    add, world.stores.transcripts.add = world.stores.transcripts.add, fail  # type: ignore[method-assign]
    working = asyncio.create_task(process.transcripts.run())
    async with process.streams.captions(None, space_id) as phrases:
        await process.media.phrases.put(heard(space_id, host.id, "lost"))
        assert (await anext(phrases)).text == "lost"
        await until(lambda: "is not in its transcript" in caplog.text, "the loss is in the log")
        world.stores.transcripts.add = add  # type: ignore[method-assign]
        await process.media.phrases.put(heard(space_id, host.id, "found"))
        assert (await anext(phrases)).text == "found"
    working.cancel()


async def test_where_nothing_is_recorded_nothing_is_kept() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process, UNRECORDED)
    async with process.streams.captions(None, space_id) as phrases:
        await process.transcripts.take(heard(space_id, host.id, "between us"))
        assert (await anext(phrases)).text == "between us"
    assert await kept(process, space_id) is None
    assert await world.stores.transcripts.of_spaces([Stretch(space_id)], Window(9)) == [[]]
    assert [one.text for one in process.transcripts.recent(space_id)] == ["between us"]


async def test_what_is_understood_late_belongs_to_what_it_was_said_in() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    await process.spaces.end(host, space_id)
    await process.transcripts.take(heard(space_id, host.id, "goodbye"))
    assert await kept(process, space_id) == ["goodbye"]
    await process.deletion.delete(host, space_id, confirmed=True)
    await process.transcripts.take(heard(space_id, host.id, "too late"))
    await process.transcripts.take(heard("nowhere", host.id, "too late"))
    assert await world.stores.transcripts.of_spaces([Stretch(space_id)], Window(9)) == [[]]


async def test_a_phrase_that_is_kept_while_its_space_is_deleted_goes_too() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    await process.spaces.end(host, space_id)
    add = world.stores.transcripts.add

    async def add_late(phrase: object) -> None:
        world.stores.transcripts.add = add  # type: ignore[method-assign]
        await process.deletion.delete(host, space_id, confirmed=True)
        await add(phrase)  # type: ignore[arg-type]

    world.stores.transcripts.add = add_late  # type: ignore[method-assign]
    await process.transcripts.take(heard(space_id, host.id, "meanwhile"))
    assert await world.stores.transcripts.of_spaces([Stretch(space_id)], Window(9)) == [[]]


async def test_stretches_are_cut_to_the_word_each_for_itself() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    for text, start_ms in (("one two three", 0), ("four five", 2_000)):
        await process.transcripts.take(heard(space_id, host.id, text, start_ms))
    early, late, other = Stretch(space_id, 0, 600), Stretch(space_id, 500, 9_000), Stretch("other", 0, 9_000)
    cut = await process.transcripts.of_stretches([early, late, other])
    assert {one: [each.text for each in said] for one, said in cut.items()} == {
        early: ["one two"],
        late: ["three", "four five"],
        other: [],
    }


async def test_search_leaves_out_what_the_viewer_may_not_see_and_still_fills_its_pages() -> None:
    world = World()
    process = Process(world)
    viewer = await world.person("vera")
    hosts = [await world.person(name) for name in ("hana", "nina")]
    spaces = [await process.live_space(host) for host in hosts]
    for number in range(4):
        for host, space_id in zip(hosts, spaces, strict=True):
            world.clock.advance(SECOND)
            await process.transcripts.take(heard(space_id, host.id, f"tide {host.id} {number}"))
    await process.blocks.block(hosts[1], viewer.id)
    page = await process.transcripts.search(viewer.id, ["tide"], Window(3))
    assert [one.text for one in page] == ["tide hana 3", "tide hana 2", "tide hana 1"]
    rest = await process.transcripts.search(viewer.id, ["tide"], Window(3, after=(page[-1].at, page[-1].id)))
    assert [one.text for one in rest] == ["tide hana 0"]
    backwards = await process.transcripts.search(viewer.id, ["tide"], Window(3, last=True))
    assert [one.text for one in backwards] == ["tide hana 2", "tide hana 1", "tide hana 0"]
    assert len(await found(process, None, "tide")) == 8, "nobody blocks who has no account"
    assert await kept(process, spaces[1], viewer.id) is None


async def test_what_is_deleted_is_not_found_also_before_it_is_purged() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    process.media.recorded[space_id] = 60_000
    await process.transcripts.take(heard(space_id, host.id, "time and tide"))
    await process.spaces.end(host, space_id)
    assert await found(process, host.id, "tide") == ["time and tide"]
    process.media.down = True
    await process.deletion.delete(host, space_id, confirmed=True)
    assert await found(process, host.id, "tide") == []
    process.media.down = False
    await process.deletion.round()
    assert await world.stores.transcripts.of_spaces([Stretch(space_id)], Window(9)) == [[]]


async def test_words_go_with_the_recording() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    process.media.recorded[space_id] = 60_000
    await process.transcripts.take(heard(space_id, host.id, "time and tide"))
    await process.spaces.end(host, space_id)
    await process.deletion.delete_recording(host, space_id, confirmed=True)
    await process.transcripts.take(heard(space_id, host.id, "too late"))
    assert await kept(process, space_id) is None
    assert await found(process, host.id, "tide") == []
    assert await world.stores.transcripts.of_spaces([Stretch(space_id)], Window(9)) == [[]]


async def test_captions_are_for_whom_the_space_is_for() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    blocked = await world.person("bob")
    async with process.streams.captions(blocked.id, space_id) as phrases:
        await process.blocks.block(host, blocked.id)
        with pytest.raises(refusals.BlockedByHost):
            await anext(phrases)
    with pytest.raises(refusals.BlockedByHost):
        async with process.streams.captions(blocked.id, space_id):
            raise AssertionError("nothing may be streamed")
    with pytest.raises(refusals.SpaceNotFound):
        async with process.streams.captions(None, "nowhere"):
            raise AssertionError("nothing may be streamed")


async def test_only_the_last_minute_is_at_hand() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    for text in ("early", "later", "now"):
        await process.transcripts.take(heard(space_id, host.id, text))
        world.clock.advance(31 * SECOND)
    assert [one.text for one in process.transcripts.recent(space_id)] == ["later", "now"]
    assert process.transcripts.recent("other") == []
