"""What carries the bus: the parts of a backend that broadcaster does not know of, and memory as the first of them."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any, Final

from broadcaster import BroadcastBackend, Event

MAILBOX_SIZE: Final = 256
"""Messages that wait for one subscriber; where more come, all of them give way to one `None`."""


class BusUnavailable(Exception):
    """The bus cannot be reached; the message is one sentence for people."""


class Message(Event):
    """A message as broadcaster passes it on; `data` is None where messages were lost."""

    def __init__(self, channel: str, data: bytes | None) -> None:
        super().__init__(channel, "")
        self.data = data


class Backend(BroadcastBackend, ABC):
    """What is asked of a backend besides: `subscribe` only sends, any number of times, and never fails."""

    is_up: bool = True
    """Whether messages pass, as far as is known."""

    @abstractmethod
    async def until_heard(self, channel: str) -> None:
        """Returns once messages of a subscribed channel arrive, or once `None` is sure to come before they do."""


class MemoryBackend(Backend):
    """Within one process."""

    def __init__(self) -> None:
        self._published: asyncio.Queue[Event] = asyncio.Queue(MAILBOX_SIZE)

    async def connect(self) -> None: ...

    async def disconnect(self) -> None: ...

    async def subscribe(self, channel: str) -> None: ...

    async def unsubscribe(self, channel: str) -> None: ...

    async def until_heard(self, channel: str) -> None: ...

    async def publish(self, channel: str, message: Any) -> None:
        await self._published.put(Message(channel, message))

    async def next_published(self) -> Event:
        return await self._published.get()
