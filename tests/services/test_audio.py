"""Audio: whose addresses lead where, and that a token opens nothing once the right is gone."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.clips import Publication
from app.domain.roster import Person
from app.services.audio import Audio
from app.services.media_engine import MediaRefused, MediaUnavailable, Rendition
from app.services.ports import MediaGrant, MediaUse
from tests.services.world import DRAFT, Process, World

SDP = "v=0 offer"


async def room(world: World, process: Process) -> tuple[str, Person]:
    host = await world.person("hana")
    space_id = await process.live_space(host)
    process.media.recorded[space_id] = 60_000
    return space_id, host


def token_in(url: str | None) -> str:
    assert url
    return url.split("/")[4]


async def refused(use: Awaitable[object]) -> int:
    with pytest.raises(MediaRefused) as caught:
        await use
    assert str(caught.value)
    return caught.value.status


async def test_everyone_hears_a_live_space_and_its_stage_may_speak() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await room(world, process)
    space = await world.space(space_id)
    for viewer_id, speaks in ((None, False), ("ana", False), ("hana", True)):
        addresses = await process.audio.addresses(viewer_id, space)
        assert addresses
        assert addresses.expires_at == world.clock() + timedelta(minutes=10)
        assert addresses.hls_url
        assert addresses.hls_url.startswith("https://a.example/audio/")
        assert (addresses.whip_url is not None) is speaks
        assert addresses.variants_url == addresses.hls_url.replace("live.m3u8", "main.m3u8")
        assert await process.audio.multivariant_playlist(token_in(addresses.hls_url)) == "#EXTM3U live.m3u8 opus.m3u8"
        live = await process.audio.live_playlist(token_in(addresses.hls_url))
        assert live.for_anyone is (viewer_id is None)
        shared = live.playlist.plain.decode().split()[-1]
        assert shared.startswith(f"../{space_id}/aac/"), "the same for everyone, whatever the token"
        assert await process.audio.live_resource(*shared.split("/")[1:]) == b"sound"
        assert await refused(process.replays.resource(token_in(addresses.hls_url), "segment-0.m4s")) == 404, "not yet"


async def test_an_address_in_a_playlist_is_good_for_what_it_names_alone() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await room(world, process)
    other_id = await process.live_space(await world.person("ida"))
    seal = world.tokens.seal(space_id, "aac", "0.m4s")
    assert await process.audio.live_resource(space_id, "aac", seal, "0.m4s") == b"sound"
    for words in ((other_id, "aac", "0.m4s"), (space_id, "opus", "0.m4s"), (space_id, "aac", "1.m4s")):
        assert await refused(process.audio.live_resource(*words[:2], seal, words[2])) == 403
    assert await refused(process.audio.live_resource(space_id, "aac", "forgéd", "0.m4s")) == 403
    missing = world.tokens.seal(space_id, "aac", "1.m4s")
    assert await refused(process.audio.live_resource(space_id, "aac", missing, "1.m4s")) == 404


async def test_addresses_lead_to_the_process_that_mixes() -> None:
    world = World()
    process, other = Process(world, "a"), Process(world, "b")
    space_id, _ = await room(world, process)
    addresses = await other.audio.addresses("hana", await world.space(space_id))
    assert addresses
    assert addresses.hls_url
    assert addresses.whip_url
    assert addresses.hls_url.startswith("https://a.example/")
    assert addresses.whip_url.startswith("https://a.example/")


async def test_before_the_start_there_is_no_sound_and_after_the_end_what_was_recorded() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    preparing = await process.spaces.create(host, DRAFT, [])
    assert await process.audio.addresses("hana", preparing) is None

    space_id = await process.live_space(await world.person("ida"))
    process.media.recorded[space_id] = 60_000
    ended = await process.spaces.end((await world.space(space_id)).host, space_id)
    addresses = await process.audio.addresses("ida", ended)
    assert addresses
    assert addresses.whip_url is None
    assert await process.replays.playlist(token_in(addresses.hls_url))
    assert await process.audio.multivariant_playlist(token_in(addresses.variants_url)) == "#EXTM3U replay.m3u8"
    assert await refused(process.audio.live_playlist(token_in(addresses.hls_url))) == 404


async def test_what_is_not_recorded_has_no_replay_whatever_is_still_on_disk() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host, replace(DRAFT, recording_enabled=False))
    process.media.recorded[space_id] = 60_000
    live = await process.audio.addresses(None, await world.space(space_id))
    assert live
    ended = await process.spaces.end(host, space_id)
    assert await process.audio.addresses(None, ended) is None
    assert await refused(process.replays.playlist(token_in(live.hls_url))) == 404


async def test_a_speaker_connects_adds_candidates_and_hangs_up() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await room(world, process)
    addresses = await process.audio.addresses("hana", await world.space(space_id))
    assert addresses
    token = token_in(addresses.whip_url)
    answer = await process.audio.offer(token, SDP)
    assert process.media.microphones == {answer.session_id: (space_id, "hana")}
    await process.audio.trickle(token, MediaUse.SPEAK, answer.session_id, "candidate")
    assert process.media.candidates == {answer.session_id: ["candidate"]}
    await process.audio.hang_up(token, MediaUse.SPEAK, answer.session_id)
    assert process.media.microphones == {}


async def test_a_speakers_token_is_worthless_without_the_seat_but_still_hangs_up() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    ana = await world.person("ana")
    await process.seat(host, ana, space_id)
    addresses = await process.audio.addresses("ana", await world.space(space_id))
    assert addresses
    token = token_in(addresses.whip_url)
    session_id = (await process.audio.offer(token, SDP)).session_id

    await process.stage.remove(host, space_id, "ana")
    assert await refused(process.audio.offer(token, SDP)) == 403
    assert await refused(process.audio.trickle(token, MediaUse.SPEAK, session_id, "candidate")) == 403
    await process.audio.hang_up(token, MediaUse.SPEAK, session_id)
    assert process.media.microphones == {}

    await process.seat(host, ana, space_id)
    await process.audio.offer(token, SDP)
    await process.spaces.end(host, space_id)
    assert await refused(process.audio.offer(token, SDP)) == 403


async def test_nobody_connects_a_microphone_before_the_start() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space = await process.spaces.create(host, DRAFT, [])
    token, _ = world.tokens.for_media(MediaGrant(MediaUse.SPEAK, space.id, "hana"))
    assert await refused(process.audio.offer(token, SDP)) == 403


Use = Callable[[Audio, str], Awaitable[object]]
WHEP_USES: list[tuple[MediaUse, Use]] = [
    (MediaUse.LISTEN, lambda audio, token: audio.listen(token, SDP)),
    (MediaUse.LISTEN, lambda audio, token: audio.trickle(token, MediaUse.LISTEN, "session-1", "candidate")),
    (MediaUse.LISTEN, lambda audio, token: audio.hang_up(token, MediaUse.LISTEN, "session-1")),
]
HLS_USES: list[tuple[MediaUse, Use]] = [
    (MediaUse.LISTEN, lambda audio, token: audio.live_playlist(token)),
    (MediaUse.LISTEN, lambda audio, token: audio.live_playlist(token, rendition=Rendition.OPUS)),
    (MediaUse.LISTEN, lambda audio, token: audio.multivariant_playlist(token)),
]
USES: list[tuple[MediaUse, Use]] = [
    *WHEP_USES,
    *HLS_USES,
    (MediaUse.SPEAK, lambda audio, token: audio.offer(token, SDP)),
    (MediaUse.SPEAK, lambda audio, token: audio.trickle(token, MediaUse.SPEAK, "session-1", "candidate")),
    (MediaUse.SPEAK, lambda audio, token: audio.hang_up(token, MediaUse.SPEAK, "session-1")),
    (MediaUse.CLIP, lambda audio, token: audio.clip(token)),
]


@pytest.mark.parametrize(("kind", "use"), USES)
async def test_each_use_takes_its_own_kind_of_token_and_only_while_it_lasts(kind: MediaUse, use: Use) -> None:
    world = World()
    process = Process(world)
    space_id, _ = await room(world, process)
    assert await refused(use(process.audio, "forged")) == 401
    for other in set(MediaUse) - {kind}:
        token, _ = world.tokens.for_media(MediaGrant(other, space_id, "hana"))
        assert await refused(use(process.audio, token)) == 403
    token, expires_at = world.tokens.for_media(MediaGrant(kind, space_id, "hana"))
    world.clock.advance(expires_at - world.clock())
    assert await refused(use(process.audio, token)) == 401


@pytest.mark.parametrize("use", [use for _, use in HLS_USES])
async def test_listening_to_what_is_not_there_or_not_open_is_refused(use: Use) -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space = await process.spaces.create(host, DRAFT, [])
    for subject, viewer_id, status in (("nowhere", "hana", 404), (space.id, "ana", 403), (space.id, "hana", 404)):
        token, _ = world.tokens.for_media(MediaGrant(MediaUse.LISTEN, subject, viewer_id))
        assert await refused(use(process.audio, token)) == status


async def test_a_clip_is_heard_by_its_own_address() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    clip = await process.clips.create(host, space_id, start_ms=0, duration_ms=1_000)
    url = process.audio.clip_url(clip, "hana")
    assert url.endswith("/clip.m4a")
    assert await process.audio.clip(token_in(url)) == clip
    missing, _ = world.tokens.for_media(MediaGrant(MediaUse.CLIP, "gone", None))
    assert await refused(process.audio.clip(missing)) == 404


async def test_a_draft_is_heard_by_its_creator_alone_and_a_deleted_clip_by_nobody() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    clip = await process.clips.create(host, space_id, start_ms=0, duration_ms=1_000)
    others = [token_in(process.audio.clip_url(clip, viewer_id)) for viewer_id in ("ana", None)]
    for token in others:
        assert await refused(process.audio.clip(token)) == 404
    await world.clips.publish(clip.id, Publication("", world.clock()), world.clock())
    for token in others:
        assert (await process.audio.clip(token)).id == clip.id
    await world.clips.expire(clip.id, world.clock())
    own = token_in(process.audio.clip_url(clip, "hana"))
    assert process.media.clip_file(clip.id)
    assert await refused(process.audio.clip(own)) == 404


async def test_of_a_deleted_recording_nothing_is_heard_from_an_old_address() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    ended = await process.spaces.end(host, space_id)
    before = await process.audio.addresses(None, ended)
    assert before
    without = await process.deletion.delete_recording(host, space_id, confirmed=True)
    assert await process.audio.addresses(None, without) is None
    process.media.recorded[space_id] = 60_000
    assert await refused(process.replays.playlist(token_in(before.hls_url))) == 404
    assert await refused(process.replays.resource(token_in(before.hls_url), "0.m4s")) == 404


async def test_what_the_sound_refuses_or_cannot_do_now_is_passed_on() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await room(world, process)
    token, _ = world.tokens.for_media(MediaGrant(MediaUse.SPEAK, space_id, "hana"))
    assert await refused(process.audio.offer(token, "garbage")) == 400
    process.media.down = True
    with pytest.raises(MediaUnavailable):
        await process.audio.offer(token, SDP)


async def test_everyone_may_hear_a_live_space_by_whep_and_only_then() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    preparing = await process.spaces.create(host, DRAFT, [])
    early, _ = world.tokens.for_media(MediaGrant(MediaUse.LISTEN, preparing.id, "hana"))
    assert await refused(process.audio.listen(early, SDP)) == 403
    space_id = await process.live_space(await world.person("ida"))
    for viewer_id in (None, "ana", "ida"):
        addresses = await process.audio.addresses(viewer_id, await world.space(space_id))
        assert addresses
        assert addresses.whep_url
        assert addresses.whep_url.endswith("/whep")
        token = token_in(addresses.whep_url)
        answer = await process.audio.listen(token, SDP)
        assert process.media.listeners == {answer.session_id: (space_id, viewer_id)}
        await process.audio.trickle(token, MediaUse.LISTEN, answer.session_id, "candidate")
        assert process.media.candidates[answer.session_id] == ["candidate"]
        await process.audio.hang_up(token, MediaUse.LISTEN, answer.session_id)
        assert process.media.listeners == {}
    ended = await process.spaces.end((await world.space(space_id)).host, space_id)
    after = await process.audio.addresses("ida", ended)
    assert after
    assert after.whep_url is None
    late, _ = world.tokens.for_media(MediaGrant(MediaUse.LISTEN, space_id, "ida"))
    assert await refused(process.audio.listen(late, SDP)) == 403


async def test_beyond_the_limit_listeners_are_refused_and_speakers_are_not() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await room(world, process)
    process.media.max_listeners = 1
    for viewer_id, status in ((None, None), ("ana", 503), ("hana", None)):
        token, _ = world.tokens.for_media(MediaGrant(MediaUse.LISTEN, space_id, viewer_id))
        listening = process.audio.listen(token, SDP)
        if status:
            assert await refused(listening) == status
        else:
            await listening
