"""Asking: who stands behind a request or a socket, and the context their operations run in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from strawberry import Schema

from app.services.ports import Clock
from app.services.viewers import Viewer

Authenticate = Callable[[str | None], Awaitable[Viewer | None]]
"""Who sends this Authorization; None: anonymous. Raises `Unauthenticated`. It is `Viewers.of`."""

ContextOf = Callable[[Viewer | None, str], object]
"""The context of one operation, for a viewer at a network address."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Someone who was let in. `ends_at` is when their token ends, by the loop's clock; None: never."""

    viewer: Viewer | None
    address: str
    ends_at: float | None
    context_of: ContextOf

    def context(self) -> object:
        """A context of its own for each operation."""
        return self.context_of(self.viewer, self.address)


@dataclass(frozen=True, slots=True)
class Door:
    """What every transport needs: the schema, and the way to let someone in."""

    schema: Schema
    authenticate: Authenticate
    context_of: ContextOf
    clock: Clock

    async def let_in(self, connection: HTTPConnection, authorization: str | None) -> Asking:
        """Raises `Unauthenticated`: a token that is no good is never taken for none."""
        viewer = await self.authenticate(authorization)
        address = connection.client.host if connection.client else "unknown"
        return Asking(viewer, address, self._ends_at(viewer), self.context_of)

    def _ends_at(self, viewer: Viewer | None) -> float | None:
        if viewer is None:
            return None
        left = viewer.expires_at - self.clock()
        return asyncio.get_running_loop().time() + left.total_seconds()
