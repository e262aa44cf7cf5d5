"""Clips over HTTP: their sound, their renditions and their posters, as files to play, to show and to save.

Below `/audio` by a token, for who may hear the clip; below `/clips` by the clip's id, for what anyone may hear.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.domain.clips import Clip
from app.domain.renditions import RenditionKind
from app.services.audio import CLIP_FILE, Audio
from app.services.clip_downloads import POSTER_FILE, ClipDownloads
from app.services.media_engine import MediaRefused
from app.web.resources import FOR_ANYONE, SOUND, UNCHANGING, Handler, is_known, not_modified, ranged, route, token_of

MP3 = "audio/mpeg"
PNG = "image/png"
SHOWN_A_WHILE = {"Cache-Control": "private, max-age=60"}
"""For posters: title and names may change."""

Find = Callable[[str], Awaitable[tuple[Clip, Path]]]
"""The clip and the file that a token opens, or of a clip's id."""
Named = Callable[[Request], str]


def clip_routes(audio: Audio, downloads: ClipDownloads) -> list[Route]:
    """The routes below `/audio`, with tokens and refusals as the sound's, and below `/clips`, with the same refusals.

    They answer HEAD, one range (206, 416), `If-Range` and `If-None-Match`; `?download` has browsers save the file.
    """
    handlers = {
        CLIP_FILE: _file(downloads, downloads.sound, token_of, SOUND, UNCHANGING),
        POSTER_FILE: _file(downloads, downloads.poster, token_of, PNG, SHOWN_A_WHILE),
        **{
            kind.file_name: _file(
                downloads,
                partial(downloads.rendition, kind=kind),
                token_of,
                SOUND if kind.file_name.endswith("m4a") else MP3,
                UNCHANGING,
            )
            for kind in RenditionKind
        },
    }
    public = {
        CLIP_FILE: _file(downloads, downloads.public_sound, _id_of, SOUND, FOR_ANYONE),
        POSTER_FILE: _file(downloads, downloads.public_poster, _id_of, PNG, FOR_ANYONE),
    }
    return [
        *(route(audio, f"/clips/{{clip_id}}/{name}", GET=handler) for name, handler in public.items()),
        *(
            route(audio, f"{prefix}/{name}", GET=handler)
            for prefix in ("/audio/{token}", "/audio")
            for name, handler in handlers.items()
        ),
    ]


def _id_of(request: Request) -> str:
    return str(request.path_params["clip_id"])


def _file(downloads: ClipDownloads, find: Find, named: Named, media_type: str, headers: Mapping[str, str]) -> Handler:
    async def handle(audio: Audio, request: Request) -> Response:
        clip, path = await find(named(request))
        data, tag = await asyncio.to_thread(_read, path)
        sent = {**headers, "ETag": tag}
        if is_known(request, tag):
            return not_modified(sent)
        if "download" in request.query_params:
            sent["Content-Disposition"] = _attachment(await downloads.name(clip, path.suffix))
        return ranged(data, request, sent, media_type)

    return handle


def _read(path: Path) -> tuple[bytes, str]:
    """A file, of some 100 KB, and its entity tag: the same for the same bytes, on every node."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise MediaRefused(HTTPStatus.NOT_FOUND, "There is no such file of this clip.") from None
    return data, f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def _attachment(name: str) -> str:
    """To be saved under this name (RFC 6266), in plain letters for clients that know no others."""
    plain = "".join(one if one.isascii() else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
