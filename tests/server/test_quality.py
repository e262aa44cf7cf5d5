"""A full stage on real transport, WHIP in, WHEP back and HLS out: everyone hears all others and nobody themselves,
and however loud they are, nobody hears anything clipped."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from media.encoder import PRIMING_SAMPLES
from media.opus import SAMPLE_RATE, TICK, Sound
from tests.media.sounds import decibels, encode_opus, silence, speech, tone
from tests.media.whep_client import Ear, decoded, left_out
from tests.media.whip_client import Client
from tests.server.on_air import OnAir, on_air
from tests.whole.rooms import hearing

SPACE = "full"
STAGE = [f"person-{number}" for number in range(13)]
HZ = {person: round(350 * 1.17**number) for number, person in enumerate(STAGE)}
"""No tone is where Opus has its own noise of another: what that leaves is 63 dB and more below."""
LEVEL = 0.15
TOLERANCE_DB = 2.0
"""On a busy machine a microphone is late now and then, and concealed: a little quieter."""
OWN_DB = -60
TURN_SECONDS = 0.4
"""Each talks for two turns, the second of them together with the next one."""
FADE_SECONDS = 0.05
WINDOW, STEP = round(0.3 * SAMPLE_RATE), 5 * TICK
LOUDEST = 0.9
"""What anyone hears of thirteen who shout into clipping microphones, decoded."""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[OnAir]:
    async with on_air(tmp_path) as one:
        yield one


@asynccontextmanager
async def conversation(server: OnAir) -> AsyncIterator[tuple[dict[str, Client], dict[str, Ear]]]:
    """A microphone and an ear for everyone on stage, and an ear for someone without an account, whose name is empty."""
    await server.stage(SPACE, dict.fromkeys(STAGE, True))
    async with AsyncExitStack() as connected:
        ears = {
            person: await connected.enter_async_context(hearing(server.http, server.whep(SPACE, person)))
            for person in [*STAGE, ""]
        }
        clients = {person: Client() for person in STAGE}
        for person, client in clients.items():
            connected.push_async_callback(client.close)
            url, headers = server.whip(SPACE, person), {"Content-Type": "application/sdp"}
            answer = await server.http.post(url, content=await client.offer(), headers=headers)
            await client.accept(answer.raise_for_status().text)
        yield clients, ears


async def talk(server: OnAir, voices: Mapping[str, Sequence[bytes]]) -> tuple[dict[str, Sound], Sound]:
    """Everyone sends; what each hears by WHEP, and what listeners hear by HLS."""
    async with conversation(server) as (clients, ears):
        await asyncio.gather(*(clients[person].send_in_time(payloads) for person, payloads in voices.items()))
        heard = {person: decoded(ear.packets) for person, ear in ears.items()}
        late = await server.late_ticks(SPACE)
        assert all(left_out(ear.packets) <= late for ear in ears.values())
    await server.end(SPACE)
    (listened,) = await server.listen(SPACE)
    return heard, listened[PRIMING_SAMPLES:]


def in_turn(number: int) -> Sound:
    """Silence until it is this one's turn, then two turns of their tone, without an edge that all frequencies have."""
    voice = tone(HZ[STAGE[number]], 2 * TURN_SECONDS, LEVEL)
    fade = np.linspace(0, 1, round(FADE_SECONDS * SAMPLE_RATE), dtype=np.float32)
    voice[: fade.size] *= fade
    voice[-fade.size :] *= fade[::-1]
    return np.concatenate((silence(0.2 + number * TURN_SECONDS), voice, silence((len(STAGE) - number) * TURN_SECONDS)))


def levels(sound: Sound, hz: float) -> Sound:
    """The amplitude of a tone over 0.3 s, every 0.1 s, the last one first."""
    wave = np.exp(-2j * np.pi * hz * np.arange(WINDOW) / SAMPLE_RATE) * np.hanning(WINDOW)
    windows = sliding_window_view(sound, WINDOW)[::-STEP]
    amplitudes: Sound = 2 * np.abs(windows @ wave.astype(np.complex64)) / np.hanning(WINDOW).sum()
    return amplitudes


async def test_each_is_heard_by_all_others_and_not_by_themselves(server: OnAir) -> None:
    voices = {person: encode_opus(in_turn(number), bit_rate=64_000) for number, person in enumerate(STAGE)}
    heard, listened = await talk(server, voices)
    for person, hz in HZ.items():
        # All ears end with the same tick, or nearly.
        talks = np.flatnonzero(levels(heard[""], hz) > LEVEL * 0.9)
        assert talks.size >= 3
        found = {ear: levels(sound, hz)[talks] for ear, sound in heard.items()}
        # A hole is heard at every frequency, and a stalled machine makes some; a leak would be there all the time.
        own = float(np.quantile(found.pop(person), 0.25))
        assert decibels(own / LEVEL) < OWN_DB, person
        found["by HLS"] = levels(listened, hz).max(keepdims=True)
        others = {ear: float(np.quantile(level, 0.75)) for ear, level in found.items()}
        assert all(abs(decibels(level / LEVEL)) < TOLERANCE_DB for level in others.values()), (person, others)


async def test_thirteen_who_shout_are_limited_and_clipped_nowhere(server: OnAir) -> None:
    text = "All of us shout at once, and nobody waits for the others to come to an end!"
    shouts = {}
    for number, person in enumerate(STAGE):
        voice = speech(text, f"en+m{1 + number % 7}")[number * TICK :]
        clipped = np.clip(voice * np.float32(4 / np.abs(voice).max()), -1, 1)
        shouts[person] = encode_opus(np.concatenate((silence(0.2), clipped))[: 3 * SAMPLE_RATE], bit_rate=64_000)
    heard, listened = await talk(server, shouts)
    peaks = {person: float(np.abs(sound).max()) for person, sound in [*heard.items(), ("by HLS", listened)]}
    assert all(0.7 < peak <= LOUDEST for peak in peaks.values()), peaks
