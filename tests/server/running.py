"""A real server in a process of its own, as `make run` starts it, and clients of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

import httpx2

from app.demo.client import Client

START_SECONDS = 240.0
STOP_SECONDS = 30.0
"""Far more than it takes on a busy machine: three seconds of CPU, with its database, are minutes at a load of 90."""


class RunningServer:
    """`python -m app serve` on a port, a free one unless said otherwise, and a data folder of its own."""

    def __init__(self, process: Process, url: str, printed: list[str], data: Path) -> None:
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


@asynccontextmanager
async def process(*arguments: str, environment: Mapping[str, str], stderr: int | BinaryIO) -> AsyncIterator[Process]:
    """`python -m` with these arguments. Whatever happens in the block it is gone after it, and slows no other test."""
    one = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *arguments),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr,
    )
    try:
        yield one
    finally:
        if one.returncode is None:
            one.kill()
            await one.wait()


@asynccontextmanager
async def started(data: Path, module: str = "app", **environment: str) -> AsyncIterator[RunningServer]:
    """A server that has printed its addresses, for tests that stop it themselves; else it is killed after the block.

    Raises `RuntimeError` with what it said if it ends instead.
    """
    # Captions cost a core, and each worker half a second of one: a test that needs them says so.
    environment = {"TRANSCRIBER": "off", "MEDIA_WORKERS": "1", **environment}
    arguments = (module, "serve", "--port", environment.pop("PORT", "0"), "--data", str(data))
    with stderr_of(data).open("wb") as stderr:
        async with process(*arguments, environment=environment, stderr=stderr) as one:
            yield await _up(one, data)


async def _up(server: Process, data: Path) -> RunningServer:
    assert server.stdout is not None
    printed: list[str] = []
    async with asyncio.timeout(START_SECONDS):
        async for line in server.stdout:
            printed.append(line.decode().strip())
            if printed[-1].startswith("GraphiQL:"):
                url = printed[-1].split()[1].removesuffix("/graphql")
                return RunningServer(server, url, printed, data)
    raise RuntimeError(f"the server ended with {await server.wait()}: {printed} {stderr_of(data).read_text()}")


@asynccontextmanager
async def running(data: Path, module: str = "app", **environment: str) -> AsyncIterator[RunningServer]:
    """A server that is stopped at the end of the block, whatever happened in it; no client may cause a traceback."""
    async with started(data, module, **environment) as server:
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
