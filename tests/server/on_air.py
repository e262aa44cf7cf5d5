"""A real server of sound for tests: Live with its media process behind the audio routes, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import cast
from urllib.parse import urljoin

import av
import httpx2
import numpy as np
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette

from app.domain.clips import Clip
from app.domain.drafts import Draft, create
from app.domain.roster import Person, Role, Seat
from app.domain.spaces import Space, SpaceState
from app.domain.standing import Standing
from app.live.live import Live
from app.live.recordings import LiveRecordings
from app.live.workshop import ClipWorkshop
from app.services.admission import Admission
from app.services.airings import Airings
from app.services.audio import Audio
from app.services.calls import Calls
from app.services.clip_downloads import ClipDownloads
from app.services.connections import Connections
from app.services.media_grants import MediaGrants
from app.services.ports import MediaGrant, MediaUse, Tokens
from app.services.replays import Replays
from app.services.stores import Node, SpaceStore
from app.web.audio import audio_routes
from app.web.calls import call_routes
from app.web.clips import clip_routes
from app.web.replays import replay_routes
from app.web.serving import FRAME_BYTES
from media.recognisers import OFF
from tests.fakes.clips import MemoryClipStore
from tests.fakes.people import MemoryPersonStore
from tests.fakes.rates import MemoryRateStore
from tests.fakes.recordings import MemoryRecordingStore
from tests.fakes.transcripts import MemoryTranscriptStore
from tests.media.sounds import Sound

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class PlainTokens:
    """Media tokens that say what they grant: `use.subject.person`."""

    def for_person(self, person_id: str) -> tuple[str, datetime]:
        return person_id, NOW

    def for_media(self, grant: MediaGrant) -> tuple[str, datetime]:
        return f"{grant.use}.{grant.subject}.{grant.person_id or ''}", NOW

    def media_grant(self, token: str) -> MediaGrant | None:
        match token.split("."):
            case [use, subject, person_id] if use in set(MediaUse):
                return MediaGrant(MediaUse(use), subject, person_id or None)
        return None

    def seal(self, *words: str) -> str:
        return "-".join(("sealed", *words))


class Spaces:
    """The newest state of each Space: all of the store and of the airings that audio's doorkeeper asks for."""

    def __init__(self) -> None:
        self.states: dict[str, Space] = {}
        self.clips = MemoryClipStore()

    def current(self, space_id: str) -> Space | None:
        return self.states.get(space_id)

    async def get(self, space_id: str) -> Space | None:
        return self.states.get(space_id)


@dataclass
class OnAir:
    """The running server."""

    url: str
    live: Live
    http: httpx2.AsyncClient
    spaces: Spaces

    async def stage(self, space_id: str, microphones: Mapping[str, bool], *, recorded: bool = True) -> Space:
        """The Space live with exactly these on stage (open or not), obeyed by the mixer when this returns."""
        before = self.spaces.states.get(space_id)
        version = before.version + 1 if before else 1
        host = Person("host", "host", "Host")
        space = replace(
            create(Draft("Sound", recording_enabled=recorded), space_id=space_id, host=host, topics=(), now=NOW),
            version=version,
            state=SpaceState.LIVE,
            stage=tuple(
                Seat(Person(id, id, id), Role.SPEAKER, muted=not is_open, taken_at=NOW)
                for id, is_open in microphones.items()
            ),
        )
        return await self.follow(space)

    async def end(self, space_id: str) -> Space:
        """The Space ended, its recording complete when this returns."""
        before = self.spaces.states[space_id]
        return await self.follow(replace(before, version=before.version + 1, state=SpaceState.ENDED))

    async def follow(self, space: Space) -> Space:
        """Makes this the Space's state."""
        self.spaces.states[space.id] = space
        await self.live.follow(space)
        return space

    async def late_ticks(self, space_id: str) -> float:
        """How many ticks of a Space on air were late so far: what is sent back may leave out so many, and no more."""
        return (await self.live.stats())[space_id]["late_ticks"]

    async def keep_clip(self, clip_id: str) -> None:
        """The record of a published clip whose sound is cut."""
        await self.spaces.clips.add(Clip(clip_id, "clip", "ann", 0, 1, 48, (), NOW))

    def whip(self, space_id: str, person_id: str) -> str:
        """The address a person's microphone is offered to."""
        return f"{self.url}/audio/{MediaUse.SPEAK}.{space_id}.{person_id}/whip"

    def whep(self, space_id: str, person_id: str = "") -> str:
        """The address where a person hears, or someone without an account."""
        return f"{self.url}/audio/{MediaUse.LISTEN}.{space_id}.{person_id}/whep"

    def socket(self, space_id: str, person_id: str = "", use: MediaUse = MediaUse.SPEAK) -> str:
        """The address of a person's WebSocket."""
        return f"{self.url.replace('http', 'ws', 1)}/audio/{use}.{space_id}.{person_id}/socket"

    def hls(self, space_id: str, name: str = "replay.m3u8") -> str:
        """The address of a playlist or segment."""
        return f"{self.url}/audio/{MediaUse.LISTEN}.{space_id}./{name}"

    async def listen(self, space_id: str, playlist: str = "replay.m3u8") -> list[Sound]:
        """What a listener hears: the decoded samples of each take in the playlist."""
        takes: list[bytes] = []
        url = self.hls(space_id, playlist)
        text = (await self.http.get(url)).raise_for_status().text
        for line in text.splitlines():
            if line.startswith("#EXT-X-MAP"):
                takes.append((await self.http.get(urljoin(url, line.split('"')[1]))).raise_for_status().content)
            elif line and not line.startswith("#"):
                takes[-1] += (await self.http.get(urljoin(url, line))).raise_for_status().content
        return [decode(take) for take in takes]


