"""Feedback: one word of each who was there, which may be changed."""

import pytest

from app.domain import refusals
from app.domain.evictions import RemovalAction
from app.domain.feedback import FeedbackSummary
from app.services.pages import Window
from tests.services.world import DRAFT, Process, World


async def test_who_is_or_was_there_says_how_it_was_and_may_say_it_anew() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    ana, bob, cid = [await world.person(name) for name in ("ana", "bob", "cid")]
    space_id = await process.live_space(host)
    await process.attendance.join(ana, space_id)
    await process.attendance.join(bob, space_id)
    await process.attendance.leave(bob, space_id)
    await process.feedback.submit(ana, space_id, 1, "Too loud")
    await process.feedback.submit(bob, space_id, 4, "")
    with pytest.raises(refusals.NotAParticipant):
        await process.feedback.submit(cid, space_id, 5, "")
    await process.spaces.end(host, space_id)
    await process.feedback.submit(ana, space_id, 3, "Fine in the end")
    assert await process.feedback.summaries([space_id]) == {space_id: FeedbackSummary(2, 3.5)}
    own = await process.feedback.of_person("ana", [space_id])
    assert (own[space_id].rating, own[space_id].text) == (3, "Fine in the end")

    olga = world.viewer(await world.person("olga"), is_operator=True)
    found = await process.feedback.page(olga, space_id, Window(9))
    assert {one.person.id: one.rating for one in found} == {"ana": 3, "bob": 4}
    with pytest.raises(refusals.NotPermitted):
        await process.feedback.page(world.viewer(host), space_id, Window(9))


async def test_who_is_kept_out_says_nothing_and_nothing_is_said_of_what_is_not_there() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    ana, bob = await world.person("ana"), await world.person("bob")
    space_id = await process.live_space(host)
    for person in (ana, bob):
        await process.attendance.join(person, space_id)
    await process.blocks.block(host, "ana")
    await process.removals.remove(host, space_id, "bob", RemovalAction.REMOVE)
    hidden = (await process.spaces.create(host, DRAFT, [])).id
    with pytest.raises(refusals.BlockedByHost):
        await process.feedback.submit(ana, space_id, 1, "")
    with pytest.raises(refusals.RemovedFromSpace):
        await process.feedback.submit(bob, space_id, 1, "")
    with pytest.raises(refusals.SpaceNotFound):
        await process.feedback.submit(bob, hidden, 1, "")
    with pytest.raises(refusals.SpaceNotLive):
        await process.feedback.submit(host, hidden, 1, "")
    assert await process.feedback.summaries([space_id, hidden]) == {}


async def test_it_goes_with_its_space_also_what_is_said_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.attendance.join(ana, space_id)
    await process.feedback.submit(ana, space_id, 4, "")
    await process.spaces.end(host, space_id)
    put = world.stores.feedback.put

    async def deleted_first(said: object) -> None:
        await process.deletion.delete(host, space_id, confirmed=True)
        await put(said)  # type: ignore[arg-type]

    monkeypatch.setattr(world.stores.feedback, "put", deleted_first)
    with pytest.raises(refusals.SpaceNotFound):
        await process.feedback.submit(ana, space_id, 5, "")
    assert await process.feedback.summaries([space_id]) == {}
    assert await process.feedback.visited("ana", [space_id]) == frozenset()
