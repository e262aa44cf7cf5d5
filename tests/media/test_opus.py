"""Opus packets by RFC 6716, and the contract of both decoders."""

import ctypes
import random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from media import opus
from media.opus import (
    MAX_PACKET,
    SAMPLE_RATE,
    LibopusDecoder,
    MalformedOpus,
    OpusDecoder,
    PyAVDecoder,
    open_decoder,
    packet_duration,
)
from tests.media.sounds import amplitude_at, encode_opus, fft_peaks, rms, speech, tone

SILK_20_MS = 9 << 3  # wideband, 20 ms, mono
CELT_2_5_MS = 28 << 3  # fullband, 2.5 ms, mono

both_decoders = pytest.mark.parametrize("decoder_type", [LibopusDecoder, PyAVDecoder])


def decode_all(decoder: OpusDecoder, payloads: list[bytes]) -> opus.Sound:
    return np.concatenate([decoder.decode(payload) for payload in payloads])


@pytest.mark.parametrize("frame_ms", [2.5, 5, 10, 20, 40, 60, 80, 100, 120])
def test_packets_of_every_length_tell_their_duration(frame_ms: float) -> None:
    for payload in encode_opus(tone(440, 0.5), frame_ms=frame_ms):
        assert packet_duration(payload) == frame_ms * SAMPLE_RATE / 1000


@pytest.mark.parametrize(
    ("payload", "duration"),
    [
        pytest.param(bytes([SILK_20_MS]), 960, id="one frame of no bytes: DTX"),
        pytest.param(bytes([SILK_20_MS | 1, 7, 7]), 1920, id="two equal frames"),
        pytest.param(bytes([SILK_20_MS | 2, 1, 7, 8, 8]), 1920, id="two frames of their own lengths"),
        pytest.param(bytes([SILK_20_MS | 3, 3, 7, 8, 9]), 2880, id="three equal frames"),
        pytest.param(bytes([SILK_20_MS | 3, 0x80 | 3, 1, 2, 7, 8, 8, 9]), 2880, id="three frames of their own lengths"),
        pytest.param(bytes([SILK_20_MS | 3, 0x40 | 1, 2, 7, 0, 0]), 960, id="one frame and padding"),
        pytest.param(bytes([CELT_2_5_MS | 3, 48]), MAX_PACKET, id="48 frames of 2.5 ms"),
    ],
)
def test_every_frame_count_code_is_understood(payload: bytes, duration: int) -> None:
    assert packet_duration(payload) == duration


@pytest.mark.parametrize(
    ("payload", "rule"),
    [
        pytest.param(b"", "R1", id="empty"),
        pytest.param(bytes([SILK_20_MS]) + bytes(1276), "R2", id="a frame of 1276 bytes"),
        pytest.param(bytes([SILK_20_MS | 1, 7]), "R3", id="two equal frames in one byte"),
        pytest.param(bytes([SILK_20_MS | 2]), "R4", id="a length is missing"),
        pytest.param(bytes([SILK_20_MS | 2, 5, 7]), "R4", id="a frame is cut off"),
        pytest.param(bytes([SILK_20_MS | 3, 0]), "R5", id="no frame"),
        pytest.param(bytes([SILK_20_MS | 3, 7]), "R5", id="140 ms"),
        pytest.param(bytes([SILK_20_MS | 3]), "R6", id="no count byte"),
        pytest.param(bytes([SILK_20_MS | 3, 0x40 | 1, 255]), "R6", id="padding is cut off"),
        pytest.param(bytes([SILK_20_MS | 3, 2, 7]), "R6", id="frames of unequal length"),
        pytest.param(bytes([SILK_20_MS | 3, 0x80 | 2, 9, 7]), "R7", id="a counted frame is cut off"),
    ],
)
def test_a_broken_rule_is_named(payload: bytes, rule: str) -> None:
    with pytest.raises(MalformedOpus, match=rule):
        packet_duration(payload)


def libopus_duration(payload: bytes) -> int | None:
    """What the reference implementation says of a packet: its duration, None when it refuses it."""
    library = opus.libopus()
    assert library is not None
    frames, size = (ctypes.c_void_p * 48)(), (ctypes.c_int16 * 48)()
    count = library.opus_packet_parse(payload, len(payload), None, frames, size, None)
    if count < 0:
        return None
    samples: int = library.opus_packet_get_nb_samples(payload, len(payload), SAMPLE_RATE)
    return samples


code_3_packets = st.builds(
    lambda toc, count, rest: bytes([toc | 3, count]) + rest,
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=24) | st.binary(min_size=240, max_size=1300),
)


@given(st.binary(max_size=16) | st.binary(min_size=1270, max_size=2600) | code_3_packets)
@example(bytes([SILK_20_MS | 3, 0x40 | 1, 255, 255]))
def test_packets_are_taken_and_refused_as_by_libopus(payload: bytes) -> None:
    try:
        duration = packet_duration(payload)
    except MalformedOpus:
        assert libopus_duration(payload) is None
    else:
        assert libopus_duration(payload) == duration


@both_decoders
@pytest.mark.parametrize("frame_ms", [2.5, 10, 20, 60, 120])
def test_a_tone_is_decoded_whole(decoder_type: type[OpusDecoder], frame_ms: float) -> None:
    payloads = encode_opus(tone(440, 1.2, 0.5), frame_ms=frame_ms, bit_rate=64_000)
    sound = decode_all(decoder_type(), payloads)
    assert sound.dtype == np.float32
    assert sound.size == sum(map(packet_duration, payloads))
    second = sound[4800 : 4800 + SAMPLE_RATE]
    assert fft_peaks(second, 1) == [440]
    assert amplitude_at(second, 440) == pytest.approx(0.5, rel=0.05)  # 0.4 dB


