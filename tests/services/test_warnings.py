"""Warnings: whoever is in a Space hears of a blocked one on its stage, once, and nobody else does."""

import pytest

from app.domain.personal import BlockedSpeakerWarned
from app.domain.roster import Role
from app.services import warnings
from tests.services.world import Process, World


async def warned(world: World, person_id: str) -> list[str]:
    """Of whom someone was warned."""
    received = await world.stores.inboxes.received_after(person_id, 0) or []
    return [one.event.speaker.id for one in received if isinstance(one.event, BlockedSpeakerWarned)]


@pytest.mark.parametrize("at_once", [1, 2, 500])
async def test_those_in_the_space_who_block_a_new_speaker_are_warned(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warnings, "AT_ONCE", at_once)
    world = World()
    process, host, sam = Process(world), await world.person("hana"), await world.person("sam")
    space_id = await process.live_space(host)
    for name in ("ana", "bob", "cid", "dan"):
        person = await world.person(name)
        if name != "dan":
            await process.blocks.block(person, "sam")
        if name != "cid":
            await process.attendance.join(person, space_id)
    await process.seat(host, sam, space_id)
    await process.seat(host, sam, space_id, Role.COHOST)
    assert {name: await warned(world, name) for name in ("ana", "bob", "cid", "dan", "sam", "hana")} == {
        "ana": ["sam"],
        "bob": ["sam"],
        "cid": [],
        "dan": [],
        "sam": [],
        "hana": [],
    }
    await process.stage.remove(host, space_id, "sam")
    await process.seat(host, sam, space_id)
    assert await warned(world, "ana") == ["sam", "sam"]


async def test_a_warning_that_a_server_died_on_is_given_by_the_next_round_and_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    process, host, sam = Process(world), await world.person("hana"), await world.person("sam")
    space_id = await process.live_space(host)
    ana = await world.person("ana")
    await process.attendance.join(ana, space_id)
    await process.blocks.block(ana, "sam")
    offer = (await process.stage.invite(host, space_id, "sam", Role.SPEAKER)).invitation("sam")
    assert offer

    async def dies(*args: object, **options: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(world.blocks, "blockers", dies)
        with pytest.raises(ConnectionError):
            await process.stage.accept_invitation(sam, space_id, offer.id)
    assert await warned(world, "ana") == []
    for _ in range(2):
        await Process(world, "b").outbox.round()
        assert await warned(world, "ana") == ["sam"]