class OpenDoor:
    """`Admission` where nobody is kept out."""

    async def standings(self, person_id: str | None, spaces: Sequence[Space]) -> list[Standing]:
        """Nobody is blocked or removed."""
        return [Standing(person_id)] * len(spaces)

    async def blocking(self, person_id: str | None, host_ids: Collection[str]) -> set[str]:
        """Nobody blocks anybody."""
        return set()

    def watching(self, person_id: str | None, space_id: str) -> AbstractContextManager[Callable[[], bool]]:
        """Nobody is put out."""
        return nullcontext(bool)


class OpenEnd:
    """`Connections` where nobody loses a right."""

    def keep(self, grant: MediaGrant, session_id: str) -> None:
        """Ends nothing."""

    async def require_login(self, grant: MediaGrant) -> None:
        """Never refuses."""


@asynccontextmanager
async def on_air(
    folder: Path,
    *,
    addresses: Sequence[str] = ("127.0.0.1",),
    workers: int = 1,
    max_listeners: int = 100,
    transcriber: str = OFF,
) -> AsyncIterator[OnAir]:
    """A server on a free port of the loopback; microphones connect there too, where nothing else is said."""
    spaces = Spaces()
    async with Live(folder, addresses, workers=workers, max_listeners=max_listeners, transcriber=transcriber) as live:
        doors = (cast(Airings, spaces), cast(Admission, OpenDoor()))
        connections, tokens = cast(Connections, OpenEnd()), cast(Tokens, PlainTokens())
        grants = MediaGrants(cast(SpaceStore, spaces), *doors, connections, tokens)
        audio = Audio(
            cast(SpaceStore, spaces),
            spaces.clips,
            MemoryTranscriptStore(),
            *doors,
            grants,
            live,
            connections,
            tokens,
            node=Node("node", "http://127.0.0.1"),
            clock=lambda: NOW,
        )
        calls = Calls(grants, cast(Airings, spaces), live, connections)
        downloads = ClipDownloads(
            audio,
            cast(SpaceStore, spaces),
            MemoryPersonStore(),
            MemoryTranscriptStore(),
            live,
            ClipWorkshop(folder / "clips"),
            node=Node("node", "http://127.0.0.1"),
        )
        replays = Replays(
            audio,
            LiveRecordings(folder),
            MemoryRecordingStore(),
            MemoryRateStore(),
            cast(Tokens, PlainTokens()),
            node=Node("node", "http://127.0.0.1"),
            clock=lambda: NOW,
        )
        routes = [
            *audio_routes(audio),
            *call_routes(calls),
            *clip_routes(audio, downloads),
            *replay_routes(audio, replays),
        ]
        server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=routes), ws="websockets-sansio", ws_max_size=FRAME_BYTES, log_level="warning"
            )
        )
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve([listener]))
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with httpx2.AsyncClient(timeout=10) as http:
                try:
                    yield OnAir(url, live, http, spaces)
                finally:
                    server.should_exit = True
                    await serving


@asynccontextmanager
async def speaker(url: str, identity: Certificate, **options: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """FFmpeg as a speaker, see `tests.fakes.ffmpeg_speaker`; ended with the context."""
    options |= {"certificate": identity.certificate, "key": identity.key}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.fakes.ffmpeg_speaker", url, *arguments)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def decode(mp4: bytes) -> Sound:
    """The samples of an mp4 or m4a file, mono."""
    with av.open(BytesIO(mp4), "r") as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate and its key, as PEM files for FFmpeg."""

    certificate: Path
    key: Path

    @classmethod
    def make(cls, folder: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> Certificate:
        """One for this key, valid now."""
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "speaker")])
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), 1)
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        one = cls(folder / "certificate.pem", folder / "key.pem")
        one.certificate.write_bytes(made.public_bytes(Encoding.PEM))
        one.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return one
