"""Keeping up with Spaces that are asked for, though nobody may follow them here: as many as there is room for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final

from app.feeds.channel import Channel

KEPT_SPACES: Final = 256
"""Spaces that are kept up with for those who ask for them."""
READ_ONCE: Final = 1024
"""Spaces that were asked for once; who asks again is likely to go on."""
KEPT_SECONDS: Final = 60.0
"""For how long after it was asked for last."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Followed:
    """A Space that is followed here, and by how many. `is_wanted`: it was asked for since somebody looked at this."""

    channel: Channel
    task: asyncio.Task[None]
    followers: int = 0
    is_wanted: bool = False


class Keeping:
    """Decides which Spaces are kept, and is a follower of each; `spawn` owns the tasks."""

    def __init__(
        self,
        followed: Mapping[str, Followed],
        channel_of: Callable[[str], AbstractAsyncContextManager[Channel]],
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self._followed = followed
        self._channel_of = channel_of
        self._spawn = spawn
        self._asked: dict[str, bool] = {}
        self._kept: dict[str, asyncio.Task[None]] = {}

    def ask(self, space_id: str) -> bool:
        """Whether the Space is kept from now on: for as long as it is asked for, if it was before and there is room."""
        if space_id in self._kept:
            return True
        if not self._asked.pop(space_id, False):
            self._asked[space_id] = True
            if len(self._asked) > READ_ONCE:
                del self._asked[next(iter(self._asked))]
            return False
        if len(self._kept) >= KEPT_SPACES and not self._made_room():
            return False
        self._kept[space_id] = self._spawn(self._hold(space_id))
        return True

    def _made_room(self) -> bool:
        """One that nobody asked for lately gives way, if there is such a one."""
        for space_id, task in self._kept.items():
            if (followed := self._followed.get(space_id)) and not followed.is_wanted:
                task.cancel()
                del self._kept[space_id]
                return True
        return False

    async def _hold(self, space_id: str) -> None:
        """Keeps the Space's channel open while it is asked for."""
        try:
            async with self._channel_of(space_id):
                followed, wanted = self._followed[space_id], True
                while wanted:
                    followed.is_wanted = False
                    await asyncio.sleep(KEPT_SECONDS)
                    wanted = followed.is_wanted
        except Exception as error:
            log.warning("Space %s is not kept up with: %r", space_id, error)
        finally:
            # Whoever gave way may be kept anew already, by another task.
            if self._kept.get(space_id) is asyncio.current_task():
                del self._kept[space_id]
