"""The media process: obeys, answers what is broken, and ends as it should whoever dies."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from media import control
from media.channel import MAX_LINE, Channel, Frame
from media.control import Ready
from media.link import socket_pair
from media.process import ROOT, MediaProcess, ProcessGone
from media.recordings import Recordings
from media.refusals import RefusalCode
from tests.processes import is_there
from tests.waiting import DEADLINE, until

ONE_SECOND = 48_000


@asynccontextmanager
async def media_process() -> AsyncIterator[MediaProcess]:
    """A media process that listens on the loopback, stopped with the context."""
    process = await MediaProcess.start(["127.0.0.1"], lambda event: None)
    try:
        yield process
    finally:
        await process.stop()


async def test_commands_are_obeyed_in_order_and_opening_or_closing_twice_changes_nothing(tmp_path: Path) -> None:
    async with media_process() as process:
        answers = await asyncio.gather(
            process.ask(control.Open("s", str(tmp_path), True)),
            process.ask(control.SetStage("s", 1, {"ann": True})),
            process.ask(control.Open("s", str(tmp_path), True)),
            process.ask(control.GetStats()),
            process.ask(control.Close("s")),
            process.ask(control.Close("s")),
            process.ask(control.GetStats()),
        )
    assert [type(answer).__name__ for answer in answers] == ["Done", "Done", "Done", "Stats", "Done", "Done", "Stats"]
    on_air, off_air = (answer for answer in answers if isinstance(answer, control.Stats))
    assert on_air.figures.keys() == {"s", "s/ann"}
    assert off_air.figures == {}


async def test_what_cannot_be_done_is_refused_by_name(tmp_path: Path) -> None:
    async with media_process() as process:
        await process.ask(control.Open("s", str(tmp_path), True))
        await process.ask(control.SetStage("s", 1, {"ann": True}))
        refused: list[tuple[control.Command, RefusalCode]] = [
            (control.SetStage("other", 1, {}), RefusalCode.NOT_ON_AIR),
            (control.OfferMicrophone("other", "ann", ""), RefusalCode.NOT_ON_AIR),
            (control.OfferMicrophone("s", "ann", "garbage"), RefusalCode.MALFORMED),
            (control.Trickle("s", "none", ""), RefusalCode.UNKNOWN_SESSION),
            (control.JoinMicrophone("other", "ann", 1), RefusalCode.NOT_ON_AIR),
            (control.JoinMicrophone("s", "ben", 1), RefusalCode.NOT_ON_STAGE),
            (control.JoinListener("other", "ben", 1), RefusalCode.NOT_ON_AIR),
        ]
        for command, code in refused:
            answer = await process.ask(command)
            assert isinstance(answer, control.Refusal)
            assert answer.code is code
        joined = await process.ask(control.JoinMicrophone("s", "ann", 1))
        assert isinstance(joined, control.Joined)
        trickled = await process.ask(control.Trickle("s", joined.session_id, ""))
        assert isinstance(trickled, control.Refusal)
        assert trickled.code is RefusalCode.NOT_ACCEPTABLE
        assert await process.ask(control.HangUp("s", "none")) == control.Done()
        assert isinstance(await process.ask(control.GetStats()), control.Stats)


async def test_broken_lines_are_answered_and_the_process_goes_on() -> None:
    ours, theirs = socket.socketpair()
    our_sound, their_sound = socket_pair()
    with our_sound, theirs, their_sound:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "media", "--control-fd", str(theirs.fileno()), "--address", "127.0.0.1"),
            f"--sound-fd={their_sound.fileno()}",
            pass_fds=[theirs.fileno(), their_sound.fileno()],
            cwd=ROOT,
        )
    reader, writer = await asyncio.open_connection(sock=ours, limit=MAX_LINE)
    channel = Channel(reader, writer)
    async with asyncio.timeout(DEADLINE):
        assert await channel.receive() == Frame(Ready())
        writer.write(b'nonsense\n{"id":7,"kind":"Close","body":{}}\n')
        channel.send(control.Done(), 8)
        channel.send(control.GetStats(), 9)
        frames = [await channel.receive() for _ in range(4)]
        await channel.close()
        assert await child.wait() == 0
    refusals = [frame for frame in frames if frame and isinstance(frame.message, control.Refusal)]
    assert [frame.id for frame in refusals] == [None, 7, 8]
    assert frames[3] == Frame(control.Stats({}), 9)


async def test_asking_a_process_that_dies_raises_and_hangs_nobody(tmp_path: Path) -> None:
    async with media_process() as process:
        await process.ask(control.Open("s", str(tmp_path), True))
        os.kill(process.pid, signal.SIGSTOP)
        asked = asyncio.create_task(process.ask(control.GetStats()))
        await asyncio.sleep(0)
        process.kill()
        with pytest.raises(ProcessGone):
            await asked
        await process.wait()
        assert process.exit_code == -signal.SIGKILL
        with pytest.raises(ProcessGone):
            await process.ask(control.GetStats())


async def test_a_process_that_is_stuck_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.process.ANSWER_SECONDS", 0.2)
    async with media_process() as process:
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(ProcessGone, match="did not answer"):
            await process.ask(control.GetStats())
        await process.wait()
        assert process.exit_code == -signal.SIGKILL


PARENT = """
import asyncio, os, signal, sys
from media import control
from media.process import MediaProcess

async def main():
    process = await MediaProcess.start(["127.0.0.1"], print)
    await process.ask(control.Open("s", sys.argv[1], True))
    print(process.pid, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_when_the_parent_is_killed_the_take_is_finalised_and_the_process_exits(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(tmp_path / "s")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    child = int(await parent.stdout.readline())
    recordings = Recordings(tmp_path)

    async def a_second() -> bool:
        return await recordings.duration("s") >= ONE_SECOND

    await until(a_second, "a second is recorded")
    parent.stdin.close()
    assert await parent.wait() == -signal.SIGKILL

    await until(lambda: not is_there(child), "the media process has exited")
    playlist = await recordings.replay_playlist("s")
    assert playlist is not None
    assert playlist.rstrip().endswith("#EXT-X-ENDLIST")
    assert await recordings.duration("s") >= ONE_SECOND
