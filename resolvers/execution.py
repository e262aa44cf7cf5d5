"""Execution: graphql-core's, mended where a long subscription would leak."""

from __future__ import annotations

from typing import Any

from graphql.execution import Executor
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class Execution(StrawberryGraphQLCoreExecutionContext):
    """graphql-core 3.3.2 shares one cache of collected fields among all events of a subscription and fills it anew
    for each: some KB for every event and subscriber, kept until the subscription ends.
    """

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        """An executor for one event, with a cache of its own."""
        executor = super().build_per_event_executor(payload)
        executor._relevant_sub_fields = {}
        return executor
