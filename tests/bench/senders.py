"""Microphones in a process of their own: `python -m tests.bench.senders`.

It takes one line of JSON on stdin, `[[WHIP address, whether it talks], ...]`, says so when all are connected, and sends
until stdin ends.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from typing import Final

import httpx2

from tests.bench.microphone import microphone
from tests.bench.microphones import send
from tests.bench.size import FULL
from tests.bench.speakers import muted, talking

VOICES: Final = 3


async def serve() -> None:
    """Connects, says so, and sends."""
    streams = json.loads(sys.stdin.readline())
    seconds = FULL.speech_seconds
    payloads = [
        talking(number % VOICES, seconds) if talks else muted(seconds) for number, (_, talks) in enumerate(streams)
    ]
    async with AsyncExitStack() as connected, httpx2.AsyncClient(timeout=30) as http:
        clients = [await connected.enter_async_context(microphone(http, url)) for url, _ in streams]
        sending = asyncio.create_task(send(clients, payloads))
        print("connected", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        sending.cancel()
        await asyncio.wait([sending])


if __name__ == "__main__":
    asyncio.run(serve())
