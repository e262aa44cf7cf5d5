"""Asking: who stands behind a request or a socket, and the context their operations run in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.requests import HTTPConnection
from strawberry.types.execution import ExecutionResult

from app.services.closings import Closings
from app.services.ports import Clock, LoggedOut
from app.services.viewers import Viewer
from app.web.broadcasts import Broadcasts
from app.web.groups import Groups
from app.web.persisted import PersistedDocuments
from app.web.rates import Rates

Authenticate = Callable[[str | None], Awaitable[Viewer | None]]
"""Who sends this Authorization; None: anonymous. Raises `Unauthenticated`. It is `Viewers.of`."""

Recognize = Callable[[str], Viewer | None]
"""Who sends this Authorization, as far as it is known without asking; None says nothing. It is `Viewers.at_hand`."""

ContextOf = Callable[[Viewer | None, str], object]
"""The context of one operation, for a viewer at a network address."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Someone who was let in. `ends_at` is when their token ends, by the loop's clock; None: never."""

    viewer: Viewer | None
    address: str
    authorization: str | None
    ends_at: float | None
    context_of: ContextOf

    def context(self) -> object:
        """A context of its own for each operation."""
        return self.context_of(self.viewer, self.address)


class Api(Protocol):
    """Strawberry's schema, which knows some answers without executing anything."""

    @property
    def execute(self) -> Callable[..., Awaitable[ExecutionResult]]:
        """See `strawberry.Schema`."""

    @property
    def stream(self) -> Callable[..., Awaitable[Any]]:
        """See `strawberry.Schema`."""

    def only_looks(self, query: str, operation_name: str | None) -> bool:
        """Whether it is known to be a query, which changes nothing and has one answer."""

    def at_hand(
        self, query: str, variables: dict[str, Any] | None, operation_name: str | None, context: Any
    ) -> bytes | None:
        """The whole answer in JSON; None: execute it. Never waits."""


@dataclass(frozen=True, slots=True)
class Door:
    """What every transport needs: the schema, and the way to let someone in."""

    schema: Api
    authenticate: Authenticate
    recognize: Recognize
    context_of: ContextOf
    closings: Closings
    clock: Clock
    rates: Rates
    persisted: PersistedDocuments
    broadcasts: Broadcasts
    groups: Groups = field(default_factory=Groups)

    def knock(self, connection: HTTPConnection) -> None:
        """Before anything is looked up for a request. Raises `TooFast`."""
        if client := connection.client:
            self.rates.take_address(client.host, asyncio.get_running_loop().time())

    def allow(self, asking: Asking) -> None:
        """Before an operation is executed. Raises `TooFast`."""
        if asking.viewer:
            self.rates.take_viewer(asking.viewer.person.id, asyncio.get_running_loop().time())

    @asynccontextmanager
    async def watching(self, asking: Asking, end: Callable[[], None]) -> AsyncIterator[None]:
        """While this is open `end` is called when the token is logged out. Raises `Unauthenticated` if it is so now."""
        if asking.viewer is None:
            yield
            return
        with self.closings.on(LoggedOut(asking.viewer.token_id), end):
            # It may have been logged out between letting in and listening.
            await self.authenticate(asking.authorization)
            yield

    async def let_in(self, connection: HTTPConnection, authorization: str | None, *, looks: bool = False) -> Asking:
        """Raises `Unauthenticated`: a token that is no good is never taken for none.

        Who only looks is not looked up again within some seconds; whoever changes or follows something is.
        """
        known = self.recognize(authorization) if looks and authorization else None
        viewer = known or await self.authenticate(authorization)
        client = connection.client
        address = client.host if client else "unknown"
        return Asking(viewer, address, authorization, self._ends_at(viewer), self.context_of)

    def _ends_at(self, viewer: Viewer | None) -> float | None:
        if viewer is None:
            return None
        left = viewer.expires_at - self.clock()
        return asyncio.get_running_loop().time() + left.total_seconds()
