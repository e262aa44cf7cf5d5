"""The demo, run as a person runs it: against a server, and against what is none."""

import asyncio
import sys
from pathlib import Path

from app.demo.speaker import FIRST_SECONDS, LONGEST_SECONDS, back_off
from tests.server.running import running


async def demo(*arguments: str) -> tuple[int | None, str]:
    """Exit code and all it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "demo", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(120):
        printed, _ = await process.communicate()
    return process.returncode, printed.decode()


async def test_it_holds_a_conversation_checks_it_and_says_so(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server:
        code, printed = await demo("--url", server.url, "--seconds", "15", "--listeners", "12")
    assert code == 0, printed
    assert server.url in printed
    assert "/live.m3u8" in printed
    assert printed.splitlines()[-1].startswith("All worked:")


async def test_without_a_server_it_fails_with_one_sentence() -> None:
    code, printed = await demo("--url", "http://127.0.0.1:9", "--wait", "0.1")
    assert code == 1
    assert printed.strip() == "The demo failed: there is no server at http://127.0.0.1:9: start one with `make run`"


async def test_a_file_that_is_no_sound_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "speech.wav"
    wrong.write_text("no sound")
    async with running(tmp_path / "data") as server:
        code, printed = await demo("--url", server.url, "--listeners", "1", "--seconds", "5", str(wrong))
    assert code == 1
    assert len(printed.splitlines()) == 1
    assert "speech.wav" in printed


def test_whoever_is_cut_off_comes_back_soon_and_not_all_at_once() -> None:
    first = [back_off(0, chance) for chance in (0, 0.5, 1)]
    assert first == [FIRST_SECONDS / 2, FIRST_SECONDS * 0.75, FIRST_SECONDS]
    assert [back_off(attempt, 1) for attempt in range(8)] == [0.25, 0.5, 1, 2, 4, 8, LONGEST_SECONDS, LONGEST_SECONDS]
