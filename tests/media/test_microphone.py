"""A microphone from RTP packets to blocks of sound: what is heard, how much of it, and what never is."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from media import opus
from media.microphone import Microphone
from media.opus import SAMPLE_RATE, TICK, LibopusDecoder, packet_duration
from tests.media.sounds import amplitude_at, decibels, encode_opus, fft_peaks, noise, rms, silence, speech, tone

Sound = NDArray[np.float32]
Heard = list[Sound | None]

LONG_TEXT = (
    "The north wind and the sun were disputing which was the stronger, when a traveller came along wrapped in a "
    "warm cloak. They agreed that the one who first succeeded in making the traveller take his cloak off should be "
    "considered stronger than the other."
)
TRAILING = 5 * TICK  # concealed when a talk spurt ends, before the microphone knows that it has


class Line:
    """Brings payloads to a microphone, one after the other in RTP's time, and notes what is heard tick by tick."""

    def __init__(self, microphone: Microphone, ssrc: int = 1) -> None:
        self.microphone, self.ssrc = microphone, ssrc
        self.timestamp, self.sequence = 2**32 - 4000, 2**16 - 20  # both wrap soon
        self.now = 0.0  # samples

    def bring(self, payloads: Sequence[bytes], lost: Sequence[int] = (), delays: Sequence[float] = ()) -> Heard:
        """Payloads arrive as they are sent, half a tick before a tick, but for lost ones and delays in samples."""
        arrivals = []
        sent = self.now + TICK / 2
        for index, payload in enumerate(payloads):
            if index not in lost:
                delay = delays[index] if delays else 0
                arrivals.append((sent + delay, payload, self.timestamp, self.sequence))
            duration = packet_duration(payload)
            sent += duration
            self.timestamp, self.sequence = (self.timestamp + duration) % 2**32, (self.sequence + 1) % 2**16
        arrivals.sort(key=lambda arrival: arrival[0], reverse=True)
        heard: Heard = []
        while self.now < sent - TICK / 2:
            self.now += TICK
            while arrivals and arrivals[-1][0] <= self.now:
                _, payload, timestamp, sequence = arrivals.pop()
                self.microphone.receive(payload, timestamp, sequence, self.ssrc)
            heard.append(self.microphone.tick())
        return heard

    def rest(self, ticks: int = 30) -> Heard:
        """Ticks in which nothing arrives."""
        self.now += ticks * TICK
        return [self.microphone.tick() for _ in range(ticks)]


def joined(heard: Heard) -> Sound:
    """The ticks in a row, silent ones too."""
    return np.concatenate([silence(0.02) if block is None else block for block in heard])


def decoded(payloads: list[bytes]) -> Sound:
    decoder = LibopusDecoder()
    return np.concatenate([decoder.decode(payload) for payload in payloads])


def opened() -> tuple[Microphone, Line]:
    microphone = Microphone()
    microphone.open = True
    return microphone, Line(microphone)


def losses(count: int, share: float) -> list[int]:
    """Which packets of a stream are lost; not the last ones, whose loss nothing after them shows."""
    chance = random.Random(5)
    return [index for index in range(count - 5) if chance.random() < share]


@pytest.mark.parametrize("frame_ms", [2.5, 5, 10, 20])
def test_without_loss_every_sample_is_heard_as_decoded(frame_ms: float) -> None:
    microphone, line = opened()
    payloads = encode_opus(speech("Every sample."), frame_ms=frame_ms)
    heard = joined(line.bring(payloads) + line.rest())
    start = next(index for index in range(0, heard.size, TICK) if heard[index : index + TICK].any())
    wanted = decoded(payloads)
    wanted = wanted[: wanted.size - wanted.size % TICK]
    assert start <= 2 * TICK
    np.testing.assert_array_equal(heard[start + 240 : start + wanted.size], wanted[240:])  # after the fade-in
    assert microphone.stats.concealed_samples <= TRAILING + TICK
    assert microphone.stats.received == len(payloads)


