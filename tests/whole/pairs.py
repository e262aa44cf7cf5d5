"""Two server processes on one MongoDB and one Redis: a data folder each, with the same token.key in it, and the sound's
folder shared, as README has it.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.auth import signing_key
from app.mongod import Mongod
from tests.live.redis_server import running_redis
from tests.server.running import RunningServer, started


@dataclass
class Pair:
    """Two processes; the first may be killed."""

    first: RunningServer
    second: RunningServer


@asynccontextmanager
async def pairing(folder: Path, mongod: Mongod, **environment: str) -> AsyncIterator[Pair]:
    """Processes that share a database named after the folder, bus, key and sound."""
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(running_redis())
        settings = {
            "MONGODB_URI": mongod.uri.replace("/?", f"/{folder.name}?"),
            "BROADCAST_URL": redis.url,
            "MEDIA_ADDRESSES": "127.0.0.1",
            **environment,
        }
        servers = []
        for name in ("first", "second"):
            prepare_data(folder, name)
            servers.append(await stack.enter_async_context(started(folder / name, **settings)))
        yield Pair(*servers)


def prepare_data(folder: Path, name: str) -> None:
    """A data folder of its own, but for key and sound."""
    (folder / name).mkdir()
    (folder / "audio").mkdir(exist_ok=True)
    (folder / name / "audio").symlink_to(folder / "audio")
    signing_key(folder / "token.key")
    shutil.copy(folder / "token.key", folder / name)
