"""Results: an executed operation as the GraphQL specification writes it."""

from __future__ import annotations

from strawberry.types.execution import ExecutionResult, PreExecutionError


def never_executed(result: ExecutionResult) -> bool:
    """Whether the request itself failed, not a field of it: then there is no data at all, not even null (7.1)."""
    if not result.errors:
        return False
    return isinstance(result, PreExecutionError) or (
        result.data is None and all(error.path is None for error in result.errors)
    )


def payload_of(result: ExecutionResult) -> dict[str, object]:
    """The response map: data unless nothing was executed, errors and extensions where there are any (7.1)."""
    payload: dict[str, object] = {} if never_executed(result) else {"data": result.data}
    if result.errors:
        payload["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        payload["extensions"] = result.extensions
    return payload