@pytest.mark.parametrize("frame_ms", [40, 60, 120])
def test_long_packets_are_heard_whole(frame_ms: float) -> None:
    microphone, line = opened()
    payloads = encode_opus(tone(440, 6.0), frame_ms=frame_ms)
    heard = joined(line.bring(payloads))[SAMPLE_RATE : 5 * SAMPLE_RATE]
    assert fft_peaks(heard, 1) == [440]
    assert amplitude_at(heard, 440) == pytest.approx(0.5, rel=0.05)  # 0.4 dB
    assert microphone.stats.lost == microphone.stats.concealed_samples == 0


def test_a_steady_stream_is_heard_30_ms_after_it_came() -> None:
    microphone, line = opened()
    line.bring(encode_opus(tone(440, 2.0)))
    assert microphone.stats.delay_ms == pytest.approx(30)


@pytest.mark.parametrize("share", [0.05, 0.1])
@pytest.mark.parametrize("frame_ms", [10, 20, 60])
def test_a_tone_keeps_its_level_under_loss(share: float, frame_ms: float) -> None:
    microphone, line = opened()
    payloads = encode_opus(tone(440, 10.0, 0.5), frame_ms=frame_ms, fec=True)
    lost = losses(len(payloads), share)
    heard = joined(line.bring(payloads, lost))[SAMPLE_RATE : 9 * SAMPLE_RATE]
    stats = microphone.stats
    assert stats.lost == len(lost) > 0
    assert stats.recovered_samples + stats.concealed_samples == len(lost) * frame_ms * 48
    assert fft_peaks(heard, 1) == pytest.approx([440], abs=1)  # Hz
    # Concealment is a little quieter than what it stands for: 0.5 dB at 5 %, 1 dB at 10 %.
    assert abs(decibels(rms(heard) / rms(tone(440, 1.0, 0.5)))) < 10 * share


@pytest.mark.parametrize("share", [0.05, 0.1])
def test_speech_under_loss_is_mostly_recovered_and_stays_in_time(share: float) -> None:
    microphone, line = opened()
    payloads = encode_opus(speech(LONG_TEXT), fec=True)
    lost = losses(len(payloads), share)
    heard = joined(line.bring(payloads, lost) + line.rest())
    stats = microphone.stats
    assert stats.lost == len(lost) > 10
    assert stats.recovered_samples + stats.concealed_samples == len(lost) * TICK + TRAILING
    assert stats.recovered_samples > 0.6 * len(lost) * TICK
    wanted = decoded(payloads)
    error = heard[TICK : TICK + wanted.size] - wanted
    assert decibels(rms(error) / rms(wanted)) < -8  # any shift in time would bring the error above 0 dB


