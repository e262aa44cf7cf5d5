"""The site as such: what browsers and robots ask for at addresses of their own choosing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

STATIC: Final = Path(__file__).parent / "static"
FILES: Final = {
    "robots.txt": "text/plain",
    "favicon.ico": "image/vnd.microsoft.icon",
    "manifest.webmanifest": "application/manifest+json",
}
HEADERS: Final = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


def site_routes() -> list[BaseRoute]:
    """`/robots.txt`, `/favicon.ico`, and `/manifest.webmanifest`, by which the client is installed as an app."""
    return [_route(name, media_type) for name, media_type in FILES.items()]


def _route(name: str, media_type: str) -> Route:
    async def file(request: Request) -> Response:
        return FileResponse(STATIC / name, headers=HEADERS, media_type=media_type)

    return Route(f"/{name}", file)
