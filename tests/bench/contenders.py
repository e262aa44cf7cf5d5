"""Contenders: our server in several ways, its peers, and the floor; each a process of its own, on one core."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.cpu import CLIENT_CORE, SERVER_CORE, on_core
from tests.bench.fan_out_server import APART, FLOOR, FRAMES, MESSAGES
from tests.bench.peers.node import NotThere, installed
from tests.bench.size import Size

OURS: Final = "this server: shared, frames written to the socket"
NODE: Final = (
    ("graphql-yoga, graphql-ws", "yoga.mjs"),
    ("mercurius", "mercurius.mjs"),
    ("mercurius with JIT", "mercurius.mjs", "jit"),
)
BELOW: Final = "floor: a frame that is there, to each socket"


@dataclass(frozen=True, slots=True)
class Contender:
    """How it is started. `is_slow`: it executes each event for everyone in Python, which takes seconds."""

    name: str
    command: Sequence[str]
    folder: Path | None = None
    is_slow: bool = False
    is_peer: bool = False


class Running:
    """A contender that has started, and the Space it serves."""

    def __init__(self, process: Process, port: int, space_id: str) -> None:
        self.pid = process.pid
        self.port = port
        self.space_id = space_id
        self._process = process

    async def tell(self, events: int) -> float:
        """Has it tell so many events at once; when the first was, by the loop's clock (CLOCK_MONOTONIC)."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(b"%d\n" % events)
        return float(await self._process.stdout.readline())


def ours(size: Size) -> Sequence[Contender]:
    """This server as it is, on other servers than its own, and with sharing off."""
    module = (sys.executable, "-m", "tests.bench.fan_out_server")
    guests = str(size.guests)
    return [
        Contender(OURS, (*module, FRAMES, guests)),
        Contender("this server: shared, messages through ASGI", (*module, MESSAGES, guests)),
        Contender("this server: an execution for each", (*module, APART, guests), is_slow=True),
    ]


def floor() -> Contender:
    """No server at all: what the kernel and the event loop cost."""
    return Contender(BELOW, (sys.executable, "-m", "tests.bench.fan_out_server", FLOOR, "0"))


async def peers(size: Size) -> tuple[Sequence[Contender], str]:
    """Strawberry as installed, and those on Node.js; what is to be said about those that are not there."""
    guests = str(size.guests)
    strawberry = (sys.executable, "-m", "tests.bench.peers.strawberry_server", guests)
    found = [Contender("Strawberry as installed, uvicorn", strawberry, is_slow=True, is_peer=True)]
    if not size.peers:
        return found, "Peers on Node.js: not measured."
    try:
        folder = await installed()
    except NotThere as reason:
        return found, f"Peers on Node.js: not measured, {reason}."
    for name, *command in NODE:
        found.append(Contender(name, ("node", "--no-warnings", command[0], guests, *command[1:]), folder, is_peer=True))
    return found, ""


@asynccontextmanager
async def started(contender: Contender) -> AsyncIterator[Running]:
    """Within the block it runs on the first core, and this process on the last."""
    with on_core(SERVER_CORE):
        process = await asyncio.create_subprocess_exec(
            *contender.command, cwd=contender.folder, stdin=PIPE, stdout=PIPE
        )
    assert process.stdout
    try:
        with on_core(CLIENT_CORE):
            port, space_id = (await process.stdout.readline()).split()
            yield Running(process, int(port), space_id.decode())
    finally:
        process.kill()
        await process.wait()
