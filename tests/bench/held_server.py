"""`python -m tests.bench.held_server`: the API over a world in memory, with a watch on what holds its loop.

It writes its port to stdout; then, for each line on stdin, a line: for how many ms of CPU the loop was held at
most by one callback since the last line.
"""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.events import Handle
from typing import Any

from app.collector import collect_seldom
from app.web.serving import bind, serving
from resolvers.api import build_schema
from tests.fakes.world import World
from tests.server.memory import served


class Watch:
    """What each callback of the loop takes, from now on. CPU of the thread: other work of the machine is not in it."""

    def __init__(self) -> None:
        self.longest = 0.0
        run: Any = Handle._run

        def watched(handle: Handle) -> None:
            begun = time.thread_time()
            run(handle)
            self.longest = max(self.longest, time.thread_time() - begun)

        setattr(Handle, "_run", watched)  # noqa: B010


async def serve() -> None:
    """Until stdin ends."""
    watch, lines = Watch(), asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    with bind("127.0.0.1", 0) as listening:
        async with serving(served(World(), build_schema()), listening):
            collect_seldom()
            print(listening.getsockname()[1], flush=True)
            while await lines.readline():
                print(watch.longest * 1000, flush=True)
                watch.longest = 0.0


if __name__ == "__main__":
    asyncio.run(serve())
