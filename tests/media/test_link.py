"""The link between the processes: lines are apart, what does not fit is dropped, and its end is told."""

import asyncio

from media.frames import MAX_FRAME
from media.link import AT_ONCE, Link, socket_pair
from tests.waiting import until

Heard = list[bytes | None]


async def test_frames_come_in_order_on_their_line_and_nowhere_else() -> None:
    ours, theirs = (Link(end) for end in socket_pair())
    heard: dict[int, Heard] = {1: [], 2: []}
    assert theirs.open_line(heard[1].append) == 1
    assert theirs.open_line(heard[2].append) == 2
    for number in range(3 * AT_ONCE):
        assert ours.send(1 + number % 3, bytes([number]))
    await until(lambda: len(heard[1]) == len(heard[2]) == AT_ONCE, "all have come")
    assert heard[1] == [bytes([number]) for number in range(0, 3 * AT_ONCE, 3)]
    theirs.detach(2)
    ours.send(2, b"late")
    ours.send(1, b"last")
    await until(lambda: heard[1][-1] == b"last", "the last has come")
    assert heard[2][-1] != b"late"
    ours.close()
    await until(lambda: heard[1][-1] is None, "the end is told")
    assert theirs.closed
    theirs.attach(1, heard[2].append)
    assert heard[2][-1] is None, "on a closed link at once"
    assert not theirs.send(1, b"")
    theirs.close()


async def test_whoever_does_not_read_costs_no_memory() -> None:
    ours, theirs = socket_pair()
    with theirs:
        link = Link(ours)
        sent = sum(link.send(1, bytes(MAX_FRAME)) for _ in range(1000))
        assert 10 < sent < 1000
        assert link.dropped == 1000 - sent
        link.close()
    await asyncio.sleep(0)
