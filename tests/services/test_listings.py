"""The Spaces tab: whole pages in both directions, without the Spaces of those who block who asks."""

from datetime import timedelta

from app.domain.drafts import Draft
from app.domain.listings import Listing, Order, place, words
from app.domain.spaces import Space, SpaceState
from app.services.pages import Window
from tests.services.world import Process, World


def ids(spaces: list[Space]) -> list[str]:
    return [space.id for space in spaces]


async def test_pages_are_filled_with_what_is_not_hidden_from_either_end() -> None:
    world = World()
    process, hana = Process(world), await world.person("hana")
    others = [await world.person(name) for name in ("bob", "cid", "dan")]
    shown: list[str] = []
    for host in others:
        for _ in range(3):
            await process.live_space(hana)
        shown.insert(0, await process.live_space(host))
        world.clock.advance(timedelta(seconds=1))
    await world.person("ana")
    await process.blocks.block(hana, "ana")

    newest = Listing()
    first = await process.listings.page("ana", newest, Window(2))
    rest = await process.listings.page("ana", newest, Window(5, after=place(first[-1], Order.STARTED_AT)))
    assert ids([*first, *rest]) == ids(await process.listings.page("ana", newest, Window(9)))
    assert set(ids([*first, *rest])) == set(shown)
    last = await process.listings.page("ana", newest, Window(2, last=True))
    before = await process.listings.page("ana", newest, Window(9, before=place(last[0], Order.STARTED_AT), last=True))
    assert ids([*before, *last]) == ids([*first, *rest])
    for viewer_id in ("bob", None):
        assert len(await process.listings.page(viewer_id, newest, Window(50))) == 12


async def test_a_host_who_blocks_who_asks_has_nothing_to_show() -> None:
    world = World()
    process, hana = Process(world), await world.person("hana")
    space_id = await process.live_space(hana)
    await world.person("ana")
    of_hana = Listing(host_id="hana")
    assert ids(await process.listings.page("ana", of_hana, Window(5))) == [space_id]
    await process.blocks.block(hana, "ana")
    assert await process.listings.page("ana", of_hana, Window(5)) == []
    assert ids(await process.listings.page(None, of_hana, Window(5))) == [space_id]


async def test_a_space_is_found_by_its_title_as_it_is_now_and_in_the_state_it_is_in() -> None:
    world = World()
    process, hana = Process(world), await world.person("hana")
    space_id = await process.live_space(hana, Draft("Café concert"))

    async def found(text: str, state: SpaceState = SpaceState.LIVE) -> list[str]:
        return ids(await process.listings.page(None, Listing(state=state, words=words(text)), Window(5)))

    assert await found("CONCERT cafe") == [space_id]
    assert await found("concert hall") == await found("conc") == []
    await process.spaces.end(hana, space_id)
    assert await found("concert") == []
    assert await found("concert", SpaceState.ENDED) == [space_id]
