"""Waiting for what is seen from outside only in the log."""

import asyncio

import pytest

DEADLINE_SECONDS = 20.0
POLL_SECONDS = 0.01


async def logged(caplog: pytest.LogCaptureFixture, text: str) -> None:
    """Waits until the log holds a text."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while text not in caplog.text:  # noqa: ASYNC110 (logging has no event to wait for)
            await asyncio.sleep(POLL_SECONDS)
