"""The page of a Space, at the address the API gives: there, and made of our own files alone."""

import re
from pathlib import Path

import httpx2

from app.demo import operations
from tests.server.running import client_of, running


async def test_a_space_has_a_page_at_its_url(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server, client_of(server) as anyone:
        session = await anyone.call(operations.SIGN_UP, handle="ana", displayName="Ana", password="password")
        ana = anyone.as_person(session["token"])
        url = (await ana.call(operations.CREATE_SPACE, title="Hello"))["space"]["url"]
        async with httpx2.AsyncClient() as http:
            page = await http.get(url)
            assert page.status_code == 200
            assert page.headers["content-type"].startswith("text/html")
            parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
            assert parts
            for part in parts:
                assert (await http.get(server.url + part)).status_code == 200
