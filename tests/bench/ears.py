"""An ear on this machine that takes what WHEP sends, and decodes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from media.peer import Address, listen_on
from tests.bench.microphone import LOOPBACK
from tests.media.whep_client import Ear


@asynccontextmanager
async def hearing(http: httpx2.AsyncClient, whep_url: str) -> AsyncIterator[Ear]:
    """Connected within the block."""
    listen_on([Address(LOOPBACK, LOOPBACK)])
    ear = Ear()
    try:
        answer = await http.post(whep_url, content=await ear.offer(), headers={"Content-Type": "application/sdp"})
        await ear.accept(answer.raise_for_status().text)
        yield ear
    finally:
        await ear.close()
