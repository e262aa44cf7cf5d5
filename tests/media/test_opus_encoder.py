"""Opus of what people hear: FEC in speech or none, and streams that split and join without a click."""

from collections.abc import Callable

import numpy as np
import pytest

from media import opus_encoder
from media.opus import SAMPLE_RATE, TICK, LibopusDecoder, Sound, open_decoder, packet_duration
from media.opus_encoder import LibopusEncoder, OpusEncoder, PyAVEncoder, open_encoder
from media.returns import HANGOVER_TICKS
from tests.media.sounds import amplitude_at, decibels, speech, tone

LOOK_AHEAD = 312  # samples: Opus' own delay at 48 kHz
CLICK_DB = -50
"""Peak of what is not of a tone's own band, relative to full scale: 20 ms of speech that is coded anew."""


def bare() -> OpusEncoder:
    """An encoder that was told to leave FEC out."""
    encoder = LibopusEncoder()
    encoder.protect(False)
    return encoder


KINDS: list[Callable[[], OpusEncoder]] = [LibopusEncoder, PyAVEncoder]
ALL_KINDS = [*KINDS, bare]


def ticks(sound: Sound) -> list[Sound]:
    return np.split(sound[: len(sound) // TICK * TICK], range(TICK, len(sound) // TICK * TICK, TICK))


def decoded(packets: list[bytes]) -> Sound:
    decoder = open_decoder()
    return np.concatenate([decoder.decode(packet) for packet in packets])


def roughest(sound: Sound) -> float:
    """The sharpest bend between samples: what makes a click."""
    return float(np.abs(np.diff(sound, 2)).max())


def click(sound: Sound, above: float) -> float:
    """The most that is above so many Hz at any time, in dB of full scale."""
    window, step = np.blackman(TICK), TICK // 4
    pieces = np.lib.stride_tricks.sliding_window_view(sound, TICK)[::step] * window
    high = np.abs(np.fft.rfft(pieces))[:, np.fft.rfftfreq(TICK, 1 / SAMPLE_RATE) > above]
    return decibels(float(np.sqrt(np.square(high).sum(axis=1)).max()) * 2 / TICK)


@pytest.mark.parametrize("kind", ALL_KINDS)
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


@pytest.mark.parametrize("kind", ALL_KINDS)
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


def test_protection_begins_and_ends_with_the_next_packets() -> None:
    encoder, decoder = LibopusEncoder(), LibopusDecoder()
    voice = ticks(speech("Nobody shall miss a word of this, whatever gets lost on the way."))
    loud = [block for block in voice if np.abs(block).max() > 0.05]
    carrying = []
    for number, block in enumerate(loud[:90]):
        encoder.protect(not 30 <= number < 60)
        carrying.append(decoder.can_recover(encoder.encode(block)))
    # The packet after the change passes from one coder to the other, and that after the first one has one to carry.
    assert np.mean(carrying[2:30]) > 0.8
    assert not any(carrying[31:61])
    assert np.mean(carrying[62:]) > 0.8


@pytest.mark.parametrize("hz", [150, 440, 3000])
def test_changing_protection_makes_no_click_in_a_tone(hz: float) -> None:
    encoder = LibopusEncoder()
    packets = []
    for number, block in enumerate(ticks(tone(hz, 4.0, 0.3))):
        encoder.protect(number // 25 % 2 == 0)
        packets.append(encoder.encode(block))
    heard = decoded(packets)[10 * TICK :]
    assert click(heard, 2 * hz + 1000) < CLICK_DB
    assert amplitude_at(heard, hz) == pytest.approx(0.3, rel=0.1)


def test_changing_protection_is_not_heard_in_speech() -> None:
    voice = ticks(speech("Whether or not it carries the one before, a packet sounds as it did."))
    heard = {}
    for name, period in {"on": None, "off": 0, "changing": 10}.items():
        encoder, packets = LibopusEncoder(), []
        for number, block in enumerate(voice):
            encoder.protect(number // period % 2 == 0 if period else period is None)
            packets.append(encoder.encode(block))
        heard[name] = roughest(decoded(packets))
    assert heard["changing"] < 1.25 * max(heard["on"], heard["off"])


def test_splitting_while_protection_changes_is_heard_as_little() -> None:
    """Someone begins to talk with the very tick."""
    for protected in (True, False):
        shared = LibopusEncoder()
        shared.protect(not protected)
        blocks = ticks(tone(440, 2.0, 0.3))
        packets = [shared.encode(block) for block in blocks[:50]]
        private = shared.split()
        private.protect(protected)
        packets += [private.encode(block) for block in blocks[50:]]
        assert click(decoded(packets)[10 * TICK :], 2000) < CLICK_DB


def test_pyavs_encoder_stays_protected() -> None:
    encoder, decoder = PyAVEncoder(), LibopusDecoder()
    encoder.protect(False)
    voice = speech("Nobody shall miss a word of this, whatever gets lost on the way.")
    loud = [block for block in ticks(voice) if np.abs(block).max() > 0.05]
    assert np.mean([decoder.can_recover(encoder.encode(block)) for block in loud]) > 0.8


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
