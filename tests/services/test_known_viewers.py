"""Known viewers: believed for some seconds, and not a moment after they have logged out."""

from datetime import timedelta

import pytest

from app.services.known_viewers import KNOWN_FOR, MAX_KNOWN, KnownViewers
from app.services.people import Session
from app.services.ports import LoggedOut, Unauthenticated
from app.services.viewers import Viewer
from tests.domain_values import person
from tests.services.test_closings import hearing
from tests.services.world import NOW, Process, World
from tests.waiting import until


async def session(world: World) -> Session:
    return await Process(world).people().sign_up("ana", "Ana", "correct horse", address="here")


async def test_who_was_looked_up_is_known_for_some_seconds_under_exactly_what_they_sent() -> None:
    world = World()
    viewers, token = Process(world).viewers, (await session(world)).token
    assert viewers.at_hand(f"Bearer {token}") is None
    viewer = await viewers.of(f"Bearer {token}")
    assert viewer
    assert viewers.at_hand(f"Bearer {token}") == viewer
    assert viewers.at_hand(f"bearer {token}") is None
    world.clock.advance(KNOWN_FOR - timedelta(milliseconds=1))
    assert viewers.at_hand(f"Bearer {token}") == viewer
    world.clock.advance(timedelta(milliseconds=1))
    assert viewers.at_hand(f"Bearer {token}") is None


async def test_nobody_is_known_beyond_the_end_of_their_token() -> None:
    world = World()
    viewers, one = Process(world).viewers, await session(world)
    world.clock.advance(one.expires_at - world.clock() - timedelta(seconds=1))
    assert await viewers.of(f"Bearer {one.token}")
    assert viewers.at_hand(f"Bearer {one.token}")
    world.clock.advance(timedelta(seconds=1))
    assert viewers.at_hand(f"Bearer {one.token}") is None


async def test_a_refused_token_is_not_known() -> None:
    world = World()
    viewers, one = Process(world).viewers, await session(world)
    viewer = await viewers.of(f"Bearer {one.token}")
    assert viewer
    await viewers.log_out(viewer, None)
    for token in (one.token, "forged"):
        with pytest.raises(Unauthenticated):
            await viewers.of(f"Bearer {token}")
        assert viewers.at_hand(f"Bearer {token}") is None


async def test_a_log_out_is_heard_at_once_here_and_by_the_bus_elsewhere() -> None:
    world = World()
    here, elsewhere, token = Process(world), Process(world), (await session(world)).token
    async with hearing(elsewhere):
        await until(lambda: world.closings.hearing == 1, "the other process hears")
        viewer = await here.viewers.of(f"Bearer {token}")
        assert viewer
        assert await elsewhere.viewers.of(f"Bearer {token}")
        await here.viewers.log_out(viewer, None)
        assert here.viewers.at_hand(f"Bearer {token}") is None
        await until(lambda: elsewhere.viewers.at_hand(f"Bearer {token}") is None, "the other process has heard")


async def test_a_log_out_whose_word_is_lost_is_found_when_the_bus_says_so_and_else_after_seconds() -> None:
    world = World()
    here, elsewhere, token = Process(world), Process(world), (await session(world)).token
    viewer = await here.viewers.of(f"Bearer {token}")
    assert viewer
    assert await elsewhere.viewers.of(f"Bearer {token}")
    await here.viewers.log_out(viewer, None)
    assert elsewhere.viewers.at_hand(f"Bearer {token}") == viewer, "nobody told it"
    async with hearing(elsewhere):
        await until(lambda: elsewhere.viewers.at_hand(f"Bearer {token}") is None, "what was missed is looked up")


async def test_a_log_out_while_they_are_looked_up_is_not_missed() -> None:
    world = World()
    process = Process(world)
    known = KnownViewers(process.closings, world.clock)
    viewer = Viewer(person("ana"), NOW + timedelta(days=1), "token")

    async def look() -> Viewer:
        await process.closings.announce(LoggedOut("token"))
        return viewer

    assert await known.look_up("Bearer x", "token", look) == viewer
    assert known.get("Bearer x") is None
    assert not process.closings._open


async def test_no_more_are_known_than_there_is_room_and_nothing_is_left_of_the_others() -> None:
    world = World()
    process = Process(world)
    known = KnownViewers(process.closings, world.clock)

    async def look() -> Viewer:
        return Viewer(person("ana"), NOW + timedelta(days=1), "token")

    async def fail() -> Viewer:
        raise OSError("the database has gone")

    for number in range(MAX_KNOWN + 3):
        await known.look_up(f"Bearer {number}", str(number), look)
    assert (known.get("Bearer 2"), known.get("Bearer 3")) == (None, await look())
    assert len(process.closings._open) == MAX_KNOWN
    await known.look_up("Bearer 3", "3", look)
    with pytest.raises(OSError, match="gone"):
        await known.look_up("Bearer new", "new", fail)
    assert len(process.closings._open) == MAX_KNOWN
    world.clock.advance(KNOWN_FOR)
    for number in range(MAX_KNOWN + 3):
        assert known.get(f"Bearer {number}") is None
    assert not process.closings._open
