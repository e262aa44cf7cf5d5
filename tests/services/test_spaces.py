"""Spaces: a life from creation to end, and who finds what."""

import asyncio

import pytest

from app.domain import refusals
from app.domain.drafts import Draft, Edit, SettingsEdit
from app.domain.listings import Listing
from app.domain.roster import Person, Role, SpeakPolicy
from app.domain.spaces import SpaceState
from app.services.pages import Window
from tests.services.world import DRAFT, Process, World


async def test_a_new_space_is_kept_with_its_host_in_it_and_its_speakers_invited() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    ana, ben = await world.person("ana"), await world.person("ben")
    space = await process.spaces.create(host, DRAFT, ["ana", "ben", "ana"])
    assert await world.space(space.id) == space
    assert [(one.person, one.role) for one in space.invitations] == [(ana, Role.SPEAKER), (ben, Role.SPEAKER)]
    assert await process.attendance.is_in("hana", space.id)
    assert await process.spaces.inviting(ana) == [space]
    assert process.media.obeyed == {}


@pytest.mark.parametrize(("speaker_id", "code"), [("nobody", "USER_NOT_FOUND"), ("hana", "ALREADY_ON_STAGE")])
async def test_an_initial_speaker_who_cannot_be_is_refused_by_the_field_and_no_space_is_made(
    speaker_id: str, code: str
) -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    await world.person("ana")
    with pytest.raises(refusals.Refusal) as caught:
        await process.spaces.create(host, DRAFT, ["ana", speaker_id])
    assert (caught.value.code, caught.value.field) == (code, "initialSpeakerIds")
    assert await world.spaces.inviting("ana") == []


async def test_a_broken_draft_makes_no_space() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    await world.person("ana")
    with pytest.raises(ExceptionGroup):
        await process.spaces.create(host, Draft("", ("yachts",)), ["ana"])
    assert await world.spaces.inviting("ana") == []


async def test_from_preparing_to_live_to_the_end() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = (await process.spaces.create(host, DRAFT, [])).id
    assert await process.spaces.get(None, space_id) is None
    assert await process.spaces.get_many("ana", [space_id]) == []
    assert await process.listings.page(None, Listing(), Window(10)) == []

    live = await process.spaces.start(host, space_id)
    assert (live.state, process.media.obeyed[space_id]) == (SpaceState.LIVE, live)
    assert await process.spaces.get(None, space_id) == live
    assert await process.listings.page(None, Listing(), Window(10)) == [live]

    await process.attendance.join(ana, space_id)
    ended = await process.spaces.end(host, space_id)
    assert (ended.state, process.media.obeyed[space_id].state) == (SpaceState.ENDED, SpaceState.ENDED)
    assert await process.listings.page(None, Listing(), Window(10)) == []
    assert await process.spaces.get_many(None, [space_id, "nowhere"]) == [ended]


async def test_a_host_who_left_while_preparing_and_starts_is_present() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = (await process.spaces.create(host, DRAFT, [])).id
    assert (await process.attendance.leave(host, space_id)).host_absent_since is not None
    assert (await process.spaces.start(host, space_id)).host_absent_since is None
    assert await process.attendance.is_in("hana", space_id)


async def test_leaving_is_not_ending() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    assert (await process.attendance.leave(host, space_id)).state is SpaceState.LIVE


async def test_a_host_who_handed_over_drops_like_any_cohost_and_the_new_one_stays_host() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.seat(host, ana, space_id, Role.COHOST)
    assert (await process.spaces.transfer_host(host, space_id, "ana")).host == ana

    left = await process.attendance.leave(host, space_id)
    assert ([seat.person for seat in left.stage], left.host_absent_since) == ([ana], None)
    assert (await process.attendance.join(host, space_id)).host == ana
    with pytest.raises(refusals.NotPermitted):
        await process.spaces.end(host, space_id)
    assert (await process.spaces.end(ana, space_id)).state is SpaceState.ENDED


async def test_title_policy_and_clipping_change_while_live() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    await process.spaces.update(host, space_id, Edit(title="On storms"))
    await process.spaces.set_speak_policy(host, space_id, SpeakPolicy.INVITED_ONLY)
    await process.spaces.set_clipping_allowed(host, space_id, False)
    space = await world.space(space_id)
    assert (space.title, space.speak_policy, space.clipping_allowed) == ("On storms", SpeakPolicy.INVITED_ONLY, False)


async def test_what_is_not_chosen_is_as_the_account_has_it() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    assert await process.spaces.draft(host, "Tides", Edit()) == Draft("Tides")
    await process.people().update_space_defaults(host, SettingsEdit(clipping_allowed=False, language="en"))
    draft = await process.spaces.draft(host, "Tides", Edit(language="pt"))
    assert draft == Draft("Tides", clipping_allowed=False, language="pt")
    space = await process.spaces.create(host, draft, [])
    live = await process.spaces.start(host, space.id)
    assert live.never_clipped
    with pytest.raises(refusals.ClippingLocked):
        await process.spaces.set_clipping_allowed(host, live.id, True)


async def test_defaults_follow_the_rules_of_spaces() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    with pytest.raises(ExceptionGroup):
        await process.people().update_space_defaults(host, SettingsEdit(language="?"))
    with pytest.raises(refusals.UserNotFound):
        await process.people().update_space_defaults(Person("nobody", "nobody", "N"), SettingsEdit())


async def test_a_space_made_twice_under_one_key_is_one_whichever_process_is_asked() -> None:
    world = World()
    processes, host = [Process(world, name) for name in "ab"], await world.person("hana")
    made = [one.spaces.create(host, DRAFT, [], "k") for one in (*processes, *processes)]
    first, *others = await asyncio.gather(*made)
    assert others == [first] * 3
    live = await processes[0].spaces.start(host, first.id)
    assert await processes[1].spaces.create(host, Draft("Other"), [], "k") == live
    assert (await processes[0].spaces.create(host, DRAFT, [], "l")).id != first.id
    await processes[0].spaces.end(host, first.id)
    await processes[0].deletion.delete(host, first.id, confirmed=True)
    with pytest.raises(refusals.SpaceNotFound):
        await processes[0].spaces.create(host, DRAFT, [], "k")


async def test_a_refused_space_may_be_made_under_its_key_when_it_is_mended() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    with pytest.raises(ExceptionGroup):
        await process.spaces.create(host, Draft(""), [], "k")
    assert (await process.spaces.create(host, DRAFT, [], "k")).title == DRAFT.title
