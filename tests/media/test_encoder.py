"""The AAC encoder: what its packets decode to, and how many there are."""

import os

import av
import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext
from hypothesis import given, settings
from hypothesis import strategies as st

from media.encoder import PACKET_SAMPLES, PRIMING_SAMPLES, AacEncoder
from tests.media.sounds import Sound, amplitude_at, fft_peaks, tone


def _encode(sound: Sound, block: int = 960) -> tuple[bytes, list[bytes]]:
    encoder = AacEncoder()
    packets = [
        packet for start in range(0, len(sound), block) for packet in encoder.encode(sound[start : start + block])
    ]
    return encoder.config, packets + encoder.flush()


def _decode(config: bytes, packets: list[bytes]) -> Sound:
    decoder = av.CodecContext.create("aac", "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.extradata = config
    frames = [frame for packet in packets for frame in decoder.decode(av.Packet(packet))] + decoder.decode(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def test_a_tone_comes_back_at_its_frequency_and_level_after_the_priming() -> None:
    sound = tone(1000, 2.0, level=0.4)
    heard = _decode(*_encode(sound))[PRIMING_SAMPLES:]
    steady = heard[4800:91200]
    assert fft_peaks(steady, 1) == [pytest.approx(1000, abs=1)]
    assert amplitude_at(steady, 1000) == pytest.approx(0.4, rel=0.03)
    assert np.abs(heard[: len(sound)] - sound).max() < 0.02


@pytest.mark.parametrize("samples", [1, 960, 1023, 1024, 1025, 48_000])
def test_packets_are_those_of_the_sound_rounded_up_and_one_of_priming(samples: int) -> None:
    _, packets = _encode(tone(300, 1.0)[:samples])
    assert len(packets) == -(-samples // PACKET_SAMPLES) + 1


@settings(max_examples=10, deadline=None)
@given(block=st.integers(1, 5000))
def test_packets_do_not_depend_on_the_blocks_the_sound_came_in(block: int) -> None:
    sound = tone(700, 0.2)
    assert _encode(sound, block) == _encode(sound)


def test_an_encoder_starts_no_threads() -> None:
    before = len(os.listdir("/proc/self/task"))
    encoders = [AacEncoder() for _ in range(3)]
    for encoder in encoders:
        encoder.encode(tone(300, 0.1))
    assert len(os.listdir("/proc/self/task")) <= before