def test_without_fec_in_reach_loss_is_concealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opus, "libopus", lambda: None)
    microphone, line = opened()
    payloads = encode_opus(tone(440, 4.0), fec=True)
    lost = losses(len(payloads), 0.05)
    heard = joined(line.bring(payloads, lost))[SAMPLE_RATE // 2 :]
    assert microphone.stats.recovered_samples == 0
    assert microphone.stats.concealed_samples == len(lost) * TICK > 0
    assert amplitude_at(heard, 440) == pytest.approx(0.5, rel=0.1)  # 1 dB


def test_jitter_of_30_ms_costs_little_sound_and_bounded_delay() -> None:
    microphone, line = opened()
    payloads = encode_opus(speech(LONG_TEXT))
    chance = random.Random(7)
    heard = joined(line.bring(payloads, delays=[chance.uniform(0, 0.03 * SAMPLE_RATE) for _ in payloads]))
    assert microphone.stats.late <= len(payloads) * 0.02
    assert microphone.stats.concealed_samples <= 0.02 * heard.size
    assert microphone.stats.delay_ms < 80
    assert abs(decibels(rms(heard) / rms(decoded(payloads)))) < 0.5


def test_a_delay_grown_in_a_stall_is_shortened_in_the_pauses() -> None:
    microphone, line = opened()
    payloads = encode_opus(np.concatenate([speech("One."), silence(0.5), speech("Two."), silence(0.5)] * 4))
    stall = [max(0, 12 - index) * float(TICK) for index in range(len(payloads))]
    heard = joined(line.bring(payloads, delays=stall) + line.rest())
    stats = microphone.stats
    assert stats.skipped_samples >= 8 * TICK
    assert stats.delay_ms < 60
    assert stats.dropped == stats.lost == 0
    energy = float(np.sum(np.square(heard, dtype=np.float64)))
    wanted = float(np.sum(np.square(decoded(payloads), dtype=np.float64)))
    assert abs(10 * np.log10(energy / wanted)) < 0.2  # dB: no word was skipped


def test_a_tick_is_skipped_without_a_click() -> None:
    microphone, line = opened()
    payloads = encode_opus(tone(110, 6.0, 0.005), bit_rate=96_000)
    stall = [max(0, 8 - index) * float(TICK) for index in range(len(payloads))]
    heard = joined(line.bring(payloads, delays=stall))[SAMPLE_RATE:]
    assert microphone.stats.skipped_samples >= 4 * TICK
    assert rms(heard) == pytest.approx(0.005 / np.sqrt(2), rel=0.1)
    # 20 ms are 2.2 periods: a bare cut would jump by up to 0.006. The tone itself moves by 0.00007 a sample.
    assert np.abs(np.diff(heard)).max() < 0.0003


def test_a_burst_beyond_the_bound_drops_the_oldest() -> None:
    microphone, _ = opened()
    for index, payload in enumerate(encode_opus(tone(440, 2.0))):
        microphone.receive(payload, index * TICK, index, 1)
    assert microphone.stats.dropped == 75
    audible = 0
    while microphone.tick() is not None:
        audible += 1
    assert audible == 25 + 5 + 1  # held, concealed, faded out


def test_the_end_of_a_talk_spurt_fades_and_is_then_silent() -> None:
    _, line = opened()
    line.bring(encode_opus(tone(440, 1.0)))
    heard = line.rest()
    last = next(block for block in reversed(heard) if block is not None)
    assert not last[240:].any()
    assert heard[-10:] == [None] * 10


def test_a_closed_microphone_is_never_heard_nor_kept() -> None:
    microphone = Microphone()
    line = Line(microphone)
    payloads = encode_opus(tone(440, 1.0))
    assert not microphone.open
    assert line.bring(payloads) == [None] * len(payloads)
    assert microphone.stats.unheard == microphone.stats.received == len(payloads)


def test_closing_silences_within_one_tick_without_a_click() -> None:
    microphone, line = opened()
    payloads = encode_opus(tone(440, 2.0, 0.5), bit_rate=64_000)
    before = joined(line.bring(payloads[:50]))
    microphone.open = False
    after = line.bring(payloads[50:])
    assert after[0] is not None
    assert not after[0][240:].any()
    assert after[1:] == [None] * (len(after) - 1)
    edge = np.concatenate((before[-TICK:], after[0]))
    steepest = 2 * np.pi * 440 / SAMPLE_RATE * 0.5 + 0.5 / 240  # of the sine, and of the fade
    assert np.abs(np.diff(edge)).max() < 1.1 * steepest


def faded_in(sound: Sound) -> Sound:
    """As it is heard after an opening: risen from silence within 5 ms."""
    return np.concatenate((sound[:240] * (np.arange(240, dtype=np.float32) / 240), sound[240:]))


def test_opening_in_the_middle_of_a_sound_fades_in() -> None:
    microphone = Microphone()
    line = Line(microphone)
    payloads = encode_opus(tone(440, 1.0, 0.5))
    line.bring(payloads[:25])
    microphone.open = True
    heard = joined(line.bring(payloads[25:]))
    np.testing.assert_allclose(heard[TICK:], faded_in(decoded(payloads[25:])[:-TICK]), atol=1e-7)


@pytest.mark.parametrize("frame_ms", [20, 60])
@pytest.mark.parametrize("packets_closed", [0, 1, 10])
def test_nothing_from_before_the_opening_is_heard_after_it(frame_ms: float, packets_closed: int) -> None:
    microphone, line = opened()
    private, public = encode_opus(tone(440, 2.0), frame_ms, fec=True), encode_opus(tone(1500, 1.0), fec=True)
    line.bring(private[:10])
    for payload in private[10:15]:  # a burst: five packets are held when it closes
        microphone.receive(payload, line.timestamp, line.sequence, line.ssrc)
        line.timestamp, line.sequence = line.timestamp + packet_duration(payload), line.sequence + 1
    microphone.open = False
    line.bring(private[15 : 15 + packets_closed])
    microphone.open = True
    heard = joined(line.bring(public))
    np.testing.assert_allclose(heard[TICK:], faded_in(decoded(public)[:-TICK]), atol=1e-7)


def test_a_new_device_takes_over_from_the_old() -> None:
    microphone, line = opened()
    line.bring(encode_opus(tone(440, 1.0)))
    other = Line(microphone, ssrc=2)
    other.timestamp, other.sequence = 77, 30_000
    heard = other.bring(encode_opus(tone(1500, 1.0)))
    assert all(block is not None for block in heard[3:])
    sound = joined(heard[5:])
    assert amplitude_at(sound, 1500) == pytest.approx(0.5, rel=0.05)
    assert decibels(amplitude_at(sound, 440) / 0.5) < -60
    assert microphone.stats.lost == 0


def test_what_is_not_opus_is_counted_and_does_no_harm() -> None:
    microphone, line = opened()
    payloads = encode_opus(tone(440, 2.0))
    heard: Heard = []
    for payload in payloads:
        microphone.receive(b"", line.timestamp, line.sequence, 1)
        microphone.receive(b"\xff\x00 not opus", line.timestamp, line.sequence, 1)
        heard += line.bring([payload])
    assert microphone.stats.malformed == 2 * len(payloads)
    assert microphone.stats.received == 3 * len(payloads)
    assert amplitude_at(joined(heard[10:]), 440) == pytest.approx(0.5, rel=0.05)


packets = st.tuples(st.binary(max_size=60), st.integers(), st.integers(), st.sampled_from([1, 1, 1, 2]))


@given(st.lists(packets | st.booleans() | st.none(), max_size=60))
def test_nothing_that_comes_can_break_it(events: list[tuple[bytes, int, int, int] | bool | None]) -> None:
    """Any packets, ticks, openings and closings: blocks are whole and bounded, and a closed microphone goes quiet."""
    microphone = Microphone()
    for event in events:
        if event is None:
            block = microphone.tick()
            assert block is None or (block.shape == (TICK,) and np.abs(block).max() <= 1)
        elif isinstance(event, bool):
            microphone.open = event
        else:
            microphone.receive(*event)
    microphone.open = False
    microphone.tick()
    assert microphone.tick() is None


def test_a_backlog_that_is_given_up_leaves_no_burst() -> None:
    """Loud noise, then a quiet tone; all that was left of the noise is dropped for what is new."""
    quiet = 0.05
    payloads = encode_opus(np.concatenate([noise(1.0, 0.8), tone(440, 1.5, quiet)]), bit_rate=96_000)
    microphone = Microphone()
    microphone.open = True
    for sequence, payload in enumerate(payloads):
        microphone.receive(payload, sequence * TICK, sequence, 1)
        if sequence < 10:
            microphone.tick()
    assert microphone.stats.dropped > 40
    microphone.tick()  # what was decoded before
    following = [microphone.tick() for _ in range(20)]
    assert max(float(np.abs(block).max()) for block in following if block is not None) < 1.5 * quiet
