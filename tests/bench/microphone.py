"""A microphone on this machine that sends the Opus packets it is given, by WHIP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from media.peer import Address, listen_on
from tests.media.whip_client import Client

LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def microphone(http: httpx2.AsyncClient, whip_url: str) -> AsyncIterator[Client]:
    """Connected within the block."""
    # What aioice is told for the server's side counts for clients in this process too.
    listen_on([Address(LOOPBACK, LOOPBACK)])
    client = Client()
    try:
        headers = {"Content-Type": "application/sdp"}
        answer = await http.post(whip_url, content=await client.offer(), headers=headers)
        await client.accept(answer.raise_for_status().text)
        yield client
    finally:
        await client.close()
