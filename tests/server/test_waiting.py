"""Waiting: a flag and an inbox do what asyncio's own do, also for who is cancelled."""

from __future__ import annotations

import asyncio

from app.web.waiting import Flag, Inbox
from tests.server.memory import settled


async def test_all_who_wait_for_a_flag_go_on_but_who_was_cancelled() -> None:
    flag = Flag()
    waiting = [asyncio.create_task(flag.wait()) for _ in range(3)]
    await settled()
    waiting[1].cancel()
    await settled()
    assert [one.done() for one in waiting] == [False, True, False]
    flag.set()
    flag.clear()
    await settled()
    assert waiting[1].cancelled()
    assert waiting[0].result()
    assert waiting[2].result()
    assert not flag.is_set()
    flag.set()
    assert await flag.wait()


async def test_an_inbox_keeps_the_order_and_what_a_cancelled_reader_did_not_take() -> None:
    inbox = Inbox[int]()
    reader = asyncio.create_task(inbox.get())
    await settled()
    inbox.put_nowait(1)
    reader.cancel()
    await asyncio.wait([reader])
    assert reader.cancelled()
    inbox.put_nowait(2)
    assert len(inbox) == 2
    assert [await inbox.get(), await inbox.get()] == [1, 2]
    assert inbox.empty()
    reader = asyncio.create_task(inbox.get())
    await settled()
    inbox.put_nowait(3)
    assert await reader == 3
