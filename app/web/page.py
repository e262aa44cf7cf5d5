"""The pages: the web client at every address of its own, and GraphiQL; built from `client/` by `make client`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.domain.spaces import Space, SpaceState

STATIC: Final = Path(__file__).parent / "static"
BUILT: Final = Path(__file__).parent / "client" / "dist"
NOT_BUILT: Final = (
    "The web pages of this server are not built: run `make client` where npm's registry can be reached, then reload."
)
ADDRESSES: Final = (
    "/",
    "/spaces",
    "/new",
    "/log-in",
    "/sign-up",
    "/settings",
    "/reports",
    "/people/{handle}",
    "/messages",
    "/messages/{handle}",
)
"""Where the client has pages, besides those of a Space."""
PREVIEW: Final = "<!--preview-->"
"""Where in the client's page a Space says what it is, for previews of its link."""
UNCHANGING: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Look = Callable[[str], Awaitable[Space | None]]
"""A Space by its id, as far as whoever has no account may see it."""


def page_routes(look: Look, public_url: str, *, sound_elsewhere: bool, built: Path = BUILT) -> list[BaseRoute]:
    """The client's pages and what they are made of. What there is to see at an address, the page asks the API.

    `sound_elsewhere`: another process, at another address, may have a Space's sound.
    """
    policy = _policy("http: https: ws: wss:" if sound_elsewhere else _origins(public_url))

    async def page(request: Request) -> Response:
        return _page(built, "index.html", policy)

    async def space(request: Request) -> Response:
        found = await look(request.path_params["space_id"])
        return _page(built, "index.html", policy, _preview(found, public_url) if found else "")

    return [
        *(Route(address, page) for address in ADDRESSES),
        Route("/spaces/{space_id}", space),
        Mount("/client/assets", Hashed(directory=built / "assets", check_dir=False)),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def graphiql(built: Path = BUILT) -> Response:
    """GraphiQL's page. Its editor writes its own styles."""
    return _page(built, "graphiql.html", _policy("") + "; style-src 'self' 'unsafe-inline'")


class Hashed(StaticFiles):
    """Files whose names change with what is in them."""

    async def check_config(self) -> None:
        """The folder may come later: the server does not wait for it to be built."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See `StaticFiles`."""
        response = await super().get_response(path, scope)
        response.headers.update(UNCHANGING)
        return response


def _page(built: Path, name: str, policy: str, head: str = "") -> Response:
    headers = {**HEADERS, "Content-Security-Policy": policy}
    try:
        text = (built / name).read_text()
    except FileNotFoundError:
        return PlainTextResponse(f"{NOT_BUILT}\n", HTTPStatus.SERVICE_UNAVAILABLE, headers)
    return HTMLResponse(text.replace(PREVIEW, head, 1), headers=headers)


def _origins(public_url: str) -> str:
    """Where the sound is, which may not be how the page was called: localhost, say."""
    origin = "/".join(public_url.split("/")[:3])
    return f"{origin} {origin.replace('http', 'ws', 1)}"


def _policy(sound: str) -> str:
    """What a page may load: its own files, no matter what is written into it, and sound from there."""
    return "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            f"connect-src 'self' {sound}".rstrip(),
            f"media-src 'self' blob: {sound}".rstrip(),
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _preview(space: Space, public_url: str) -> str:
    """What chats and feeds show of a link (the Open Graph protocol)."""
    said = {
        SpaceState.SCHEDULED: "A Space to come.",
        SpaceState.LIVE: "Live now: come and listen.",
        SpaceState.ENDED: "This Space has ended.",
    }.get(space.state, "A Space.")
    tags = {
        "og:type": "website",
        "og:site_name": "Spaces",
        "og:title": space.title,
        "og:description": f"{said} Hosted by {space.host.display_name}.",
        "og:url": f"{public_url}/spaces/{space.id}",
    }
    return "".join(f'<meta property="{name}" content="{escape(text)}">' for name, text in tags.items())
