"""A subscriber of a Space's events over a websocket of its own, who notes when each message comes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from websockets.asyncio.client import ClientConnection, connect

from app.demo.client import PROTOCOL
from tests.waiting import until

SUBSCRIPTION: Final = """
subscription Events($spaceId: ID!) {
  spaceEvents(spaceId: $spaceId) {
    __typename version at
    ... on MicrophoneOpened { userId }
    ... on MicrophoneClosed { userId closedById }
  }
}"""


class Subscriber:
    """`version` is the newest seen, `arrived` when (by `time.perf_counter`); `events` and `pongs` count."""

    def __init__(self, socket: ClientConnection) -> None:
        self.version = 0
        self.arrived = 0.0
        self.events = 0
        self.pongs = 0
        self._socket = socket

    async def ping(self) -> None:
        """Asks for a `pong` of graphql-transport-ws: the least message that the server answers."""
        await self._socket.send('{"type":"ping"}')

    async def read(self) -> None:
        """Until the socket is closed."""
        async for text in self._socket:
            message = json.loads(text)
            if message["type"] == "pong":
                self.pongs += 1
            elif message["type"] == "next":
                self.version = message["payload"]["data"]["spaceEvents"]["version"]
                self.arrived = time.perf_counter()
                self.events += 1


@asynccontextmanager
async def subscribed(server_url: str, space_id: str) -> AsyncIterator[Subscriber]:
    """Within the block it follows the Space, its first message seen."""
    address = server_url.replace("http", "ws", 1) + "/graphql"
    async with connect(address, subprotocols=[PROTOCOL], compression=None) as socket:
        await socket.send('{"type":"connection_init"}')
        await socket.recv()
        payload = {"query": SUBSCRIPTION, "variables": {"spaceId": space_id}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        subscriber = Subscriber(socket)
        reading = asyncio.create_task(subscriber.read())
        try:
            await until(lambda: subscriber.events > 0, "the snapshot")
            yield subscriber
        finally:
            reading.cancel()
            await asyncio.wait([reading])
