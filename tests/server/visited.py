"""The pages as somebody visits them, who has the built client or not, over use cases in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx2
from starlette.applications import Starlette

from app.web.clips import clip_routes
from app.web.embeds import embed_routes
from app.web.page import page_routes
from app.web.previews import preview_routes
from app.web.serving import bind, serving
from app.web.site import site_routes
from tests.services.world import Process

PUBLIC_URL: Final = "https://spaces.example"


@asynccontextmanager
async def pages(process: Process, built: Path, *, sound_elsewhere: bool = False) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody at the pages of this process, and at all that they tell of to others."""
    routes = [
        *clip_routes(process.audio, process.clip_downloads),
        *preview_routes(process.audio, process.previews, PUBLIC_URL),
        *embed_routes(process.previews, PUBLIC_URL),
        *site_routes(),
        *page_routes(process.previews, PUBLIC_URL, sound_elsewhere=sound_elsewhere, built=built),
    ]
    with bind("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with serving(Starlette(routes=routes), listening), httpx2.AsyncClient(base_url=url) as http:
            yield http
