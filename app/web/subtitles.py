"""Subtitles over HTTP: WebVTT beside the sound, below the same addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.domain.subtitles import LIVE_CAPTIONS, REPLAY_CAPTIONS
from app.services.audio import Audio
from app.services.subtitles import Subtitles
from app.web.hls import PLAYLIST
from app.web.resources import CHANGING, UNCHANGING, Handler, route, token_of

WEB_VTT = "text/vtt"


def subtitle_routes(audio: Audio, subtitles: Subtitles) -> list[Route]:
    """The routes below `/audio`, with tokens and refusals as the sound's."""
    return [
        one
        for prefix in ("/audio/{token}", "/audio")
        for one in (
            route(audio, f"{prefix}/{LIVE_CAPTIONS}", GET=_playlist(subtitles.live_playlist)),
            route(audio, f"{prefix}/captions-{{number:int}}.vtt", GET=_segment(subtitles.live, UNCHANGING)),
            route(audio, f"{prefix}/{REPLAY_CAPTIONS}", GET=_playlist(subtitles.replay_playlist)),
            route(audio, f"{prefix}/replay-captions-{{number:int}}.vtt", GET=_segment(subtitles.replay, CHANGING)),
        )
    ]


def _playlist(read: Callable[[str], Awaitable[str]]) -> Handler:
    async def handle(audio: Audio, request: Request) -> Response:
        return Response(await read(token_of(request)), headers=CHANGING, media_type=PLAYLIST)

    return handle


def _segment(read: Callable[[str, int], Awaitable[str]], headers: Mapping[str, str]) -> Handler:
    async def handle(audio: Audio, request: Request) -> Response:
        text = await read(token_of(request), request.path_params["number"])
        return Response(text, headers=headers, media_type=WEB_VTT)

    return handle
