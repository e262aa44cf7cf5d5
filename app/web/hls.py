"""Live HLS over HTTP: playlists behind each viewer's token, live sound at addresses that all listeners share.

Live: low-latency HLS (draft-pantos-hls-rfc8216bis, to which the sections here belong), which first-edition players
play as plain HLS.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.services.audio import MULTIVARIANT, Audio, LivePlaylist
from app.services.media_engine import MediaRefused, Reload, Rendition
from app.web.resources import CHANGING, is_known, not_modified, ranged, route, token_of

PLAYLIST = "application/vnd.apple.mpegurl"
SHARED = "shared"
"""The folder, beside those of tokens, of what the live playlists list."""
SHARED_UNCHANGING = {"Cache-Control": "public, max-age=3600, immutable"}
"""For live sound: any cache may give it to any listener. Of a deleted Space it is forgotten within the hour."""
HELD_SECONDS = 6
"""How long the answer to a reload that waits is good: six target durations (6.2.5.2). It is of that moment for ever."""

_NUMBER = re.compile(r"\d{1,12}", re.ASCII)


def hls_routes(audio: Audio) -> list[Route]:
    """Playlists below a token or with one as bearer; what they list is in SHARED."""
    return [
        route(audio, f"/audio/{SHARED}/{{space_id}}/{{rendition}}/{{seal}}/{{name}}", GET=_live_resource),
        *(
            one
            for prefix in ("/audio/{token}", "/audio")
            for one in (
                route(audio, f"{prefix}/{MULTIVARIANT}", GET=_multivariant),
                *(route(audio, f"{prefix}/{rendition.playlist}", GET=_live_playlist) for rendition in Rendition),
            )
        ),
    ]


async def _multivariant(audio: Audio, request: Request) -> Response:
    return Response(await audio.multivariant_playlist(token_of(request)), headers=CHANGING, media_type=PLAYLIST)


async def _live_playlist(audio: Audio, request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    reload = _reload(request)
    found = await audio.live_playlist(
        token_of(request),
        reload,
        folder=f"../{SHARED}" if "token" in request.path_params else SHARED,
        rendition=next(one for one in Rendition if one.playlist == name),
    )
    headers = _playlist_headers(found, reload, request)
    if is_known(request, headers["ETag"]):
        return not_modified(headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        packed = {**headers, "Content-Encoding": "gzip"}
        return Response(found.playlist.packed, headers=packed, media_type=PLAYLIST)
    return Response(found.playlist.plain, headers=headers, media_type=PLAYLIST)


def _reload(request: Request) -> Reload:
    """The delivery directives of the address (6.2.5). Raises `MediaRefused`."""
    segment, part = (_number(request, name) for name in ("_HLS_msn", "_HLS_part"))
    if part is not None and segment is None:
        raise MediaRefused(HTTPStatus.BAD_REQUEST, "_HLS_part needs _HLS_msn.")
    skip = request.query_params.get("_HLS_skip") in ("YES", "v2")
    return Reload(None if segment is None else (segment, part), skip)


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is not None and not _NUMBER.fullmatch(text):
        raise MediaRefused(HTTPStatus.BAD_REQUEST, f"{name} must be a number.")
    return None if text is None else int(text)


def _playlist_headers(found: LivePlaylist, reload: Reload, request: Request) -> dict[str, str]:
    """Whoever has no account has the address, and the playlist, of many: caches may share it. Others may be kept out
    at any time, so theirs is asked for here each time. One that is not waited for is old in half a second.
    """
    in_address = "token" in request.path_params
    whose = "public" if found.for_anyone and in_address else "private"
    long = f"max-age={HELD_SECONDS}" if reload.after else "no-cache"
    return {
        "Cache-Control": f"{whose}, {long}",
        "ETag": f'"{found.playlist.tag}"',
        "Vary": "Accept-Encoding" if in_address else "Accept-Encoding, Authorization",
    }


async def _live_resource(audio: Audio, request: Request) -> Response:
    space_id, rendition, seal, name = (request.path_params[one] for one in ("space_id", "rendition", "seal", "name"))
    data = await audio.live_resource(space_id, rendition, seal, name)
    # The address is of these bytes alone, for ever: its seal says so.
    headers = {**SHARED_UNCHANGING, "ETag": f'"{seal}"'}
    return not_modified(headers) if is_known(request, headers["ETag"]) else ranged(data, request, headers)
