"""GStreamer speaks by WHIP and hears by WHEP, beside FFmpeg's WHIP muxer: neither hears itself."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from media.opus import SAMPLE_RATE, TICK
from media.peer import Address, listen_on
from tests.media.whep_client import decoded
from tests.server.on_air import OnAir, on_air
from tests.server.test_returns import SETTLING, hearing, hears_only, levels, speaking

PYTHON = "/usr/bin/python3"
"""The system's: Debian's python3-gi and gir1.2-gst-plugins-bad-1.0 are its modules."""
BINDINGS = "import gi; gi.require_version('GstWebRTC', '1.0')"
TONES = {"ann": 400.0, "ben": 1000.0}
SECONDS = 12
"""Until it hears nothing else."""


@asynccontextmanager
async def gstreamer(server: OnAir, space_id: str, person: str, hz: float) -> AsyncIterator[asyncio.StreamReader]:
    """GStreamer within the block, and what it hears."""
    program = Path(__file__).with_name("gstreamer.py")
    process = await asyncio.create_subprocess_exec(
        *(PYTHON, str(program), server.whip(space_id, person), server.whep(space_id, person), f"{hz:g}"),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        if process.returncode is None:
            process.kill()
        # Its end is seen behind what it has said.
        await process.communicate()


@pytest.mark.skipif(
    subprocess.run([PYTHON, "-c", BINDINGS], check=False).returncode != 0, reason="GStreamer is not installed"
)
async def test_it_speaks_and_hears_everyone_else(tmp_path: Path) -> None:
    listen_on([Address("127.0.0.1", "127.0.0.1")])
    # GStreamer leaves the loopback out.
    async with on_air(tmp_path, addresses=()) as server:
        await server.stage("gst", dict.fromkeys(TONES, True))
        async with (
            gstreamer(server, "gst", "ann", TONES["ann"]) as heard,
            speaking(server, "gst", {"ben": TONES["ben"]}),
            hearing(server, "gst", "ben") as ben,
        ):
            assert await _comes_to_hear_only_ben(heard)
            sound = decoded(await ben.hears(SETTLING + 100))[SETTLING * TICK :]
            assert hears_only(sound, "ann"), levels(sound)


async def _comes_to_hear_only_ben(heard: asyncio.StreamReader) -> bool:
    for _ in range(SECONDS):
        second = np.frombuffer(await heard.readexactly(2 * SAMPLE_RATE), "<i2")
        if hears_only(np.tile(second / np.float32(32768), 2), "ben"):
            return True
    return False
