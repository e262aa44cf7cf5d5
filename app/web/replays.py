"""Replays over HTTP: a recording as plain HLS, and as one m4a of which any range starts at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from app.services.audio import Audio
from app.services.media_engine import REPLAY
from app.services.recording_files import SoundFile
from app.services.replays import REPLAY_FILE, Download, Replays
from app.web.hls import PLAYLIST
from app.web.resources import (
    CHANGING,
    SOUND,
    UNCHANGING,
    Handler,
    is_known,
    not_modified,
    ranged,
    requested_range,
    route,
    token_of,
    unsatisfiable,
)

CHUNK_BYTES = 256 * 1024
"""As much of a file is read and sent at once, to each client: half a minute of sound."""
FILE_NAME_LENGTH = 80


def replay_routes(audio: Audio, replays: Replays) -> list[Route]:
    """The routes below `/audio`, with tokens and refusals as the sound's; segments are beside their playlist."""
    return [
        one
        for prefix in ("/audio/{token}", "/audio")
        for one in (
            route(audio, f"{prefix}/{REPLAY}", GET=_playlist(replays)),
            route(audio, f"{prefix}/{REPLAY_FILE}", GET=_file(replays)),
            route(audio, f"{prefix}/init-{{number}}.mp4", GET=_resource(replays)),
            route(audio, f"{prefix}/segment-{{number}}.m4s", GET=_resource(replays)),
            route(audio, f"{prefix}/cut-{{number}}.m4s", GET=_resource(replays)),
        )
    ]


def _playlist(replays: Replays) -> Handler:
    async def handle(audio: Audio, request: Request) -> Response:
        text = await replays.playlist(token_of(request), address=_address(request))
        return Response(text, headers=CHANGING, media_type=PLAYLIST)

    return handle


def _resource(replays: Replays) -> Handler:
    async def handle(audio: Audio, request: Request) -> Response:
        data = await replays.resource(token_of(request), request.url.path.rpartition("/")[2])
        return ranged(data, request, UNCHANGING)

    return handle


def _file(replays: Replays) -> Handler:
    async def handle(audio: Audio, request: Request) -> Response:
        begins = request.method == "GET" and request.headers.get("Range", "bytes=0-").startswith("bytes=0-")
        return _answer(
            await replays.download(token_of(request), address=_address(request) if begins else None), request
        )

    return handle


def _answer(download: Download, request: Request) -> Response:
    """All of the file or the one range that is asked for, read as it is sent (RFC 9110, sections 13 and 14)."""
    file, tag = download.file, f'"{download.file.tag}"'
    headers = {
        **CHANGING,
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"attachment; filename=\"recording.m4a\"; filename*=UTF-8''{_file_name(download)}",
    }
    if is_known(request, tag):
        return not_modified(headers)
    # A range of another file than this is of no use (13.1.5): then all of it.
    asked = requested_range(request, file.size) if request.headers.get("If-Range", tag) == tag else None
    if asked is not None and not asked:
        return unsatisfiable(file.size)
    chosen = asked or range(file.size)
    headers["Content-Length"] = str(len(chosen))
    status = HTTPStatus.OK
    if asked:
        status = HTTPStatus.PARTIAL_CONTENT
        headers["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{file.size}"
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=SOUND)
    return StreamingResponse(_chunks(file, chosen), status, headers, media_type=SOUND)


async def _chunks(file: SoundFile, chosen: range) -> AsyncIterator[bytes]:
    """Whoever has stopped reading costs one chunk. Where the recording is deleted meanwhile the answer breaks off."""
    for start in range(chosen.start, chosen.stop, CHUNK_BYTES):
        yield await file.read(start, min(start + CHUNK_BYTES, chosen.stop))


def _file_name(download: Download) -> str:
    return quote(f"{download.space.title[:FILE_NAME_LENGTH]}.m4a", safe="")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
