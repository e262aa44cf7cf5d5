"""What the media process costs as a whole: a full Space's microphones connected to it by WHIP, over real UDP."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count, cycle
from statistics import median

from tests.bench.cpu import cpu_seconds
from tests.bench.ears import hearing
from tests.bench.microphone import microphone
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.speakers import FULL_STAGE, stage
from tests.bench.tables import Cell, Table
from tests.media.whep_client import Ear
from tests.media.whip_client import Client
from tests.server.on_air import OnAir, on_air
from tests.waiting import until

PACKET_SECONDS = 0.02
REPORT_SECONDS = 1.0
PROVING_SECONDS = 30.0
"""More than networks have to prove themselves, and than a pause is then waited for."""
SPACE = "full"


@dataclass(frozen=True, slots=True)
class Case:
    """Who does what: `talkers` have an open microphone and talk, the others are closed and send silence; ears hear."""

    name: str
    connected: int
    talkers: int
    ears: int = 0
    lossless: bool = True
    """Whether the ears report that nothing gets lost; else nothing, and FEC stays."""


CASES = (
    Case("nobody is connected", 0, 0),
    Case("13 connected, 1 talks", FULL_STAGE, 1),
    Case("13 connected, 3 talk", FULL_STAGE, 3),
    Case("13 connected, 13 talk", FULL_STAGE, FULL_STAGE),
    Case("13 connected and hear, 1 talks", FULL_STAGE, 1, FULL_STAGE),
    Case("13 connected and hear, 3 talk", FULL_STAGE, 3, FULL_STAGE),
    Case("the same, and may lose packets", FULL_STAGE, 3, FULL_STAGE, lossless=False),
    Case("13 connected and hear, 13 talk", FULL_STAGE, FULL_STAGE, FULL_STAGE),
    Case("13 connected and 50 hear, 3 talk", FULL_STAGE, 3, 50),
)


async def measure(size: Size, place: Place) -> list[Table]:
    """CPU and punctuality of the media process with one Space on air."""
    rounds: dict[str, list[list[float]]] = {case.name: [] for case in CASES}
    async with on_air(place.folder("microphones")) as server:
        for _ in range(size.rounds):
            for case in CASES:
                rounds[case.name].append(await costs(server, case, size))
    rows: list[list[Cell]] = [
        [name, *(median(figures) for figures in zip(*costs, strict=True))] for name, costs in rounds.items()
    ]
    note = (
        f"One recorded Space in a media process of its own, microphones by WHIP (ICE, DTLS, SRTP) over the loopback, "
        f"each 50 packets a second; whoever does not talk has a closed microphone and sends silence. CPU of the whole "
        f"process. A late tick came a whole tick (20 ms) late or more. Delay: from arrival to the mix, median of the "
        f"open microphones. Median of {size.rounds} rounds of {size.live_seconds:g} s."
    )
    columns = ["microphones", "CPU ms per s", "late ticks %", "delay ms", "concealed %"]
    return [Table("Media process of one Space", columns, rows, note)]


async def costs(server: OnAir, case: Case, size: Size) -> list[float]:
    """CPU ms a second of the media process, late ticks in percent, delay in ms, concealed sound in percent."""
    people = [f"person-{number}" for number in range(FULL_STAGE)]
    streams = stage(case.talkers, size.speech_seconds)
    await server.stage(SPACE, {person: number < case.talkers for number, person in enumerate(people)})
    async with AsyncExitStack() as connected:
        urls = [server.whip(SPACE, person) for person in people[: case.connected]]
        clients = [await connected.enter_async_context(microphone(server.http, url)) for url in urls]
        urls = [server.whep(SPACE, people[number] if number < FULL_STAGE else "") for number in range(case.ears)]
        ears = [await connected.enter_async_context(hearing(server.http, url)) for url in urls]
        sending = asyncio.create_task(send(clients, streams))
        try:
            await _steady(server, people[: case.talkers])
            if ears and case.lossless and size.proves:
                await _prove(server, ears)
            return await _observe(server, people[: case.talkers], size.live_seconds)
        finally:
            sending.cancel()
            await asyncio.wait([sending])


async def send(clients: Sequence[Client], streams: Sequence[Sequence[bytes]]) -> None:
    """A packet of each client every 20 ms, each client at a moment of its own, over and over until cancelled."""
    endless = [cycle(payloads) for payloads in streams]
    begun = time.monotonic()
    for number in count():
        for index, (client, payloads) in enumerate(zip(clients, endless, strict=False)):
            await _sleep_until(begun + (number + index / len(clients)) * PACKET_SECONDS)
            await client.send(number, next(payloads))
        await _sleep_until(begun + (number + 1) * PACKET_SECONDS)


async def _sleep_until(due: float) -> None:
    await asyncio.sleep(due - time.monotonic())


async def _steady(server: OnAir, talkers: Sequence[str]) -> None:
    """Waits until every talker is heard."""

    async def heard() -> bool:
        stats = await server.live.stats()
        return all(stats[f"{SPACE}/{person}"]["delay_ms"] > 0 for person in talkers)

    await until(heard, "every talker is heard")


async def _prove(server: OnAir, ears: Sequence[Ear]) -> None:
    """Waits until FEC is off."""

    async def bare() -> bool:
        for ear in ears:
            await ear.report()
        return (await server.live.stats())[SPACE]["fec"] == 0

    for ear in ears:
        await ear.hears(1)
    await until(bare, "FEC is off", deadline=PROVING_SECONDS, look_every=REPORT_SECONDS)


async def _observe(server: OnAir, talkers: Sequence[str], seconds: float) -> list[float]:
    pid = server.live.pid_of(SPACE)
    assert pid is not None
    begun, cpu, before = time.monotonic(), cpu_seconds(pid), await server.live.stats()
    await asyncio.sleep(seconds)
    took, spent, after = time.monotonic() - begun, cpu_seconds(pid) - cpu, await server.live.stats()
    ticks = after[SPACE]["ticks"] - before[SPACE]["ticks"]
    late = after[SPACE]["late_ticks"] - before[SPACE]["late_ticks"]
    concealed = sum(_grown(before, after, person, "concealed_samples") for person in talkers) / max(1, len(talkers))
    delays = [after[f"{SPACE}/{person}"]["delay_ms"] for person in talkers]
    return [spent * 1000 / took, 100 * late / ticks, median(delays or [0]), 100 * concealed / (took * 48_000)]


Stats = Mapping[str, Mapping[str, float]]


def _grown(before: Stats, after: Stats, person: str, figure: str) -> float:
    return after[f"{SPACE}/{person}"][figure] - before[f"{SPACE}/{person}"][figure]
