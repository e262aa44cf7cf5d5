"""The stage: what the rules alone cannot say - who is in the Space, and who there is at all."""

import pytest

from app.domain import refusals
from app.domain.drafts import Draft
from app.domain.refusals import Refusal
from app.domain.roster import Role, SpeakPolicy
from tests.fakes.contested import ContestedSpaceStore
from tests.services.world import GRACE, LIMITS, Process, World


async def test_only_who_is_in_a_live_space_asks_to_speak() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = (await process.spaces.create(host, Draft("On tides"), ["ana"])).id

    async def refusal() -> type[Refusal]:
        with pytest.raises(Refusal) as caught:
            await process.stage.request_to_speak(ana, space_id)
        assert caught.value.field == "spaceId"
        return caught.type

    assert await refusal() is refusals.SpaceNotLive
    await process.spaces.start(host, space_id)
    assert await refusal() is refusals.NotAParticipant
    await process.attendance.join(ana, space_id)
    assert [one.person for one in (await process.stage.request_to_speak(ana, space_id)).requests] == [ana]
    await process.spaces.end(host, space_id)
    assert await refusal() is refusals.SpaceEnded
    with pytest.raises(refusals.SpaceNotFound):
        await process.stage.request_to_speak(ana, "nowhere")


async def test_the_raised_hand_of_someone_silent_is_taken_down() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.attendance.join(ana, space_id)
    await process.stage.request_to_speak(ana, space_id)
    world.clock.advance(GRACE)
    await process.attendance.check_presence()
    assert (await world.space(space_id)).requests == ()


async def test_a_hand_raised_while_leaving_on_another_device_comes_down_after_a_grace() -> None:
    store = ContestedSpaceStore()
    world = World(spaces=store)
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.attendance.join(ana, space_id)
    store.meanwhile = lambda: world.attendance.leave(space_id, "ana")
    assert len((await process.stage.request_to_speak(ana, space_id)).requests) == 1
    world.clock.advance(GRACE)
    await process.attendance.check_presence()
    assert (await world.space(space_id)).requests == ()


async def test_a_request_is_answered_or_taken_back() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    people = [await world.person(name) for name in ("ana", "ben", "cem")]
    for person in people:
        await process.attendance.join(person, space_id)
        await process.stage.request_to_speak(person, space_id)
    first, second, _ = (await world.space(space_id)).requests
    await process.stage.accept_request(host, space_id, first.id)
    await process.stage.decline_request(host, space_id, second.id)
    space = await process.stage.cancel_request(people[2], space_id)
    assert space.requests == ()
    assert [seat.person for seat in space.stage] == [host, people[0]]


async def test_accepting_an_invitation_is_coming_in_and_sitting_down() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.seat(host, ana, space_id, Role.COHOST)
    assert (await world.space(space_id)).role("ana") is Role.COHOST
    assert await process.attendance.is_in("ana", space_id)


async def test_who_finds_the_seat_taken_is_in_as_a_listener_and_told_so() -> None:
    world = World()
    process, host, late = Process(world), await world.person("hana"), await world.person("late")
    space_id = await process.live_space(host)
    invited = await process.stage.invite(host, space_id, "late", Role.SPEAKER)
    for n in range(LIMITS.speakers):
        await process.seat(host, await world.person(f"p{n}"), space_id)
    with pytest.raises(refusals.SeatTaken):
        await process.stage.accept_invitation(late, space_id, invited.invitations[0].id)
    assert await process.attendance.is_in("late", space_id)
    space = await world.space(space_id)
    assert (space.role("late"), space.invitations) == (Role.LISTENER, ())


async def test_a_forged_acceptance_lets_nobody_in() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    with pytest.raises(refusals.InvitationNotFound):
        await process.stage.accept_invitation(ana, space_id, "forged")
    assert not await process.attendance.is_in("ana", space_id)


async def test_a_declined_invitation_is_gone() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space = await process.spaces.create(host, Draft("On tides"), ["ana"])
    await process.stage.decline_invitation(ana, space.id, space.invitations[0].id)
    assert await process.spaces.inviting(ana) == []
    assert await process.spaces.get("ana", space.id) is None


async def test_a_revoked_invitation_cannot_be_accepted() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    offered = (await process.stage.invite(host, space_id, "ana", Role.SPEAKER)).invitations[0]
    await process.stage.revoke_invitation(host, space_id, offered.id)
    assert await process.spaces.inviting(ana) == []
    with pytest.raises(refusals.InvitationNotFound):
        await process.stage.accept_invitation(ana, space_id, offered.id)


async def test_all_are_silent_when_the_command_that_mutes_them_returns() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    ana, ben = await world.person("ana"), await world.person("ben")
    space_id = await process.live_space(host)
    for person in (ana, ben):
        await process.seat(host, person, space_id)
        await process.stage.set_muted(person, space_id, False)
    await process.stage.set_muted(host, space_id, False)
    await process.stage.mute_all(host, space_id)
    assert process.media.heard(space_id) == {host}


async def test_only_people_with_an_account_are_invited() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    with pytest.raises(refusals.UserNotFound) as caught:
        await process.stage.invite(host, space_id, "nobody", Role.SPEAKER)
    assert caught.value.field == "userId"


async def test_who_is_muted_or_removed_is_silent_when_the_command_returns() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.seat(host, ana, space_id)
    assert process.media.heard(space_id) == set()
    for silence in (process.stage.mute, process.stage.remove):
        await process.stage.set_muted(ana, space_id, False)
        assert process.media.heard(space_id) == {ana}
        await silence(host, space_id, "ana")
        assert process.media.heard(space_id) == set()
    with pytest.raises(refusals.NotOnStage):
        await process.stage.set_muted(ana, space_id, False)
    assert process.media.heard(space_id) == set()


async def test_under_followed_by_host_those_ask_whom_the_host_follows() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host, Draft("On tides", speak_policy=SpeakPolicy.FOLLOWED_BY_HOST))
    await process.attendance.join(ana, space_id)
    await process.follows.follow(ana, "hana")
    with pytest.raises(refusals.NotFollowedByHost):
        await process.stage.request_to_speak(ana, space_id)
    await process.follows.follow(host, "ana")
    assert (await process.stage.request_to_speak(ana, space_id)).request("ana")
