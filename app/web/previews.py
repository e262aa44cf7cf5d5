"""Previews over HTTP: the picture of a Space, and what others embed of Spaces and clips (oEmbed 1.0)."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.domain.previews import Preview, PreviewKind
from app.services.audio import Audio
from app.services.clip_downloads import POSTER_FILE
from app.services.media_engine import MediaRefused
from app.services.previews import Previews
from app.web.embeds import PLAYER_SIZE, embed_address, player
from app.web.heads import POSTER_SIZE, SITE_NAME, poster_address
from app.web.resources import FOR_ANYONE, Handler, is_known, not_modified, route


def preview_routes(audio: Audio, previews: Previews, public_url: str) -> list[Route]:
    """`/spaces/{id}/poster.png`, and `/oembed?url=` for the addresses of Spaces and clips.

    404 for what not anyone may see, 503 where too many pictures are to be drawn; refusals as the sound's.
    """
    return [
        route(audio, f"/spaces/{{space_id}}/{POSTER_FILE}", GET=_poster(previews)),
        route(audio, "/oembed", GET=_oembed(previews, public_url)),
    ]


def _poster(previews: Previews) -> Handler:
    async def handle(audio: Audio, request: Request) -> Response:
        data = await previews.space_poster(request.path_params["space_id"])
        if data is None:
            raise MediaRefused(HTTPStatus.NOT_FOUND, "There is no such Space.")
        headers = {**FOR_ANYONE, "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"'}
        if is_known(request, headers["ETag"]):
            return not_modified(headers)
        return Response(data, headers=headers, media_type="image/png")

    return handle


def _oembed(previews: Previews, public_url: str) -> Handler:
    async def handle(audio: Audio, request: Request) -> Response:
        asked = request.query_params
        if asked.get("format", "json") != "json":
            raise MediaRefused(HTTPStatus.NOT_IMPLEMENTED, "There is JSON only.")
        found = await _found(previews, asked.get("url", ""), public_url)
        if found is None:
            raise MediaRefused(
                HTTPStatus.NOT_FOUND, "That is not the address of a Space or a clip that anyone may see."
            )
        room = tuple(_room(asked.get(name)) for name in ("maxwidth", "maxheight"))
        return JSONResponse(_answer(found, public_url, (room[0], room[1])), headers=FOR_ANYONE)

    return handle


async def _found(previews: Previews, url: str, public_url: str) -> Preview | None:
    """By an address of ours, whatever comes behind it."""
    try:
        asked = urlsplit(url)
    except ValueError:
        return None
    kind, _, key = asked.path.removeprefix(urlsplit(public_url).path).strip("/").partition("/")
    if asked.scheme not in ("http", "https") or asked.netloc != urlsplit(public_url).netloc:
        return None
    if kind == PreviewKind.SPACE:
        return await previews.space(unquote(key))
    return await previews.clip(unquote(key)) if kind == PreviewKind.CLIP else None


def _room(asked: str | None) -> int | None:
    """Pixels; None where it is not said, or not as a number."""
    return int(asked) if asked and asked.isascii() and asked.isdecimal() and len(asked) < 6 else None


def _answer(preview: Preview, public_url: str, room: tuple[int | None, int | None]) -> dict[str, Any]:
    """See https://oembed.com, section 2.3.4."""
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "link",
        "title": preview.title,
        "provider_name": SITE_NAME,
        "provider_url": f"{public_url}/",
        "cache_age": 300,
    }
    if preview.author:
        answer["author_name"] = preview.author.display_name
        answer["author_url"] = f"{public_url}/people/{preview.author.handle}"
    if all(most is None or size <= most for size, most in zip(POSTER_SIZE, room, strict=True)):
        answer["thumbnail_url"] = poster_address(preview, public_url)
        answer["thumbnail_width"], answer["thumbnail_height"] = POSTER_SIZE
    if preview.kind is PreviewKind.CLIP:
        width, height = (min(size, most or size) for size, most in zip(PLAYER_SIZE, room, strict=True))
        answer |= {"type": "rich", "width": width, "height": height}
        answer["html"] = player(embed_address(preview, public_url), preview.title, width, height)
    return answer
