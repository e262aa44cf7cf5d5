"""Resources of the sound: what all its routes have in common. Tokens, refusals, other origins, ranges and caches."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.services.audio import Audio
from app.services.media_engine import MediaRefused, MediaUnavailable

RETRY_AFTER_SECONDS = 1
FULL_RETRY_AFTER_SECONDS = 30
"""When to look again whether a listener has left; meanwhile there is HLS."""

SDP = "application/sdp"
SOUND = "audio/mp4"

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Location, ETag, Link, Retry-After, Accept-Ranges, Content-Range, "
    "Content-Disposition, Age, Date",
}
"""Frontends live on other origins. Tokens are in the address or a header, never in a cookie, so any may ask."""
PREFLIGHT = {
    **CORS,
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match, If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
    "Accept-Post": SDP,
}
UNCHANGING = {"Cache-Control": "private, max-age=31536000, immutable"}
"""For what never changes, at an address of one viewer's."""
CHANGING = {"Cache-Control": "no-cache"}
FOR_ANYONE = {"Cache-Control": "public, max-age=300"}
"""For what anyone may see: what is deleted is asked for again after that, be it in a cache."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

Handler = Callable[[Audio, Request], Awaitable[Response]]


def route(audio: Audio, path: str, **handlers: Handler) -> Route:
    """A route of the sound, by method: what its handlers refuse is answered as `refusal`, any origin may ask."""

    async def endpoint(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)
        handler = handlers["GET" if request.method == "HEAD" else request.method]
        try:
            response = await handler(audio, request)
        except MediaRefused as refused:
            response = refusal(refused.status, str(refused))
            if refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
                response.headers["Retry-After"] = str(FULL_RETRY_AFTER_SECONDS)
        except MediaUnavailable as unavailable:
            response = refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(unavailable))
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        response.headers.update(CORS)
        return response

    return Route(path, endpoint, methods=[*handlers, "OPTIONS"])


def refusal(status: int, text: str) -> Response:
    """A status and one line of text, for this moment and this viewer only."""
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return PlainTextResponse(f"{text}\n", status, headers)


def token_of(request: Request) -> str:
    """The token in the path, else in `Authorization: Bearer`. Raises `MediaRefused`."""
    token = request.path_params.get("token")
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if token is None and scheme.lower() == "bearer":
        token = bearer.strip()
    if not token:
        raise MediaRefused(HTTPStatus.UNAUTHORIZED, "A token is needed: in the address, or as Authorization: Bearer.")
    return str(token)


def is_known(request: Request, tag: str) -> bool:
    """Whether the client has what bears this entity tag already (RFC 9110, section 13.1.2)."""
    asked = request.headers.get("If-None-Match", "")
    return tag in [one.strip().removeprefix("W/") for one in asked.split(",")]


def not_modified(headers: Mapping[str, str]) -> Response:
    """The answer to who has it already."""
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)


def ranged(data: bytes, request: Request, headers: Mapping[str, str], media_type: str = SOUND) -> Response:
    """All of it, or the one range that is asked for (RFC 9110, section 14.2); of several ranges none is cut out.

    With `If-Range` a range of what bears the same ETag only (section 13.1.5), else all of it.
    """
    headers = {**headers, "Accept-Ranges": "bytes"}
    chosen = requested_range(request, len(data))
    if chosen is None or request.headers.get("If-Range", headers.get("ETag")) != headers.get("ETag"):
        return Response(data, headers=headers, media_type=media_type)
    if not chosen:
        return unsatisfiable(len(data))
    headers["Content-Range"] = f"bytes {chosen.start}-{chosen.stop - 1}/{len(data)}"
    return Response(data[chosen.start : chosen.stop], HTTPStatus.PARTIAL_CONTENT, headers, media_type=media_type)


def requested_range(request: Request, length: int) -> range | None:
    """The bytes that are asked for, of so many: none where there are no such; None where not one range is asked for."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:
        # `-5` are the last five.
        return range(max(0, length - int(asked[2])), length)
    return range(int(asked[1]), max(min(int(asked[2] or length) + 1, length), 0))


def unsatisfiable(length: int) -> Response:
    """The answer to who asks for a range of bytes that there are not, of so many."""
    refused = refusal(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "There are no such bytes.")
    refused.headers["Content-Range"] = f"bytes */{length}"
    return refused
