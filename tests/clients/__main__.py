"""`python -m tests.clients`: starts a server, runs every script here against it, and fails if one of them does."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.server.running import running

FOLDER = Path(__file__).parent
SECONDS = 60.0


async def run() -> int:
    """How many scripts failed."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="spaces-clients-") as data:
        async with running(Path(data) / "server") as server:
            for script in sorted(FOLDER.glob("*.mjs")):
                sys.stdout.write(f"{script.name}\n")
                sys.stdout.flush()
                node = await asyncio.create_subprocess_exec("node", script, server.url, cwd=FOLDER)
                async with asyncio.timeout(SECONDS):
                    failed += await node.wait() != 0
    return failed


if __name__ == "__main__":
    sys.exit(asyncio.run(run()))
