"""The pages: at every address of theirs, made of our own files alone; for their heads see test_heads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.domain.drafts import Draft
from app.web.page import BUILT, HEAD, NOT_BUILT
from tests.server.visited import PUBLIC_URL, pages
from tests.services.world import Process, World


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *((one, 200) for one in ("/", "/spaces", "/new", "/log-in", "/sign-up", "/messages/ana", "/people/ana")),
        *((one, 404) for one in ("/spaces/unknown", "/clips/unknown", "/people/nobody")),
    ],
)
async def test_every_address_has_its_page(built: Path, address: str, status: int) -> None:
    process = Process(World())
    await process.world.person("ana")
    async with pages(process, built) as http:
        page = await http.get(address)
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        script, icon = re.findall(r'(?:script src|<link href)="([^"]+)"', page.text)
        assert (await http.get(icon)).status_code == 200
        assert (await http.get(script)).headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_clients_page_has_a_head_to_be_filled() -> None:
    assert (BUILT.parent / "index.html").read_text().count(HEAD) == 1


async def test_a_page_is_sent_again_once_it_says_something_else(built: Path) -> None:
    process = Process(World())
    host = await process.world.person("hana")
    space_id = await process.live_space(host, Draft("On tides"))
    async with pages(process, built) as http:
        page = await http.get(f"/spaces/{space_id}")
        assert page.headers["cache-control"] == "no-cache"
        known = {"If-None-Match": page.headers["etag"]}
        again = await http.get(f"/spaces/{space_id}", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        await process.spaces.end(host, space_id)
        assert "Ended" in (await http.get(f"/spaces/{space_id}", headers=known)).text


async def test_a_page_loads_nothing_of_other_hosts_but_the_sound(built: Path) -> None:
    process = Process(World())
    async with pages(process, built) as http:
        alone = (await http.get("/")).headers["content-security-policy"]
    async with pages(process, built, sound_elsewhere=True) as http:
        among_others = (await http.get("/")).headers["content-security-policy"]
    assert f"connect-src 'self' {PUBLIC_URL} wss://spaces.example;" in alone
    assert "connect-src 'self' http: https: ws: wss:;" in among_others
    assert "default-src 'self';" in alone


async def test_what_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with pages(Process(World()), tmp_path / "nothing") as http:
        for address in ("/spaces/any", "/new"):
            page = await http.get(address)
            assert (page.status_code, page.text.strip()) == (503, NOT_BUILT)
        assert (await http.get("/client/assets/index-1a2b.js")).status_code == 404


async def test_what_robots_and_browsers_ask_for_is_there(built: Path) -> None:
    async with pages(Process(World()), built) as http:
        robots = await http.get("/robots.txt")
        assert robots.headers["content-type"].startswith("text/plain")
        assert "Disallow: /graphql\n" in robots.text
        assert (await http.get("/favicon.ico")).content[:4] == b"\0\0\1\0"
