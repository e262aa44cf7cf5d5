"""The pages: the web client at every address of its own, and GraphiQL; built from `client/` by `make client`.

What a page shows it asks the API for; its head says beforehand what anyone may know of it, see `app.web.heads`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.domain.previews import SITE, Preview
from app.services.previews import Previews
from app.web.heads import head
from app.web.resources import is_known, not_modified
from app.web.site import STATIC

BUILT: Final = Path(__file__).parent / "client" / "dist"
NOT_BUILT: Final = (
    "The web pages of this server are not built: run `make client` where npm's registry can be reached, then reload."
)
OWN: Final = ("/new", "/log-in", "/sign-up", "/settings", "/reports", "/messages", "/messages/{handle}")
"""Where the client has pages that tell others nothing."""
HEAD: Final = "<title>Spaces</title>"
"""What the client's page says of itself, where there is nothing better to be said."""
UNCHANGING: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Look = Callable[[Request], Awaitable[Preview | None]]
"""What anyone may know of what is at an address."""


def page_routes(previews: Previews, public_url: str, *, sound_elsewhere: bool, built: Path = BUILT) -> list[BaseRoute]:
    """The client's pages and what they are made of.

    404, with the same page, for a Space, clip or person that not anyone may see: who they are, the page finds out, and
    asks again for them. `sound_elsewhere`: another process, at another address, may have a Space's sound.
    """
    policy = _policy("http: https: ws: wss:" if sound_elsewhere else _origins(public_url))
    headers = {**HEADERS, "Content-Security-Policy": policy}

    def route(path: str, look: Look) -> Route:
        async def page(request: Request) -> Response:
            shown, text = await look(request), _read(built, "index.html")
            if shown is None:
                return _not_built(headers) if text is None else _answer(request, text, headers, HTTPStatus.NOT_FOUND)
            if text is None:
                return _answer(request, _bare(shown, public_url), headers)
            return _answer(request, text.replace(HEAD, head(shown, public_url), 1), headers)

        return Route(path, page)

    async def own(request: Request) -> Response:
        text = _read(built, "index.html")
        return _not_built(headers) if text is None else _answer(request, text, headers)

    async def site(request: Request) -> Preview:
        return SITE

    return [
        *(route(path, site) for path in ("/", "/spaces")),
        *(Route(path, own) for path in OWN),
        route("/spaces/{key}", lambda request: previews.space(request.path_params["key"])),
        route("/clips/{key}", lambda request: previews.clip(request.path_params["key"])),
        route("/people/{key}", lambda request: previews.person(request.path_params["key"])),
        Mount("/client/assets", Hashed(directory=built / "assets", check_dir=False)),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def graphiql(built: Path = BUILT) -> Response:
    """GraphiQL's page. Its editor writes its own styles."""
    headers = {**HEADERS, "Content-Security-Policy": _policy("") + "; style-src 'self' 'unsafe-inline'"}
    text = _read(built, "graphiql.html")
    return _not_built(headers) if text is None else HTMLResponse(text, headers=headers)


class Hashed(StaticFiles):
    """Files whose names change with what is in them."""

    async def check_config(self) -> None:
        """The folder may come later: the server does not wait for it to be built."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See `StaticFiles`."""
        response = await super().get_response(path, scope)
        response.headers.update(UNCHANGING)
        return response


def _answer(request: Request, text: str, headers: Mapping[str, str], status: int = HTTPStatus.OK) -> Response:
    """The page, unless the client has it already; it is the same for everyone."""
    headers = {**headers, "ETag": f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'}
    if status == HTTPStatus.OK and is_known(request, headers["ETag"]):
        return not_modified(headers)
    return HTMLResponse(text, status, headers)


def _read(built: Path, name: str) -> str | None:
    try:
        return (built / name).read_text()
    except FileNotFoundError:
        return None


def _not_built(headers: Mapping[str, str]) -> Response:
    return PlainTextResponse(f"{NOT_BUILT}\n", HTTPStatus.SERVICE_UNAVAILABLE, headers)


def _bare(shown: Preview, public_url: str) -> str:
    """What stands in for the client where that is not built: previews of links are as they would be with it."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n  <meta charset="utf-8">\n  {head(shown, public_url)}\n</head>\n'
        f"<body><h1>{escape(shown.title)}</h1><p>{escape(shown.description)}</p><p>{escape(NOT_BUILT)}</p></body>\n"
        "</html>\n"
    )


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
