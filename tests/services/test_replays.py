"""Replays: what is trimmed away is heard by the host alone, at an address of its own; replays are counted once."""

from collections.abc import Awaitable

import pytest

from app.domain.roster import Person
from app.services.media_engine import MediaRefused, MediaUnavailable
from app.services.ports import MediaGrant, MediaUse
from app.services.recordings import Kept
from app.services.replays import REPLAY_WINDOW
from tests.services.world import Process, World

MINUTE = 60_000


async def refused(use: Awaitable[object]) -> int:
    """The HTTP status that it was refused with."""
    with pytest.raises(MediaRefused) as caught:
        await use
    return caught.value.status


def token_in(url: str | None) -> str:
    assert url
    return url.split("/")[-2]


async def ended(world: World, process: Process, name: str = "hana") -> tuple[str, Person]:
    """A minute of recording that is final, and its host."""
    host = await world.person(name)
    async with process.airing():
        space_id = await process.live_space(host)
        process.media.recorded[space_id] = MINUTE
        await process.spaces.end(host, space_id)
    await process.recordings.measure_all()
    return space_id, host


async def kept(process: Process, viewer_id: str | None, space_id: str) -> Kept:
    [found] = await process.recordings.of_spaces(viewer_id, [await process.world.space(space_id)])
    assert found
    return found


async def test_everyone_hears_what_is_not_trimmed_and_the_host_all_of_it() -> None:
    world = World()
    process = Process(world)
    space_id, host = await ended(world, process)
    before = await kept(process, None, space_id)
    assert before.addresses
    token = token_in(before.addresses.hls_url)
    assert await process.replays.resource(token, "segment-0.m4s")
    await process.recordings.trim(host, space_id, start_ms=10_000, end_ms=50_000)
    for viewer_id in (None, "ana", "hana"):
        found = await kept(process, viewer_id, space_id)
        assert found.addresses
        listen = token_in(found.addresses.m4a_url)
        for address in (token, listen):
            playlist = await process.replays.playlist(address)
            assert "segment-10.m4s" in playlist
            assert "segment-9.m4s" not in playlist
            assert await refused(process.replays.resource(address, "segment-9.m4s")) == 404
            assert await refused(process.replays.resource(address, "segment-50.m4s")) == 404
        download = await process.replays.download(listen, address="")
        assert (await download.file.read(0, 8)) == b"00010000"
        assert download.file.size == 40_000 * 8
        assert (found.whole is not None) is (viewer_id == "hana")
    whole = (await kept(process, "hana", space_id)).whole
    assert whole
    assert await process.replays.resource(token_in(whole.hls_url), "segment-0.m4s")
    assert (await process.replays.download(token_in(whole.m4a_url), address="")).file.size == MINUTE * 8
    await process.recordings.trim(host, space_id, start_ms=None, end_ms=None)
    assert await process.replays.resource(token, "segment-0.m4s")


async def test_the_hosts_address_is_the_hosts_alone_and_opens_nothing_else() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await ended(world, process)
    for viewer_id in (None, "ana"):
        forged, _ = world.tokens.for_media(MediaGrant(MediaUse.EDIT, space_id, viewer_id))
        assert await refused(process.replays.playlist(forged)) == 403
        assert await refused(process.replays.resource(forged, "segment-0.m4s")) == 403
        assert await refused(process.replays.download(forged, address="")) == 403
    own, expires_at = world.tokens.for_media(MediaGrant(MediaUse.EDIT, space_id, "hana"))
    assert await refused(process.audio.live_playlist(own)) == 403
    assert await process.replays.playlist(own)
    world.clock.advance(expires_at - world.clock())
    assert await refused(process.replays.playlist(own)) == 401


async def test_each_use_takes_its_own_kind_of_token() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await ended(world, process)
    for use in set(MediaUse) - {MediaUse.LISTEN, MediaUse.EDIT}:
        token, _ = world.tokens.for_media(MediaGrant(use, space_id, "hana"))
        assert await refused(process.replays.playlist(token)) == 403
        assert await refused(process.replays.resource(token, "segment-0.m4s")) == 403
        assert await refused(process.replays.download(token, address="")) == 403
    assert await refused(process.replays.playlist("forged")) == 401


async def test_what_was_deleted_or_never_recorded_is_not_replayed() -> None:
    world = World()
    process = Process(world)
    space_id, host = await ended(world, process)
    tokens = [world.tokens.for_media(MediaGrant(use, space_id, "hana"))[0] for use in (MediaUse.LISTEN, MediaUse.EDIT)]
    await process.deletion.delete_recording(host, space_id, confirmed=True)
    process.media.recorded[space_id] = MINUTE
    for token in tokens:
        assert await refused(process.replays.playlist(token)) == 404
        assert await refused(process.replays.resource(token, "segment-0.m4s")) == 404
        assert await refused(process.replays.download(token, address="")) == 404
    nowhere, _ = world.tokens.for_media(MediaGrant(MediaUse.LISTEN, "nowhere", None))
    assert await refused(process.replays.playlist(nowhere)) == 404


async def test_a_disk_that_cannot_be_read_is_told_apart_from_what_is_not_there() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await ended(world, process)
    token, _ = world.tokens.for_media(MediaGrant(MediaUse.LISTEN, space_id, None))
    process.media.down = True
    with pytest.raises(MediaUnavailable):
        await process.replays.playlist(token)


async def test_a_replay_is_counted_once_for_each_person_and_address_in_a_while() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await ended(world, process)

    async def count() -> int:
        found = await kept(process, None, space_id)
        assert found.recorded
        return found.recorded.replays

    async def play(viewer_id: str | None, address: str, use: MediaUse = MediaUse.LISTEN) -> None:
        token, _ = world.tokens.for_media(MediaGrant(use, space_id, viewer_id))
        await process.replays.playlist(token, address=address)
        await process.replays.resource(token, "segment-0.m4s")
        await process.replays.download(token, address=address)
        await process.replays.download(token, address=None)

    for _ in range(3):
        await play(None, "192.0.2.1")
    assert await count() == 1
    await play(None, "192.0.2.2")
    assert await count() == 2, "someone else"
    for address in ("192.0.2.1", "192.0.2.9"):
        await play("ana", address)
    assert await count() == 3, "a person is one, wherever they are"
    await play("hana", "192.0.2.3", MediaUse.EDIT)
    assert await count() == 3, "the host who edits it"
    world.clock.advance(REPLAY_WINDOW)
    await play(None, "192.0.2.1")
    assert await count() == 4


async def test_the_playlists_of_a_replay_name_subtitles_where_there_are_any() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await ended(world, process)
    token, _ = world.tokens.for_media(MediaGrant(MediaUse.LISTEN, space_id, None))
    assert await process.audio.multivariant_playlist(token) == "#EXTM3U replay.m3u8"
