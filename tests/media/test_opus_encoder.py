"""Opus of what people hear: FEC in every packet of speech, and streams that split and join without a click."""

from collections.abc import Callable

import numpy as np
import pytest

from media import opus_encoder
from media.opus import SAMPLE_RATE, TICK, LibopusDecoder, Sound, open_decoder, packet_duration
from media.opus_encoder import LibopusEncoder, OpusEncoder, PyAVEncoder, open_encoder
from media.returns import HANGOVER_TICKS
from tests.media.sounds import amplitude_at, speech, tone

LOOK_AHEAD = 312  # samples: Opus' own delay at 48 kHz
KINDS: list[Callable[[], OpusEncoder]] = [LibopusEncoder, PyAVEncoder]


def ticks(sound: Sound) -> list[Sound]:
    return np.split(sound[: len(sound) // TICK * TICK], range(TICK, len(sound) // TICK * TICK, TICK))


def decoded(packets: list[bytes]) -> Sound:
    decoder = open_decoder()
    return np.concatenate([decoder.decode(packet) for packet in packets])


def roughest(sound: Sound) -> float:
    """The sharpest bend between samples: what makes a click."""
    return float(np.abs(np.diff(sound, 2)).max())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_encoded_is_heard_6_5_ms_later(kind: Callable[[], OpusEncoder]) -> None:
    encoder = kind()
    packets = [encoder.encode(block) for block in ticks(tone(440, 1.0, 0.3))]
    assert {packet_duration(packet) for packet in packets} == {TICK}
    heard = decoded(packets)[SAMPLE_RATE // 2 :]
    assert amplitude_at(heard, 440) == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_packets_of_speech_carry_the_one_before_once_more(kind: Callable[[], OpusEncoder]) -> None:
    encoder, decoder = kind(), LibopusDecoder()
    voice = speech("Nobody shall miss a word of this, whatever gets lost on the way.")
    loud = [(number, block) for number, block in enumerate(ticks(voice)) if np.abs(block).max() > 0.05]
    packets = {number: encoder.encode(block) for number, block in enumerate(ticks(voice))}
    carrying = [decoder.can_recover(packets[number]) for number, _ in loud]
    assert np.mean(carrying) > 0.8


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_splits_and_joins_without_a_click(kind: Callable[[], OpusEncoder]) -> None:
    """Someone hears a tone; they talk themselves for a second, which is only in the shared stream."""
    shared, private = kind(), None
    packets: list[bytes] = []
    own = ticks(tone(1000, 3.0, 0.3))
    for number, block in enumerate(ticks(tone(440, 3.0, 0.3))):
        talks = 50 <= number < 100
        if number == 50:
            private = shared.split()
        elif number == 100 + HANGOVER_TICKS:
            private = None
        # Whoever has a stream of their own hears that: the shared one goes on beside it.
        mine = private.encode(block) if private else None
        everyones = shared.encode(block + own[number] if talks else block)
        packets.append(mine or everyones)
    heard = decoded(packets)[10 * TICK :]
    assert roughest(heard) < 2 * roughest(tone(440, 1.0, 0.3))
    while_talking = heard[45 * TICK : 85 * TICK]
    assert amplitude_at(while_talking, 1000) < 1e-3 * amplitude_at(while_talking, 440), "60 dB down"


def test_splitting_leaves_both_streams_as_they_were() -> None:
    first, second = LibopusEncoder(), LibopusEncoder()
    blocks = ticks(tone(440, 1.0, 0.3))
    for block in blocks[:25]:
        assert first.encode(block) == second.encode(block)
    other = first.split()
    for block in blocks[25:]:
        other.encode(block * 0.5)
        assert first.encode(block) == second.encode(block)


def test_without_libopus_in_reach_pyav_encodes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(open_encoder(), LibopusEncoder)
    monkeypatch.setattr(opus_encoder, "libopus", lambda: None)
    assert isinstance(open_encoder(), PyAVEncoder)
    with pytest.raises(RuntimeError, match="libopus"):
        LibopusEncoder()
