"""For how long hostile documents and variables hold the server's loop, over each transport."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from typing import Any, Final

import httpx2
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.demo.client import PROTOCOL
from tests.bench.cpu import CLIENT_CORE, SERVER_CORE, on_core
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.hostile import HOSTILE, Hostile

SHOWN: Final = 12
"""Those that hold it for longest."""
COLUMNS: Final = ("ms of CPU", "HTTP", "server-sent events", "WebSocket", "bytes of the answer")
WORKS: Final = "{ topics }"
JSON: Final = {"Content-Type": "application/json"}
STREAM: Final = JSON | {"Accept": "text/event-stream"}

Send = Callable[[bytes], Awaitable[int]]
"""Sends an operation; the bytes of what is answered."""


async def measure(size: Size, place: Place) -> list[Table]:
    """Each of them as a text that the server has never seen."""
    documents = dict(list(HOSTILE.items())[: size.hostile])
    rows: list[list[Cell]] = []
    async with AsyncExitStack() as stack:
        process, port = await stack.enter_async_context(_server())
        stack.enter_context(on_core(CLIENT_CORE))
        ways = await stack.enter_async_context(_ways(port))
        for send in ways:
            await send(orjson.dumps({"query": WORKS}))
        for number, (name, one) in enumerate(documents.items()):
            rows.append([name, *await _held(process, ways, one, number, size.rounds)])
    worst = sorted(rows, key=lambda row: -max(float(cell) for cell in row[1:4]))[:SHOWN]
    middle = [median(float(row[column]) for row in rows) for column in range(1, len(COLUMNS))]
    worst.append([f"the median of all {len(rows)}", *middle])
    note = (
        f"The longest that one callback of the loop took, in ms of CPU, the least of {size.rounds} rounds: the worst "
        f"{SHOWN} of the documents and variables of up to 64 KiB, each unknown to the server. Garbage that is "
        f"collected meanwhile is in it."
    )
    return [Table("Hostile documents", COLUMNS, worst, note)]


async def _held(process: Process, ways: list[Send], one: Hostile, number: int, rounds: int) -> list[float]:
    figures, answered = [], 0
    for way, send in enumerate(ways):
        found = []
        for turn in range(rounds):
            text = f"#{number}.{way}.{turn}\n{one.document}"
            said = {"query": text, "variables": one.variables, "operationName": one.operation}
            await _longest(process)
            answered = await send(orjson.dumps(said))
            found.append(await _longest(process))
        figures.append(min(found))
    return [*figures, float(answered)]


async def _longest(process: Process) -> float:
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"\n")
    return float(await process.stdout.readline())


@asynccontextmanager
async def _server() -> AsyncIterator[tuple[Process, int]]:
    with on_core(SERVER_CORE):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.held_server", stdin=PIPE, stdout=PIPE
        )
    assert process.stdout
    try:
        yield process, int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def _ways(port: int) -> AsyncIterator[list[Send]]:
    """HTTP, server-sent events, and a websocket that is let in."""
    address = f"127.0.0.1:{port}/graphql"
    async with (
        httpx2.AsyncClient(timeout=60) as http,
        connect(f"ws://{address}", subprotocols=[Subprotocol(PROTOCOL)], compression=None, max_size=None) as socket,
    ):
        await socket.send(orjson.dumps({"type": "connection_init"}).decode())
        await socket.recv()

        async def post(body: bytes, headers: dict[str, str]) -> int:
            return len((await http.post(f"http://{address}", content=body, headers=headers)).content)

        yield [lambda body: post(body, JSON), lambda body: post(body, STREAM), lambda body: _subscribed(socket, body)]


async def _subscribed(socket: ClientConnection, operation: bytes) -> int:
    await socket.send((b'{"id":"a","type":"subscribe","payload":%b}' % operation).decode())
    message = await socket.recv()
    said: Any = orjson.loads(message)
    if said["type"] == "next":
        await socket.recv()
    return len(message)
