"""`python -m tests.clients`: starts servers, runs every script here against them, and fails if one of them does."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tests.server.running import running

FOLDER = Path(__file__).parent
RELAY = FOLDER / "relay"
PERSISTED = RELAY / "persisted.json"
COMPILER = FOLDER / "node_modules" / "relay-compiler" / "cli.js"
SECONDS = 120.0
"""For each script: more is a hang, also on a busy machine."""


async def run() -> int:
    """How many scripts failed. Each is given the address of a server, and of one that is served by plain ASGI."""
    _forget_what_was_compiled()
    failed = await _node(COMPILER, "relay.config.json", folder=RELAY)
    with tempfile.TemporaryDirectory(prefix="spaces-clients-") as data:
        async with (
            running(Path(data) / "server", PERSISTED_DOCUMENTS=str(PERSISTED)) as server,
            running(Path(data) / "plain", "tests.clients.plain_server") as plain,
        ):
            for script in sorted(FOLDER.glob("*.mjs")):
                sys.stdout.write(f"{script.name}\n")
                sys.stdout.flush()
                failed += await _node(script, server.url, plain.url)
    return failed


def _forget_what_was_compiled() -> None:
    """The compiler adds what is new to both, and both must be there."""
    shutil.rmtree(RELAY / "__generated__", ignore_errors=True)
    (RELAY / "__generated__").mkdir()
    PERSISTED.write_text("{}")


async def _node(script: Path, *arguments: str, folder: Path = FOLDER) -> int:
    """1 where it failed, or is not done in time."""
    node = await asyncio.create_subprocess_exec("node", script, *arguments, cwd=folder)
    try:
        async with asyncio.timeout(SECONDS):
            await node.wait()
    except TimeoutError:
        node.kill()
        await node.wait()
    if node.returncode:
        sys.stderr.write(f"{script.name} failed: {node.returncode}\n")
    return int(node.returncode != 0)


if __name__ == "__main__":
    sys.exit(asyncio.run(run()))
