"""Waiting for what must come true: tests wait for conditions, never for time to pass."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

DEADLINE = 60.0
"""Seconds until a condition that has not come true fails the test; a busy machine is very slow."""
LOOK_EVERY = 0.01


async def until(
    condition: Callable[[], bool | Awaitable[bool]],
    what: str,
    *,
    deadline: float = DEADLINE,
    look_every: float = LOOK_EVERY,
) -> None:
    """Returns once the condition holds; AssertionError naming `what` where it does not in time."""
    try:
        async with asyncio.timeout(deadline):
            while True:
                held = condition()
                if await held if inspect.isawaitable(held) else held:
                    return
                await asyncio.sleep(look_every)
    except TimeoutError:
        raise AssertionError(f"not within {deadline:.0f} s: {what}") from None
