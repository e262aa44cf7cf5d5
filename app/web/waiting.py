"""Waiting: asyncio's Event and Queue for thousands of connections, which hold nothing while nobody waits for them."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Flag:
    """An `asyncio.Event` of a tenth of its size."""

    __slots__ = ("_is_set", "_waiting")

    def __init__(self, is_set: bool = False) -> None:
        self._is_set = is_set
        self._waiting: list[asyncio.Future[None]] | None = None

    def is_set(self) -> bool:
        """Whether it is."""
        return self._is_set

    def set(self) -> None:
        """Those who wait go on."""
        self._is_set = True
        for one in self._waiting or ():
            if not one.done():
                one.set_result(None)

    def clear(self) -> None:
        """From now on there is something to wait for."""
        self._is_set = False

    async def wait(self) -> bool:
        """Returns when it is set, True. Cancel-safe."""
        if self._is_set:
            return True
        turn = asyncio.get_running_loop().create_future()
        if self._waiting is None:
            self._waiting = []
        self._waiting.append(turn)
        try:
            await turn
        finally:
            self._waiting.remove(turn)
            if not self._waiting:
                self._waiting = None
        return True


class Inbox(Generic[Item]):
    """An `asyncio.Queue` without a bound, for one reader: whoever puts something in looks at its length."""

    __slots__ = ("_items", "_turn")

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._turn: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._items)

    def empty(self) -> bool:
        """Whether nothing is in it."""
        return not self._items

    def put_nowait(self, item: Item) -> None:
        """The reader gets it after what is in it already."""
        self._items.append(item)
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(None)

    async def get(self) -> Item:
        """The oldest, when there is one. Cancel-safe: what is not returned stays."""
        while not self._items:
            self._turn = asyncio.get_running_loop().create_future()
            try:
                await self._turn
            finally:
                self._turn = None
        return self._items.pop(0)
