"""Sound over HTTP: WHIP (RFC 9725) in, WHEP (draft-ietf-wish-whep) and HLS out, and clips as files."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.services.audio import Audio
from app.services.media_engine import FileSlice, MediaRefused, MediaUnavailable, SessionAnswer
from app.services.ports import MediaUse

MAX_BODY = 64 * 1024
"""Bytes of a session description."""
RETRY_AFTER_SECONDS = 1
FULL_RETRY_AFTER_SECONDS = 30
"""When to look again whether a listener has left; meanwhile there is HLS."""

SDP = "application/sdp"
SDP_FRAGMENT = "application/trickle-ice-sdpfrag"
PLAYLIST = "application/vnd.apple.mpegurl"

CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Location, ETag, Link, Retry-After"}
"""Frontends live on other origins. Tokens are in the address or a header, never in a cookie, so any may ask."""
PREFLIGHT = {
    **CORS,
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match, Range",
    "Access-Control-Max-Age": "86400",
    "Accept-Post": SDP,
}
UNCHANGING = {"Cache-Control": "private, max-age=31536000, immutable"}
CHANGING = {"Cache-Control": "no-cache"}

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

Handler = Callable[[Audio, Request], Awaitable[Response]]


def audio_routes(audio: Audio) -> list[Route]:
    """The routes below `/audio`. The token is in the path, or in `Authorization: Bearer` where the path has none.

    Every refusal is a status and one line of text: 400 not readable, 401 no valid token, 403 no right, 404 not
    there, 406 not one stream of Opus in the right direction, 409 not on air, 413 too long, 415 of another type, 416 no
    such range, 503 for a moment: the sound is started again, or hears as many by WHEP as it can.
    """
    return [
        route
        for prefix in ("/audio/{token}", "/audio")
        for route in (
            _route(audio, f"{prefix}/whip", POST=_offer),
            _route(audio, f"{prefix}/whip/{{session}}", PATCH=_trickle_speaker, DELETE=_hang_up_speaker),
            _route(audio, f"{prefix}/whep", POST=_listen),
            _route(audio, f"{prefix}/whep/{{session}}", PATCH=_trickle_listener, DELETE=_hang_up_listener),
            _route(audio, f"{prefix}/live.m3u8", GET=_live_playlist),
            _route(audio, f"{prefix}/replay.m3u8", GET=_replay_playlist),
            _route(audio, f"{prefix}/clip.m4a", GET=_clip),
            _route(audio, f"{prefix}/init-{{number}}.mp4", GET=_segment),
            _route(audio, f"{prefix}/segment-{{number}}.m4s", GET=_segment),
        )
    ]


def _route(audio: Audio, path: str, **handlers: Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)
        handler = handlers["GET" if request.method == "HEAD" else request.method]
        try:
            response = await handler(audio, request)
        except MediaRefused as refused:
            response = _refusal(refused.status, str(refused))
            if refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
                response.headers["Retry-After"] = str(FULL_RETRY_AFTER_SECONDS)
        except MediaUnavailable as unavailable:
            response = _refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(unavailable))
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        response.headers.update(CORS)
        return response

    return Route(path, endpoint, methods=[*handlers, "OPTIONS"])


def _refusal(status: int, text: str) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return PlainTextResponse(f"{text}\n", status, headers)


async def _offer(audio: Audio, request: Request) -> Response:
    return _created(request, await audio.offer(_token(request), await _text(request, SDP)))


async def _listen(audio: Audio, request: Request) -> Response:
    return _created(request, await audio.listen(_token(request), await _text(request, SDP)))


def _created(request: Request, answer: SessionAnswer) -> Response:
    headers = {"Location": f"{request.url.path.rstrip('/')}/{answer.session_id}", "ETag": _tag(answer.session_id)}
    return Response(answer.sdp, HTTPStatus.CREATED, headers, media_type=SDP)


async def _trickle_speaker(audio: Audio, request: Request) -> Response:
    return await _trickle(audio, request, MediaUse.SPEAK)


async def _trickle_listener(audio: Audio, request: Request) -> Response:
    return await _trickle(audio, request, MediaUse.LISTEN)


async def _trickle(audio: Audio, request: Request, use: MediaUse) -> Response:
    session_id = request.path_params["session"]
    if request.headers.get("If-Match", "*") not in ("*", _tag(session_id)):
        # RFC 9725, section 4.3.1: a session has one ICE session here, and so one tag.
        raise MediaRefused(HTTPStatus.PRECONDITION_FAILED, "If-Match names another ICE session.")
    await audio.trickle(_token(request), use, session_id, await _text(request, SDP_FRAGMENT))
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _hang_up_speaker(audio: Audio, request: Request) -> Response:
    return await _hang_up(audio, request, MediaUse.SPEAK)


async def _hang_up_listener(audio: Audio, request: Request) -> Response:
    return await _hang_up(audio, request, MediaUse.LISTEN)


async def _hang_up(audio: Audio, request: Request, use: MediaUse) -> Response:
    await audio.hang_up(_token(request), use, request.path_params["session"])
    return Response(status_code=HTTPStatus.OK)


async def _live_playlist(audio: Audio, request: Request) -> Response:
    return Response(await audio.live_playlist(_token(request)), headers=CHANGING, media_type=PLAYLIST)


async def _replay_playlist(audio: Audio, request: Request) -> Response:
    return Response(await audio.replay_playlist(_token(request)), headers=CHANGING, media_type=PLAYLIST)


async def _segment(audio: Audio, request: Request) -> Response:
    found = await audio.segment(_token(request), request.url.path.rpartition("/")[2])
    try:
        data = await asyncio.to_thread(_read, found)
    except FileNotFoundError:
        raise MediaRefused(HTTPStatus.NOT_FOUND, "There is no such segment any more.") from None
    return _ranged(data, request)


async def _clip(audio: Audio, request: Request) -> Response:
    path = await audio.clip_file(_token(request))
    return FileResponse(path, headers=UNCHANGING, media_type="audio/mp4")


def _tag(session_id: str) -> str:
    return f'"{session_id}"'


def _token(request: Request) -> str:
    token = request.path_params.get("token")
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if token is None and scheme.lower() == "bearer":
        token = bearer.strip()
    if not token:
        raise MediaRefused(HTTPStatus.UNAUTHORIZED, "A token is needed: in the address, or as Authorization: Bearer.")
    return str(token)


async def _text(request: Request, media_type: str) -> str:
    """The body, of at most MAX_BODY bytes, which must be of this type and UTF-8."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != media_type:
        raise MediaRefused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Type must be {media_type}.")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise MediaRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is longer than {MAX_BODY} bytes.")
    except ClientDisconnect:
        raise MediaRefused(HTTPStatus.BAD_REQUEST, "The body ended early.") from None
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise MediaRefused(HTTPStatus.BAD_REQUEST, "The body is not UTF-8.") from None


def _read(found: FileSlice) -> bytes:
    """A slice as a whole: it is a second of sound, some 8 KB."""
    with found.path.open("rb") as file:
        file.seek(found.offset)
        return file.read(found.length)


def _ranged(data: bytes, request: Request) -> Response:
    """All of it, or the one range that is asked for (RFC 9110, section 14.2); of several ranges none is cut out."""
    headers = {**UNCHANGING, "Accept-Ranges": "bytes"}
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None:
        return Response(data, headers=headers, media_type="audio/mp4")
    chosen = _range(asked[1], asked[2], len(data))
    if chosen is None:
        refusal = _refusal(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "There are no such bytes.")
        refusal.headers["Content-Range"] = f"bytes */{len(data)}"
        return refusal
    start, end = chosen
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(data)}"
    return Response(data[start:end], HTTPStatus.PARTIAL_CONTENT, headers, media_type="audio/mp4")


def _range(first: str, last: str, length: int) -> tuple[int, int] | None:
    """Start and end of the bytes, or None where there are none. `-5` are the last five."""
    if not first:
        return (max(0, length - int(last)), length) if last and int(last) else None
    start, end = int(first), min(int(last or length) + 1, length)
    return (start, end) if start < end else None