@both_decoders
@pytest.mark.parametrize("bit_rate", [16_000, 96_000])
def test_stereo_is_averaged(decoder_type: type[OpusDecoder], bit_rate: int) -> None:
    stereo = np.stack([tone(440, 1.2, 0.6), tone(440, 1.2, 0.2)])
    sound = decode_all(decoder_type(), encode_opus(stereo, bit_rate=bit_rate))
    assert amplitude_at(sound[9600:], 440) == pytest.approx(0.4, rel=0.05)  # 0.4 dB


@both_decoders
def test_concealment_goes_on_from_what_was_heard_and_fades(decoder_type: type[OpusDecoder]) -> None:
    decoder = decoder_type()
    heard = decode_all(decoder, encode_opus(tone(440, 0.5)))
    first = decoder.conceal(960)
    assert rms(first) > 0.5 * rms(heard[-4800:])
    later = [decoder.conceal(960) for _ in range(50)]
    assert rms(later[-1]) < 0.1 * rms(heard[-4800:])  # after a second 20 dB less


@both_decoders
@pytest.mark.parametrize("samples", [120, 480, 960, 1080, 4800, MAX_PACKET])
@pytest.mark.parametrize("frame_ms", [2.5, 10, 20, 60])
def test_what_is_asked_for_is_concealed(decoder_type: type[OpusDecoder], samples: int, frame_ms: float) -> None:
    decoder = decoder_type()
    assert decoder.conceal(samples).shape == (samples,)
    payloads = encode_opus(tone(440, 0.2), frame_ms=frame_ms)
    decode_all(decoder, payloads[:-1])
    assert decoder.recover(payloads[-1], samples).shape == (samples,)
    assert decoder.conceal(samples).shape == (samples,)


@both_decoders
@given(st.lists(st.binary(max_size=80) | code_3_packets, min_size=1, max_size=8))
def test_garbage_is_refused_or_bounded(decoder_type: type[OpusDecoder], payloads: list[bytes]) -> None:
    decoder = decoder_type()
    for payload in payloads:
        try:
            sound = decoder.decode(payload)
        except MalformedOpus:
            sound = decoder.conceal(960)
        assert np.isfinite(sound).all()
        assert np.abs(sound).max(initial=0) <= 1


@both_decoders
def test_an_empty_payload_is_refused(decoder_type: type[OpusDecoder]) -> None:
    with pytest.raises(MalformedOpus, match="R1"):
        decoder_type().decode(b"")


@both_decoders
def test_a_reset_forgets_all_sound(decoder_type: type[OpusDecoder]) -> None:
    decoder = decoder_type()
    decode_all(decoder, encode_opus(tone(440, 0.3)))
    decoder.reset()
    assert rms(decoder.conceal(960)) == 0
    payloads = encode_opus(tone(880, 0.3))
    decoder.reset()
    np.testing.assert_array_equal(decode_all(decoder, payloads), decode_all(decoder_type(), payloads))


@pytest.mark.parametrize("bit_rate", [12_000, 32_000, 96_000])  # SILK, hybrid, CELT
@pytest.mark.parametrize("channels", [1, 2])
def test_both_decoders_give_the_same_samples(channels: int, bit_rate: int) -> None:
    libopus, pyav, chance = LibopusDecoder(), PyAVDecoder(), random.Random(3)
    voice = speech("Both sound the same.")
    for payload in encode_opus(np.stack([voice, 0.3 * voice][:channels]), bit_rate=bit_rate):
        np.testing.assert_array_equal(libopus.decode(payload), pyav.decode(payload))
        samples = chance.choice([120, 240, 480, 960, 1080, 2880])
        np.testing.assert_array_equal(libopus.conceal(samples), pyav.conceal(samples))


def error_after_loss(payloads: list[bytes], decoder: OpusDecoder) -> float:
    """Every tenth packet is lost: the error of what is put in its place."""
    reference, errors = LibopusDecoder(), []
    for index, payload in enumerate(payloads[:-1]):
        wanted = reference.decode(payload)
        if index % 10 == 9:
            errors.append(decoder.recover(payloads[index + 1], 960) - wanted)
        else:
            decoder.decode(payload)
    return rms(np.concatenate(errors))


def test_lost_speech_is_recovered_from_the_next_packet() -> None:
    payloads = encode_opus(speech("She sells sea shells on the sea shore, and shall be sure to sell more."), fec=True)
    decoder = LibopusDecoder()
    assert sum(map(decoder.can_recover, payloads)) > len(payloads) / 2
    # A recovered frame is coded more coarsely, but it is what was said: less than half the error of inventing it.
    assert error_after_loss(payloads, decoder) < 0.5 * error_after_loss(payloads, PyAVDecoder())


def test_a_packet_without_fec_says_so() -> None:
    assert not any(map(LibopusDecoder().can_recover, [*encode_opus(tone(440, 0.2)), b"", b"\xff"]))


def test_without_libopus_in_reach_pyav_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(open_decoder(), LibopusDecoder)
    monkeypatch.setattr(opus, "libopus", lambda: None)
    assert isinstance(open_decoder(), PyAVDecoder)
    with pytest.raises(RuntimeError, match="libopus"):
        LibopusDecoder()
