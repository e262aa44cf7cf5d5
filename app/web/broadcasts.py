"""Broadcasts: what the transports ask of the API so that a subscription is executed once for many."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Hashable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol

from graphql import GraphQLError
from strawberry.types.execution import ExecutionResult

from app.services.closings import Gate
from app.services.ports import FeedItem
from app.services.viewers import Viewer

Begins = Literal["with the state", "with the newest", "with the next"]
"""What whoever joins is told first: the whole state and then each change of it, what was told last, or nothing.

It decides too what becomes of who is slow: they get what they have missed or else the state anew; the newest; or some.
"""


class Broadcast(Protocol):
    """One subscription that is the same for all who may follow it, as one of them asked for it."""

    @property
    def key(self) -> Hashable:
        """The same for all to whom the same is said."""

    @property
    def begins(self) -> Begins:
        """How it begins for each."""

    @property
    def after(self) -> int | None:
        """The version after which this one of them continues, if they do."""

    def admitted(self, viewer: Viewer | None) -> AbstractAsyncContextManager[Gate | None]:
        """Lets one of them in, while it is open; the gate shuts on whoever may follow no longer.

        None: this viewer needs an execution of their own. Raises what that would end with.
        """

    def results(self, after: int | None) -> AsyncGenerator[tuple[ExecutionResult, FeedItem | None], None]:
        """An execution for everyone; where it begins with the state, with what each result is of."""


class Broadcasts(Protocol):
    """Which subscriptions are broadcasts."""

    def find(self, query: str, variables: Mapping[str, Any] | None, operation_name: str | None) -> Broadcast | None:
        """None: let everyone have an execution of their own."""

    def errors_of(self, reason: Exception) -> list[GraphQLError]:
        """What a client is told whose subscription ended for this reason."""
