"""Low-latency HLS on the real server: one address for all without an account, and nothing for whom the host blocks."""

import asyncio
import re
from urllib.parse import urljoin

import httpx2

from tests.media.low_latency import Live, get, read
from tests.whole.conftest import Newcomer
from tests.whole.people import Person
from tests.whole.rooms import live_space


async def heard(http: httpx2.AsyncClient, url: str) -> Live:
    """The playlist at this address."""
    return read((await get(http, url)).raise_for_status().text)


async def listen(http: httpx2.AsyncClient, url: str, known: Live) -> Live:
    """Waits for part after part until that is refused; the last playlist that was not."""
    while True:
        segment, part = known.newest
        answer = await get(http, f"{url}?_HLS_msn={segment}&_HLS_part={part + 1}")
        if answer.status_code == 403:
            return known
        known = read(answer.raise_for_status().text)


async def test_listeners_without_an_account_share_everything_and_others_the_sound(
    newcomer: Newcomer, anyone: Person, http: httpx2.AsyncClient
) -> None:
    host, guest = await newcomer("host"), await newcomer("guest")
    space_id = await live_space(host)
    urls = [(await one.audio(space_id))["hlsUrl"] for one in (anyone, host, guest)]
    assert len(set(urls)) == 3
    # Tokens of a minute are alike; a minute may end in between.
    again = {(await anyone.audio(space_id))["hlsUrl"] for _ in range(4)}
    assert len(again | {urls[0]}) <= 2
    first, *others = [await heard(http, url) for url in urls]
    shared = urljoin(urls[0], first.segments[0].uri or "")
    for url, found in zip(urls[1:], others, strict=True):
        assert urljoin(url, found.segments[0].uri or "") == shared
    variants = await anyone.read("query ($id: ID!) { space(id: $id) { audio { hlsVariantsUrl } } }", id=space_id)
    main = (await http.get(variants["audio"]["hlsVariantsUrl"])).raise_for_status().text
    for name in re.findall(r"^[^#].+", main, re.MULTILINE):
        assert (await heard(http, urljoin(variants["audio"]["hlsVariantsUrl"], name))).segments
    await host.do("endSpace", spaceId=space_id)
    after = await anyone.read("query ($id: ID!) { space(id: $id) { audio { hlsVariantsUrl } } }", id=space_id)
    assert after["audio"] is None


async def test_whoever_is_blocked_gets_no_next_playlist_and_so_no_next_sound(
    newcomer: Newcomer, anyone: Person, http: httpx2.AsyncClient
) -> None:
    host, guest = await newcomer("host"), await newcomer("guest")
    space_id = await live_space(host)
    await guest.do("joinSpace", spaceId=space_id)
    theirs, public = [(await one.audio(space_id))["hlsUrl"] for one in (guest, anyone)]
    listening = asyncio.create_task(listen(http, theirs, await heard(http, theirs)))
    await host.do("block", userId=guest.id)
    known = await listening
    for query in ("", "?_HLS_msn=0", "?_HLS_skip=YES"):
        for name in ("live.m3u8", "opus.m3u8", "main.m3u8", "segment-0.m4s"):
            assert (await http.get(urljoin(theirs, name) + query)).status_code == 403
    after = await heard(http, f"{public}?_HLS_msn={known.segments[-1].sequence + 1}")
    new = [one.uri or "" for one in after.segments if one.sequence > known.segments[-1].sequence]
    assert new
    old = urljoin(theirs, known.segments[-1].uri or "")
    number = known.segments[-1].sequence
    for uri in new:
        actual = urljoin(public, uri)
        sequence = int(re.findall(r"segment-(\d+)", uri)[0])
        # What they know of old addresses does not lead to new ones.
        guess = old.replace(f"segment-{number}.", f"segment-{sequence}.")
        assert guess != actual
        assert (await http.get(guess)).status_code == 403
        assert (await http.get(actual)).status_code == 200
    await host.do("endSpace", spaceId=space_id)
