"""Embeds: a clip's player in a frame of other people's pages. Without a script, so it needs no built client."""

from __future__ import annotations

import hashlib
from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from app.domain.previews import Preview
from app.services.audio import CLIP_FILE
from app.services.previews import Previews
from app.web.heads import address
from app.web.resources import is_known, not_modified

PLAYER_SIZE: Final = (600, 170)
"""Width and height in pixels."""
HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Any page may frame this one: there is nothing to be pressed that does something in anybody's name."""


def embed_routes(previews: Previews, public_url: str) -> list[BaseRoute]:
    """`/embed/clips/{id}`: 404, with a page that says so, for what not anyone may hear."""

    async def embed(request: Request) -> Response:
        found = await previews.clip(request.path_params["clip_id"])
        if found is None:
            gone = _page("Spaces", "<h1>This clip is not there any more</h1>")
            return HTMLResponse(gone, HTTPStatus.NOT_FOUND, HEADERS)
        page = _player_page(found, public_url)
        headers = {**HEADERS, "ETag": f'"{hashlib.sha256(page.encode()).hexdigest()[:32]}"'}
        return not_modified(headers) if is_known(request, headers["ETag"]) else HTMLResponse(page, headers=headers)

    return [Route("/embed/clips/{clip_id}", embed)]


def embed_address(clip: Preview, public_url: str) -> str:
    """Where the player of a clip is."""
    return f"{public_url}/embed/clips/{quote(clip.key, safe='')}"


def player(src: str, title: str, width: int, height: int) -> str:
    """The frame, as other pages take it into their HTML."""
    return (
        f'<iframe src="{escape(src)}" width="{width}" height="{height}" title="{escape(title)}" '
        'style="border:0;max-width:100%" loading="lazy"></iframe>'
    )


def _player_page(clip: Preview, public_url: str) -> str:
    # The sound is where this page is, however that was called.
    sound = escape(f"/clips/{quote(clip.key, safe='')}/{CLIP_FILE}")
    link = f'<a href="{escape(address(clip, public_url))}" target="_blank" rel="noopener">{escape(clip.title)}</a>'
    return _page(
        clip.title,
        f"<h1>{link}</h1><p>{escape(clip.description)}</p>"
        f'<audio controls preload="metadata" src="{sound}" aria-label="The clip"></audio>',
    )


def _page(title: str, content: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n  <meta charset="utf-8">\n'
        '  <meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '  <meta name="robots" content="noindex">\n'
        f"  <title>{escape(title)}</title>\n"
        '  <link rel="stylesheet" href="/static/embed.css">\n'
        f"</head>\n<body><main>{content}</main></body>\n</html>\n"
    )
