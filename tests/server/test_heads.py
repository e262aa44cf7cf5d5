"""What a link tells where it is shared: tags as crawlers read them, a picture, oEmbed, and a player in a frame."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.domain.drafts import Draft
from app.domain.previews import of_space, plain
from app.web.heads import head
from app.web.page import NOT_BUILT
from tests.domain.builders import space
from tests.fakes.workshop import PNG
from tests.server.crawler import Read
from tests.server.visited import PUBLIC_URL, pages
from tests.services.test_clip_downloads import stage_clip
from tests.services.world import Process, World

HOSTILE = [
    "</title><script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "A & B &amp; <b>",
    "\u202egnp.exe\u202c מחר 👩\u200d🚀",
    "--><!-- %3Cscript%3E {{1}} ${2}",
]


async def read(http: httpx2.AsyncClient, address: str) -> Read:
    """The page at an address that anyone may see."""
    page = await http.get(address)
    assert page.status_code == 200, page.text
    return Read(page.text)


def here(address: str) -> str:
    """An address of the server, on the one that is tested."""
    return address.removeprefix(PUBLIC_URL)


async def live(process: Process, title: str) -> str:
    """The id of a live Space of this title."""
    return await process.live_space(await process.world.person("hana"), Draft(title))


async def test_a_space_tells_what_it_is(built: Path) -> None:
    process = Process(World())
    space_id = await live(process, "On tides")
    async with pages(process, built) as http:
        shown = await read(http, f"/spaces/{space_id}?utm=x")
        picture = shown.meta.pop("og:image")
        poster = await http.get(here(picture))
        known = await http.get(here(picture), headers={"If-None-Match": poster.headers["etag"]})
        assert (await http.head(here(picture))).headers["content-length"] == str(len(poster.content))
    url, told = f"{PUBLIC_URL}/spaces/{space_id}", "Live now: come and listen. Hosted by Hana (@hana)."
    assert shown.title == "On tides · Spaces"
    assert shown.links["canonical"] == url
    assert shown.meta == {
        "description": told,
        "og:site_name": "Spaces",
        "og:type": "website",
        "og:title": "On tides",
        "og:description": told,
        "og:url": url,
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "On tides. Live now: come and listen. Hosted by Hana",
        "twitter:card": "summary_large_image",
    }
    assert picture.startswith(f"{url}/poster.png?v=")
    assert (poster.content[:8], poster.headers["content-type"]) == (PNG, "image/png")
    assert poster.headers["cache-control"] == "public, max-age=300"
    assert known.status_code == 304


async def test_a_picture_has_another_address_once_it_shows_something_else(built: Path) -> None:
    process = Process(World())
    host = await process.world.person("hana")
    space_id = await process.live_space(host, Draft("On tides"))
    async with pages(process, built) as http:
        before = (await read(http, f"/spaces/{space_id}")).meta["og:image"]
        assert (await read(http, f"/spaces/{space_id}")).meta["og:image"] == before
        await process.spaces.end(host, space_id)
        assert (await read(http, f"/spaces/{space_id}")).meta["og:image"] != before


async def test_a_clip_tells_where_it_is_heard_and_a_person_who_they_are(built: Path) -> None:
    process = Process(World())
    clip, _ = await stage_clip(process)
    async with pages(process, built) as http:
        shown = await read(http, f"/clips/{clip.id}")
        person = await read(http, "/people/HANA")
        home = await read(http, "/")
    url = f"{PUBLIC_URL}/clips/{clip.id}"
    assert (shown.meta["og:audio"], shown.meta["og:audio:type"]) == (f"{url}/clip.m4a", "audio/mp4")
    assert shown.meta["og:image"].startswith(f"{url}/poster.png?v=")
    assert (person.meta["og:type"], person.meta["profile:username"]) == ("profile", "hana")
    assert person.links["canonical"] == f"{PUBLIC_URL}/people/hana"
    assert person.meta["twitter:card"] == "summary"
    assert (home.title, home.meta["og:url"]) == ("Spaces", f"{PUBLIC_URL}/")


@pytest.mark.parametrize("title", HOSTILE)
async def test_what_people_write_is_text_and_nothing_more(built: Path, title: str) -> None:
    process = Process(World())
    plain_id = await live(process, "On tides")
    hostile_id = await process.live_space(await process.world.person("ana"), Draft(title))
    said = title.replace("\u202e", "").replace("\u202c", "")
    async with pages(process, built) as http:
        plain, shown = await read(http, f"/spaces/{plain_id}"), await read(http, f"/spaces/{hostile_id}")
        asked = await http.get(here(shown.links["alternate"]))
    assert shown.title == f"{said} · Spaces"
    assert shown.meta["og:title"] == said
    assert shown.tags == plain.tags
    assert shown.meta.keys() == plain.meta.keys()
    assert asked.json()["title"] == said


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&\"'/=!-; ")), min_size=1))
def test_a_head_has_the_same_tags_whatever_is_written(text: str) -> None:
    shown = Read(head(of_space(space(title=text)), PUBLIC_URL))
    plainly = Read(head(of_space(space()), PUBLIC_URL))
    assert shown.tags == plainly.tags
    assert (shown.title, shown.meta["og:title"]) == (f"{plain(text)} · Spaces", plain(text))


async def test_what_not_anyone_may_see_is_as_if_it_were_not_there(built: Path) -> None:
    process = Process(World())
    host = await process.world.person("hana")
    preparing = await process.spaces.create(host, Draft("Quiet please"), [])
    async with pages(process, built) as http:
        nothing = await http.get("/spaces/nothing")
        hidden = await http.get(f"/spaces/{preparing.id}")
        assert (hidden.status_code, hidden.text, hidden.headers["etag"]) == (404, nothing.text, nothing.headers["etag"])
        url = f"{PUBLIC_URL}/spaces/{preparing.id}"
        for address in (f"/spaces/{preparing.id}/poster.png", f"/oembed?url={url}"):
            refused = await http.get(address)
            assert (refused.status_code, refused.headers["cache-control"]) == (404, "no-store")
    assert process.workshop.space_posters == []


async def test_a_draft_of_a_clip_and_a_deleted_one_are_nowhere(built: Path) -> None:
    process = Process(World())
    clip, host = await stage_clip(process)
    draft = await process.clips.create(host, clip.space_id, start_ms=0, duration_ms=1_000)
    await process.clips.delete(host, clip.id)
    async with pages(process, built) as http:
        for one in (draft.id, clip.id):
            for address in ("/clips/{}", "/clips/{}/poster.png", "/clips/{}/clip.m4a", "/embed/clips/{}"):
                assert (await http.get(address.format(one))).status_code == 404
            assert (await http.get("/oembed", params={"url": f"{PUBLIC_URL}/clips/{one}"})).status_code == 404


async def test_pictures_that_cannot_be_drawn_now_are_for_later(built: Path) -> None:
    process = Process(World())
    space_id = await live(process, "On tides")
    process.workshop.full = True
    async with pages(process, built) as http:
        refused = await http.get(f"/spaces/{space_id}/poster.png")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")


async def test_without_the_built_client_links_tell_the_same(built: Path, tmp_path: Path) -> None:
    process = Process(World())
    space_id = await live(process, HOSTILE[0])
    async with pages(process, built) as http:
        whole = await read(http, f"/spaces/{space_id}")
    async with pages(process, tmp_path / "nothing") as http:
        bare = await http.get(f"/spaces/{space_id}")
    assert bare.status_code == 200
    assert (Read(bare.text).title, Read(bare.text).meta) == (whole.title, whole.meta)
    assert NOT_BUILT.replace("'", "&#x27;") in bare.text
    assert "script" not in Read(bare.text).tags


async def test_others_embed_a_clip_by_its_address(built: Path) -> None:
    process = Process(World())
    clip, _ = await stage_clip(process)
    async with pages(process, built) as http:
        asked = await http.get(here((await read(http, f"/clips/{clip.id}")).links["alternate"]))
        assert asked.headers["access-control-allow-origin"] == "*"
        answer = asked.json()
        [frame] = Read(answer["html"]).frames
        player = await http.get(here(frame["src"]))
        small = (await http.get(here(f"{asked.url.raw_path.decode()}&maxwidth=320&maxheight=90"))).json()
    assert (answer["version"], answer["type"], answer["title"]) == ("1.0", "rich", "Tides: why/how?")
    assert (answer["author_name"], answer["author_url"]) == ("Hana", f"{PUBLIC_URL}/people/hana")
    assert (answer["thumbnail_width"], answer["thumbnail_height"]) == (1200, 630)
    assert (frame["width"], frame["height"], frame["title"]) == ("600", "170", "Tides: why/how?")
    assert (small["width"], small["height"], "thumbnail_url" in small) == (320, 90, False)
    assert player.status_code == 200
    assert "frame-ancestors *" in player.headers["content-security-policy"]
    assert "script" not in Read(player.text).tags
    assert f'src="/clips/{clip.id}/clip.m4a"' in player.text


async def test_others_are_told_of_a_space_by_its_address(built: Path) -> None:
    process = Process(World())
    space_id = await live(process, "On tides")
    url = f"{PUBLIC_URL}/spaces/{space_id}"
    async with pages(process, built) as http:
        answers = [
            (await http.get("/oembed", params={"url": one})).json() for one in (url, f"{url}#at=5000", f"{url}/?a=b")
        ]
        assert [(one["type"], one["title"]) for one in answers] == [("link", "On tides")] * 3
        refused = {
            "": 404,
            "no address": 404,
            "http://[": 404,
            f"https://elsewhere.example/spaces/{space_id}": 404,
            f"ftp://spaces.example/spaces/{space_id}": 404,
            f"{PUBLIC_URL}/people/hana": 404,
            f"{url}/poster.png": 404,
        }
        for one, status in refused.items():
            assert (await http.get("/oembed", params={"url": one})).status_code == status, one
        assert (await http.get("/oembed", params={"url": url, "format": "xml"})).status_code == 501
        for room in ("x", "-1", "99999999999", "٣"):
            assert (await http.get("/oembed", params={"url": url, "maxwidth": room})).status_code == 200


async def test_the_app_can_be_installed(built: Path) -> None:
    async with pages(Process(World()), built) as http:
        answer = await http.get("/manifest.webmanifest")
        manifest = answer.json()
        icons = await asyncio.gather(*(http.get(one["src"]) for one in manifest["icons"]))
    assert answer.headers["content-type"] == "application/manifest+json"
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/")
    for said, icon in zip(manifest["icons"], icons, strict=True):
        assert icon.headers["content-type"] == said["type"]
        if said["type"] == "image/png":
            with Image.open(BytesIO(icon.content)) as picture:
                assert said["sizes"] == f"{picture.width}x{picture.height}"
    assert {"any", "maskable"} == {one["purpose"] for one in manifest["icons"]}
