"""The web page of a Space, at the address that `Space.url` gives."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "media-src 'self' blob: http: https:; connect-src 'self' http: https: ws: wss:"
)
"""Everything of the page is our own but the sound, which may come from another process."""


def page_routes() -> list[BaseRoute]:
    """`/spaces/{id}`, and what its page is made of. Whether there is such a Space, the page asks the API."""
    return [Route("/spaces/{space_id}", _space), Mount("/static", StaticFiles(directory=STATIC))]


async def _space(request: Request) -> Response:
    return FileResponse(STATIC / "space.html", headers={"Content-Security-Policy": POLICY})
