"""What every `MediaEngine` promises: one suite for the sound in memory and the real media process."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.spaces import Space, SpaceState
from app.live.live import Live
from app.services.media_engine import MediaEngine, MediaRefused, Naming, Reload, Rendition
from tests.domain_values import space
from tests.fakes.media import MemoryMedia

HOST = "host"
LIVE = (Rendition.AAC, Naming("", lambda name: name), Reload())


@pytest.fixture(params=["memory", "live"])
async def media(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[MediaEngine]:
    """Each kind of sound in turn."""
    if request.param == "memory":
        yield MemoryMedia()
        return
    async with Live(tmp_path, ["127.0.0.1"]) as live:
        yield live


@pytest.fixture
async def room(media: MediaEngine) -> Space:
    """A live Space on air, with its host on stage."""
    on_air = space("a", host=HOST)
    await media.follow(on_air)
    return on_air


async def test_what_was_never_on_air_has_no_sound(media: MediaEngine) -> None:
    assert await media.live_playlist("a", *LIVE) is None
    assert await media.live_spans("a") == ((), True)
    assert await media.live_resource("a", Rendition.OPUS, "segment-0.m4s") is None
    assert await media.recorded_ms("a") == 0
    with pytest.raises(LookupError):
        await media.clip("a", "c", start_ms=0, duration_ms=1000)
    assert media.clip_file("c") is None
    assert media.speaking_from() == frozenset()


async def test_what_is_no_offer_is_refused(media: MediaEngine, room: Space) -> None:
    with pytest.raises(MediaRefused) as refused:
        await media.offer(room.id, HOST, "garbage")
    assert refused.value.status == 400
    assert media.speaking_from() == frozenset()


async def test_a_session_that_is_not_there_takes_no_candidates_and_hangs_up_in_peace(
    media: MediaEngine, room: Space
) -> None:
    with pytest.raises(MediaRefused) as refused:
        await media.trickle(room.id, "no-session", "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n")
    assert refused.value.status == 404
    await media.hang_up(room.id, "no-session")


async def test_states_are_obeyed_in_any_order_and_twice(media: MediaEngine, room: Space) -> None:
    newer = replace(room, version=room.version + 1)
    for state in (newer, room, newer):
        await media.follow(state)
    over = replace(newer, version=newer.version + 1, state=SpaceState.ENDED, ended_at=datetime.now(UTC), stage=())
    for state in (over, newer, over):
        await media.follow(state)
    assert await media.live_resource(room.id, Rendition.AAC, "../../token.key") is None


async def test_a_space_that_another_node_took_over_is_dropped_once_or_twice(media: MediaEngine, room: Space) -> None:
    await media.drop(room.id)
    await media.drop(room.id)
    assert await media.live_playlist(room.id, *LIVE) is None


async def test_what_is_deleted_is_gone_and_what_is_not_there_is_deleted_in_peace(media: MediaEngine) -> None:
    for _ in range(2):
        await media.delete_recording("a")
        await media.delete_clip("c")
    assert await media.recorded_ms("a") == 0
    assert media.clip_file("c") is None
