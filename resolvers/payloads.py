"""Payloads: carrying a command out, with every broken rule told as data."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from typing import TypeVar

from app.domain.refusals import Refusal
from app.domain.spaces import Space
from resolvers import mapping
from resolvers.context import Info
from schema.errors import UserError
from schema.payloads import SpacePayload

Result = TypeVar("Result")
Changed = TypeVar("Changed", bound=SpacePayload)


async def outcome(command: Awaitable[Result]) -> tuple[Result | None, list[UserError]]:
    """What the command answers, or None and every rule that said no. Faults are raised as they are."""
    result: Result | None = None
    errors: list[UserError] = []
    try:
        result = await command
    except* Refusal as refused:
        errors = [mapping.user_error(one) for one in _refusals(refused)]
    return result, errors


def _refusals(group: BaseExceptionGroup[Refusal]) -> Iterator[Refusal]:
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _refusals(one)
        else:
            yield one


async def changed(info: Info, payload: type[Changed], command: Awaitable[Space]) -> Changed:
    """The payload of a command that answers the changed Space."""
    space, errors = await outcome(command)
    return payload(space=info.context.shown(space) if space else None, user_errors=errors)
