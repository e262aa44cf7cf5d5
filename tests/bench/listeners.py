"""What low-latency listeners cost the web process, with no cache before it: each waits for every part and playlist."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urljoin, urlsplit

from app.demo import operations
from tests.bench.cpu import cpu_seconds
from tests.bench.live_space import open_space
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.server.running import client_of
from tests.waiting import until

HINT: Final = re.compile(rb'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="(.*part-(\d+)-(\d+)\.m4s)"')
LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


async def measure(size: Size, place: Place) -> list[Table]:
    """CPU for each listener with an account and without, beyond what the server does without any."""
    server = await place.server()
    rows: list[list[Cell]] = []
    async with client_of(server) as anyone, open_space(anyone) as space:
        for name, who in (("without an account", anyone), ("with an account", space.host)):
            url = (await who.call(operations.AUDIO, spaceId=space.id))["audio"]["hlsUrl"]
            idle, _ = await _cost(server.process.pid, size.live_seconds, [])
            async with _listening(url, size.listeners) as listeners:
                busy, parts = await _cost(server.process.pid, size.live_seconds, listeners)
            rows.append([name, (busy - idle) * 1000 / size.listeners, parts / size.listeners])
    note = (
        f"{size.listeners} at a time for {size.live_seconds:g} s, each over two connections (loopback): one "
        f"for the next playlist, one for the part that the last one hinted at. Where there are fewer parts than 3.9 a "
        f"second, the machine was too busy for all."
    )
    return [Table("Low-latency listeners", ["listener", "CPU ms per second", "parts per second"], rows, note)]


class Listener:
    """A player that does nothing with the sound, so that many fit into one process."""

    def __init__(self) -> None:
        self.parts = 0

    async def listen(self, url: str) -> None:
        """Until cancelled."""
        address = urlsplit(url)
        async with _connection(address.netloc) as playlists, _connection(address.netloc) as sound:
            playlist = await playlists.get(address.path)
            while True:
                hint = HINT.search(playlist)
                if hint is None:
                    raise RuntimeError(f"no hint in {playlist!r}")
                uri, segment, part = (one.decode() for one in hint.groups())
                playlist, _ = await asyncio.gather(
                    playlists.get(f"{address.path}?_HLS_msn={segment}&_HLS_part={part}"),
                    sound.get(urlsplit(urljoin(url, uri)).path),
                )
                self.parts += 1


class Connection:
    """HTTP/1.1, one request after the other: a client library would cost more than the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host

    async def get(self, path: str) -> bytes:
        """The body. Raises `RuntimeError` for anything but 200."""
        self._writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not head.startswith(b"HTTP/1.1 200 ") or length is None:
            raise RuntimeError(f"{path}: {head!r}")
        return await self._reader.readexactly(int(length[1]))


@asynccontextmanager
async def _connection(host: str) -> AsyncIterator[Connection]:
    name, _, port = host.rpartition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    try:
        yield Connection(reader, writer, host)
    finally:
        writer.close()


@asynccontextmanager
async def _listening(url: str, count: int) -> AsyncIterator[list[Listener]]:
    """So many who have all heard something when the block begins."""
    listeners = [Listener() for _ in range(count)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.listen(url)) for one in listeners]
        await until(lambda: all(one.parts for one in listeners), "a part for everyone")
        yield listeners
        for task in tasks:
            task.cancel()


async def _cost(pid: int, seconds: float, listeners: list[Listener]) -> tuple[float, float]:
    """CPU seconds of the process, and parts that these listeners got, each second."""
    before, parts, begun = cpu_seconds(pid), sum(one.parts for one in listeners), time.monotonic()
    await asyncio.sleep(seconds)
    took = time.monotonic() - begun
    return (cpu_seconds(pid) - before) / took, (sum(one.parts for one in listeners) - parts) / took
