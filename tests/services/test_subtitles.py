"""Subtitles: WebVTT for who holds an address of the sound, and may hear it now."""

from collections.abc import Awaitable

import pytest

from app.domain.roster import Person
from app.domain.subtitles import AHEAD_MS
from app.services.media_engine import MediaRefused
from tests.domain.phrases import heard
from tests.services.test_audio import token_in
from tests.services.world import Process, World


async def room(world: World, process: Process) -> tuple[str, Person, str]:
    """A live Space of which 10 s are recorded, its host, and a listener's token."""
    host = await world.person("hana")
    space_id = await process.live_space(host)
    process.media.recorded[space_id] = 10_000
    return space_id, host, await token(process, space_id)


async def token(process: Process, space_id: str, viewer_id: str | None = None) -> str:
    addresses = await process.audio.addresses(viewer_id, await process.world.space(space_id))
    assert addresses
    return token_in(addresses.hls_url)


async def status(use: Awaitable[object]) -> int:
    with pytest.raises(MediaRefused) as refused:
        await use
    return refused.value.status


async def test_live_a_phrase_is_in_the_segment_in_which_it_was_understood() -> None:
    world = World()
    process = Process(world)
    space_id, host, listen = await room(world, process)
    playlist = await process.subtitles.live_playlist(listen)
    assert playlist.count("#EXTINF") == 10
    said = heard(space_id, host.id, "time and tide", 3_000)
    await process.transcripts.take(said)
    shown = (said.heard_at_ms + AHEAD_MS) // 1000
    files = [await process.subtitles.live(listen, sequence) for sequence in range(10)]
    assert [sequence for sequence, file in enumerate(files) if "<v Hana>time and tide" in file] == [shown]
    assert await status(process.subtitles.live(listen, 10)) == 404


async def test_of_a_recording_every_minute_has_what_is_said_in_it() -> None:
    world = World()
    process = Process(world)
    space_id, host, listen = await room(world, process)
    for text, start_ms in (("first", 1_000), ("across", 59_900), ("second", 61_000)):
        await process.transcripts.take(heard(space_id, host.id, text, start_ms))
    assert await status(process.subtitles.replay_playlist(listen)) == 404, "while it is live"
    await process.spaces.end(host, space_id)
    process.media.recorded[space_id] = 90_000
    listen = await token(process, space_id)
    assert (await process.subtitles.replay_playlist(listen)).count("#EXTINF") == 2
    files = [await process.subtitles.replay(listen, number) for number in range(2)]
    assert [[text for text in ("first", "across", "second") if text in file] for file in files] == [
        ["first", "across"],
        ["across", "second"],
    ]
    assert "00:00:01.000 --> 00:00:02.500\n<v Hana>first" in files[0]
    assert await status(process.subtitles.replay(listen, 2)) == 404
    assert await status(process.subtitles.live_playlist(listen)) == 404


async def test_whoever_may_not_hear_may_not_read() -> None:
    world = World()
    process = Process(world)
    space_id, host, _ = await room(world, process)
    blocked = await world.person("bob")
    theirs = await token(process, space_id, blocked.id)
    await process.blocks.block(host, blocked.id)
    for use in (process.subtitles.live_playlist(theirs), process.subtitles.live(theirs, 0)):
        assert await status(use) == 403
    addresses = await process.audio.addresses(host.id, await world.space(space_id))
    assert addresses
    assert await status(process.subtitles.live_playlist(token_in(addresses.whip_url))) == 403
    assert await status(process.subtitles.live(("no token"), 0)) == 401
