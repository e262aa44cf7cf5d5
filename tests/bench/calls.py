"""What a WebSocket in place of UDP costs: how long sound takes each way, and the CPU of both processes."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median
from typing import Protocol

import httpx2
import numpy as np

from app.demo import operations
from app.demo.client import Client as Person
from media.opus import SAMPLE_RATE, TICK
from tests.bench.cpu import child, cpu_seconds
from tests.bench.ears import hearing
from tests.bench.latency import bursts, onsets_of
from tests.bench.live_space import LiveSpace, open_space
from tests.bench.microphone import microphone
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.media.call_client import calling, decoded
from tests.media.sounds import encode_opus
from tests.server.running import client_of
from tests.waiting import until

AUDIO = "query ($spaceId: ID!) { space(id: $spaceId) { audio { whipUrl whepUrl socketUrl } } }"
TAIL_FRAMES = 25
LATEST_SECONDS = 0.6
"""What comes later is another burst."""


class Mouth(Protocol):
    """Sends a packet of 20 ms."""

    async def send(self, number: int, payload: bytes, /) -> None: ...


async def measure(size: Size, place: Place) -> list[Table]:
    """Mouth to ear by each pair of ways, and what listeners and a speaker cost."""
    server = await place.server()
    async with client_of(server) as anyone, open_space(anyone) as space:
        await space.host.call(operations.SET_MUTED, spaceId=space.id, muted=False)
        delays = await _delays(space, anyone, size)
        costs = await _costs(space, anyone, size, server.process.pid)
    return [delays, costs]


async def _delays(space: LiveSpace, anyone: Person, size: Size) -> Table:
    rows: list[list[Cell]] = []
    for way in ("WHIP", "WebSocket"):
        for name, found in (await _heard(space, anyone, size, way)).items():
            rows.append([f"{way} to {name}", min(found), median(found), max(found)])
    note = (
        f"{size.bursts} tone bursts as in the table of WHEP, on a server as `make run` starts it, over the loopback, "
        f"without a jitter buffer at the ear."
    )
    return Table("Mouth to ear, over WebSockets too", ["milliseconds from", "least", "median", "most"], rows, note)


async def _heard(space: LiveSpace, anyone: Person, size: Size, way: str) -> dict[str, list[float]]:
    sound, onsets = bursts(size.bursts, random.Random(3))
    packets = encode_opus(sound)
    mine, theirs = await _addresses(space.host, space), await _addresses(anyone, space)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx2.AsyncClient())
        mouth: Mouth
        if way == "WHIP":
            mouth = await stack.enter_async_context(microphone(http, mine["whipUrl"]))
        else:
            mouth = await stack.enter_async_context(calling(mine["socketUrl"]))
        ear = await stack.enter_async_context(hearing(http, theirs["whepUrl"]))
        caller = await stack.enter_async_context(calling(theirs["socketUrl"]))
        await asyncio.gather(ear.hears(1), caller.hears(1))
        begun = time.monotonic()
        for number, packet in enumerate(packets):
            await asyncio.sleep(begun + (number + 1) * TICK / SAMPLE_RATE - time.monotonic())
            await mouth.send(number, packet)
        await asyncio.gather(ear.hears(TAIL_FRAMES), caller.hears(TAIL_FRAMES))
    spoken = [begun + onset / SAMPLE_RATE for onset in onsets]
    by_whep = [(packet.sequence_number, packet.timestamp, packet.payload) for packet in ear.packets]
    return {
        "WHEP": _between(spoken, by_whep, ear.arrivals),
        "WebSocket": _between(spoken, caller.frames, caller.arrivals),
    }


def _between(
    spoken: Sequence[float], frames: Sequence[tuple[int, int, bytes]], arrivals: Sequence[float]
) -> list[float]:
    """How many ms after it was spoken each burst is there; on a busy machine one may be missing."""
    numbers = [(sequence - frames[0][0]) % 2**16 for sequence, _, _ in frames]
    # What was left out is taken for as old as what came instead.
    there = [arrivals[int(at)] for at in np.searchsorted(numbers, range(numbers[-1] + 1))]
    heard = [there[onset // TICK] + onset % TICK / SAMPLE_RATE for onset in onsets_of(decoded(frames))]
    found = [min((after - before for after in heard if after > before), default=LATEST_SECONDS) for before in spoken]
    return [1000 * delay for delay in found if delay < LATEST_SECONDS]


async def _costs(space: LiveSpace, anyone: Person, size: Size, web: int) -> Table:
    """CPU ms a second beyond what the processes use without."""
    mine, theirs = await _addresses(space.host, space), await _addresses(anyone, space)
    media = child(web, "media")
    packets = encode_opus(0.1 * np.random.default_rng(1).uniform(-1, 1, SAMPLE_RATE).astype(np.float32))
    rows: list[list[Cell]] = []
    async with AsyncExitStack() as speaking:
        idle = await _spent(size, web, media)
        mouth = await speaking.enter_async_context(calling(mine["socketUrl"], hello={"type": "hello", "hears": False}))
        sending = asyncio.create_task(mouth.send_in_time(packets))
        await until(lambda: mouth.microphone() == "open", "it speaks")
        spoken = await _spent(size, web, media)
        rows.append(["someone who speaks", *(1000 * (now - before) for now, before in zip(spoken, idle, strict=True))])
        async with AsyncExitStack() as listening:
            last = await listening.enter_async_context(calling(theirs["socketUrl"]))
            await last.hears(1)
            one = await _spent(size, web, media)
            for _ in range(size.listeners // 2):
                last = await listening.enter_async_context(calling(theirs["socketUrl"]))
            await last.hears(1)
            all_ears = await _spent(size, web, media)
        each = [1000 * (now - before) / (size.listeners // 2) for now, before in zip(all_ears, one, strict=True)]
        rows.append(["each who hears", *each])
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    note = (
        f"50 packets a second each, {size.listeners // 2} listeners more than one, over the loopback for "
        f"{size.live_seconds:g} s."
    )
    return Table("CPU over WebSockets", ["ms per second", "web process", "media process"], rows, note)


async def _spent(size: Size, *pids: int) -> list[float]:
    before, begun = [cpu_seconds(pid) for pid in pids], time.monotonic()
    await asyncio.sleep(size.live_seconds)
    took = time.monotonic() - begun
    return [(cpu_seconds(pid) - spent) / took for pid, spent in zip(pids, before, strict=True)]


async def _addresses(person: Person, space: LiveSpace) -> dict[str, str]:
    addresses: dict[str, str] = (await person.call(AUDIO, spaceId=space.id))["audio"]
    return addresses
