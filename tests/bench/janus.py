"""Janus AudioBridge as the yardstick of a whole conversation: 13 people who send and hear, by plain RTP."""

import asyncio
import secrets
import shutil
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count, cycle
from pathlib import Path
from statistics import median
from typing import Any

import httpx2

from media.opus import TICK
from media.opus_encoder import BIT_RATE, EXPECTED_LOSS, SHARED_COMPLEXITY
from tests.bench.cpu import cpu_seconds
from tests.bench.microphone import LOOPBACK
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.speakers import FULL_STAGE, stage
from tests.bench.tables import Cell, Table
from tests.waiting import until

TALKERS = (FULL_STAGE, 3, 1)
TITLE = "Janus AudioBridge, 13 connected and hear"
ROOM = 1
OPUS_TYPE = 111
GENERAL = """
general: {{ configs_folder = "{folder}", session_timeout = 0, debug_level = 2 }}
media: {{ rtp_port_range = "20000-40000" }}
"""
TRANSPORT = 'general: {{ json = "compact", base_path = "/janus", http = true, port = {port}, ip = "127.0.0.1" }}'


async def measure(size: Size, place: Place) -> list[Table]:
    """CPU of the whole Janus process with one room, as our own is measured in `microphones`."""
    program = shutil.which("janus")
    if program is None:
        return [
            Table(TITLE, ["CPU ms per s"], [["not measured"]], "`janus` is not on PATH (Debian: the package janus).")
        ]
    costs: dict[int, list[float]] = {talkers: [] for talkers in TALKERS}
    for number in range(size.rounds):
        for talkers in TALKERS:
            async with _janus(program, place.folder(f"janus-{number}-{talkers}")) as (pid, url):
                costs[talkers].append(await _costs(pid, url, talkers, size))
    row: list[Cell] = ["CPU ms per s", *(median(costs[talkers]) for talkers in TALKERS)]
    note = (
        f"One room of 48 kHz, all joined by plain RTP: without the ICE, DTLS and SRTP that are in our figures. Opus "
        f"goes back at {BIT_RATE // 1000} kb/s, complexity {SHARED_COMPLEXITY}, with FEC; who does not talk is muted "
        f"and sends silence; nothing is recorded. Median of {size.rounds} rounds of {size.live_seconds:g} s."
    )
    return [Table(TITLE, ["", *(f"{talkers} talk" for talkers in TALKERS)], [row], note)]


@asynccontextmanager
async def _janus(program: str, folder: Path) -> AsyncIterator[tuple[int, str]]:
    """A Janus with AudioBridge alone: its pid and address."""
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    (folder / "janus.jcfg").write_text(GENERAL.format(folder=folder))
    (folder / "janus.transport.http.jcfg").write_text(TRANSPORT.format(port=port))
    (folder / "janus.plugin.audiobridge.jcfg").write_text(f'general: {{ local_ip = "{LOOPBACK}" }}')
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(program, "-F", str(folder), stdout=nothing, stderr=nothing)
    try:
        yield process.pid, f"http://{LOOPBACK}:{port}/janus"
    finally:
        process.terminate()
        await process.wait()


async def _costs(pid: int, url: str, talkers: int, size: Size) -> float:
    """CPU ms of a second."""
    async with httpx2.AsyncClient() as http:
        people = [Participant(http, url) for _ in range(FULL_STAGE)]
        try:
            await until(lambda: _answers(http, url), "Janus answers")
            for number, person in enumerate(people):
                await person.join(muted=number >= talkers)
            sending = asyncio.create_task(_send(people, stage(talkers, size.speech_seconds)))
            try:
                await until(lambda: all(person.hears() for person in people), "everyone hears")
                begun, cpu = time.monotonic(), cpu_seconds(pid)
                await asyncio.sleep(size.live_seconds)
                return (cpu_seconds(pid) - cpu) * 1000 / (time.monotonic() - begun)
            finally:
                sending.cancel()
                await asyncio.wait([sending])
        finally:
            for person in people:
                person.socket.close()


async def _answers(http: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/info")).is_success
    except httpx2.TransportError:
        return False


async def _send(people: Sequence["Participant"], streams: Sequence[Sequence[bytes]]) -> None:
    """A packet of each every 20 ms, each at a moment of its own, until cancelled; what comes back is thrown away."""
    endless = [cycle(payloads) for payloads in streams]
    begun = time.monotonic()
    for number in count():
        for index, (person, payloads) in enumerate(zip(people, endless, strict=True)):
            await asyncio.sleep(begun + (number + index / len(people)) * 0.02 - time.monotonic())
            person.send(number, next(payloads))
            person.hears()


class Participant:
    """Someone in the room, by Janus' HTTP API and a UDP socket."""

    def __init__(self, http: httpx2.AsyncClient, url: str) -> None:
        self._http, self._url = http, url
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((LOOPBACK, 0))
        self.socket.setblocking(False)
        self._ssrc, self._heard = secrets.randbits(32), False

    async def join(self, *, muted: bool) -> None:
        """Joins the room, which the first one makes."""
        session = (await self._ask("", {"janus": "create"}))["data"]["id"]
        attached = await self._ask(f"/{session}", {"janus": "attach", "plugin": "janus.plugin.audiobridge"})
        path = f"/{session}/{attached['data']['id']}"
        room = {"request": "create", "room": ROOM, "sampling_rate": 48_000, "allow_rtp_participants": True}
        await self._ask(path, {"janus": "message", "body": room})
        rtp = {"ip": LOOPBACK, "port": self.socket.getsockname()[1], "payload_type": OPUS_TYPE, "fec": True}
        sound = {"bitrate": BIT_RATE, "quality": SHARED_COMPLEXITY, "expected_loss": EXPECTED_LOSS}
        await self._ask(
            path, {"janus": "message", "body": {"request": "join", "room": ROOM, "muted": muted, "rtp": rtp, **sound}}
        )
        while True:
            event = (await self._http.get(f"{self._url}/{session}", timeout=40)).json()
            if address := event.get("plugindata", {}).get("data", {}).get("rtp"):
                self.socket.connect((LOOPBACK, address["port"]))
                return

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._http.post(self._url + path, json={"transaction": secrets.token_hex(6), **body})
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def send(self, number: int, payload: bytes) -> None:
        """One RTP packet."""
        words = ((number & 0xFFFF, 2), (number * TICK & 0xFFFFFFFF, 4), (self._ssrc, 4))
        header = bytes([0x80, OPUS_TYPE]) + b"".join(value.to_bytes(size, "big") for value, size in words)
        self.socket.send(header + payload)

    def hears(self) -> bool:
        """Whether anything has come yet."""
        try:
            while self.socket.recv(2048):
                self._heard = True
        except OSError:
            pass
        return self._heard
