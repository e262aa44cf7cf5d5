"""The pages: at every address of theirs, made of our own files alone; a Space's says what it is in previews."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from app.domain.spaces import Space
from app.web.page import NOT_BUILT, PREVIEW, page_routes
from app.web.serving import bind, serving
from tests.domain.builders import space

PUBLIC_URL = "https://spaces.example"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The client as `make client` leaves it, as far as the server knows it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-1a2b.js").write_text("let a")
    (tmp_path / "index.html").write_text(
        f'<head>{PREVIEW}<script src="/client/assets/index-1a2b.js"></script><link href="/static/icon.svg"></head>'
    )
    return tmp_path


@asynccontextmanager
async def pages(
    shown: Space | None, built: Path, *, sound_elsewhere: bool = False
) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody at these pages."""

    async def look(space_id: str) -> Space | None:
        return shown if shown and space_id == shown.id else None

    routes = page_routes(look, PUBLIC_URL, sound_elsewhere=sound_elsewhere, built=built)
    with bind("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with serving(Starlette(routes=routes), listening), httpx2.AsyncClient(base_url=url) as http:
            yield http


@pytest.mark.parametrize("address", ["/", "/spaces", "/spaces/unknown", "/new", "/log-in", "/sign-up", "/people/ana"])
async def test_every_address_has_its_page(built: Path, address: str) -> None:
    async with pages(None, built) as http:
        page = await http.get(address)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert [(await http.get(part)).status_code for part in parts] == [200, 200]
        script = await http.get(parts[0])
        assert script.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_space_says_what_it_is_in_previews_of_its_link(built: Path) -> None:
    shown = replace(space(), title='Jazz & "Blues" <live>')
    async with pages(shown, built) as http:
        page = (await http.get(f"/spaces/{shown.id}")).text
    assert '<meta property="og:title" content="Jazz &amp; &quot;Blues&quot; &lt;live&gt;">' in page
    assert f'<meta property="og:url" content="{PUBLIC_URL}/spaces/{shown.id}">' in page
    assert PREVIEW not in page


async def test_a_page_loads_nothing_of_other_hosts_but_the_sound(built: Path) -> None:
    async with pages(None, built) as http:
        alone = (await http.get("/")).headers["content-security-policy"]
    async with pages(None, built, sound_elsewhere=True) as http:
        among_others = (await http.get("/")).headers["content-security-policy"]
    assert f"connect-src 'self' {PUBLIC_URL} wss://spaces.example;" in alone
    assert "connect-src 'self' http: https: ws: wss:;" in among_others
    assert "default-src 'self';" in alone


async def test_what_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with pages(None, tmp_path / "nothing") as http:
        page = await http.get("/spaces/any")
        assert (page.status_code, page.text.strip()) == (503, NOT_BUILT)
        assert (await http.get("/client/assets/index-1a2b.js")).status_code == 404
