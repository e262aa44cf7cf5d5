"""Sound over HTTP: WHIP (RFC 9725) in, WHEP (draft-ietf-wish-whep) and HLS out."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.services.audio import Audio
from app.services.media_engine import MediaRefused, SessionAnswer
from app.services.ports import MediaUse
from app.web.hls import hls_routes
from app.web.resources import SDP, route, token_of

MAX_BODY = 64 * 1024
"""Bytes of a session description."""

SDP_FRAGMENT = "application/trickle-ice-sdpfrag"


def audio_routes(audio: Audio) -> list[Route]:
    """The routes below `/audio`. The token is in the path, or in `Authorization: Bearer` where the path has none.

    Every refusal is a status and one line of text: 400 not readable, 401 no valid token, 403 no right, 404 not
    there, 406 not one stream of Opus in the right direction, 409 not on air, 413 too long, 415 of another type, 416 no
    such range, 503 for a moment: the sound is started again, or hears as many by WHEP as it can.
    """
    return [
        # First what is asked for most: routes are tried in order.
        *hls_routes(audio),
        *(
            one
            for prefix in ("/audio/{token}", "/audio")
            for one in (
                route(audio, f"{prefix}/whip", POST=_offer),
                route(audio, f"{prefix}/whip/{{session}}", PATCH=_trickle_speaker, DELETE=_hang_up_speaker),
                route(audio, f"{prefix}/whep", POST=_listen),
                route(audio, f"{prefix}/whep/{{session}}", PATCH=_trickle_listener, DELETE=_hang_up_listener),
            )
        ),
    ]


async def _offer(audio: Audio, request: Request) -> Response:
    return _created(request, await audio.offer(token_of(request), await _text(request, SDP)))


async def _listen(audio: Audio, request: Request) -> Response:
    return _created(request, await audio.listen(token_of(request), await _text(request, SDP)))


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
    await audio.trickle(token_of(request), use, session_id, await _text(request, SDP_FRAGMENT))
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _hang_up_speaker(audio: Audio, request: Request) -> Response:
    return await _hang_up(audio, request, MediaUse.SPEAK)


async def _hang_up_listener(audio: Audio, request: Request) -> Response:
    return await _hang_up(audio, request, MediaUse.LISTEN)


async def _hang_up(audio: Audio, request: Request, use: MediaUse) -> Response:
    await audio.hang_up(token_of(request), use, request.path_params["session"])
    return Response(status_code=HTTPStatus.OK)


def _tag(session_id: str) -> str:
    return f'"{session_id}"'


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
