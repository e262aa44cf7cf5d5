"""The whole server with a watch on its event loop: `python -m tests.bench.watched_server DATA`, set by the environment.

It prints its address; then, for each line on stdin, a line of JSON: by how many ms its loop was late since the last
one, every LOOK_SECONDS, and what its media processes say of themselves.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from app.config import Settings
from app.main import create_app
from app.web.serving import bind, serving

LOOK_SECONDS: Final = 0.005


async def watch(late: list[float]) -> None:
    """Notes the lateness of a timer in ms, for ever."""
    due = time.monotonic()
    while True:
        due = max(due + LOOK_SECONDS, time.monotonic())
        await asyncio.sleep(due - time.monotonic())
        late.append((time.monotonic() - due) * 1000)


async def serve(data: Path) -> None:
    """Until stdin ends."""
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    chosen: dict[str, Any] = {"data": data}
    settings = Settings(**chosen)
    with bind("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with create_app(settings, url) as app, serving(app.asgi, listening):
            late: list[float] = []
            watching = asyncio.create_task(watch(late))
            print(url, flush=True)
            while await asked.readline():
                said, stats = list(late), await app.live.stats()
                late.clear()
                print(json.dumps({"late": said, "stats": stats}), flush=True)
            watching.cancel()
            await asyncio.wait([watching])


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
