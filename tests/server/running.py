"""A real server in a process of its own, as `make run` starts it, and clients of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from app.demo.client import Client

START_SECONDS = 120.0
STOP_SECONDS = 30.0
"""Both are for a busy machine: what hangs, hangs for longer."""


class RunningServer:
    """`python -m app serve` on a port, a free one unless said otherwise, and a data folder of its own."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, printed: list[str], data: Path) -> None:
        self.process = process
        self.url = url
        self.printed = printed
        self.data = data

    @property
    def complaints(self) -> str:
        """What it and its media process have written to stderr so far."""
        return stderr_of(self.data).read_text()

    async def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Signals the server and answers its exit code once it is gone."""
        if self.process.returncode is None:
            self.process.send_signal(how)
        async with asyncio.timeout(STOP_SECONDS):
            return await self.process.wait()


def stderr_of(data: Path) -> Path:
    """Where the stderr of the server with this data folder goes."""
    return data.with_name(f"{data.name}-stderr.txt")


async def start(data: Path, module: str = "app", **environment: str) -> RunningServer:
    """Returns when the server has printed its addresses. Raises `RuntimeError` with what it said if it ends instead."""
    with stderr_of(data).open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", module, "serve", "--port", environment.pop("PORT", "0"), "--data", str(data)),
            # Captions cost a core, and each worker half a second of one: a test that needs them says so.
            env={"TRANSCRIBER": "off", "MEDIA_WORKERS": "1", **os.environ, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )
    assert process.stdout is not None
    printed: list[str] = []
    async with asyncio.timeout(START_SECONDS):
        async for line in process.stdout:
            printed.append(line.decode().strip())
            if printed[-1].startswith("GraphiQL:"):
                url = printed[-1].split()[1].removesuffix("/graphql")
                return RunningServer(process, url, printed, data)
    raise RuntimeError(f"the server ended with {await process.wait()}: {printed} {stderr_of(data).read_text()}")


@asynccontextmanager
async def running(data: Path, module: str = "app", **environment: str) -> AsyncIterator[RunningServer]:
    """A server that is stopped at the end of the block, whatever happened in it; no client may cause a traceback."""
    server = await start(data, module, **environment)
    try:
        yield server
    finally:
        if server.process.returncode is None:
            await server.stop()
        sys.stderr.write(server.complaints)
    assert "Traceback" not in server.complaints


@asynccontextmanager
async def client_of(server: RunningServer) -> AsyncIterator[Client]:
    """An anonymous client; `as_person` makes one for a token."""
    async with httpx2.AsyncClient(timeout=30) as http:
        yield Client(http, server.url)
