"""Noise suppression and automatic gain: how much they do, how late they are, and that a mute stays one."""

import numpy as np
import pytest

from media.microphone import Microphone
from media.mixer import LOOK_AHEAD, Mixer
from media.opus import SAMPLE_RATE, TICK, Sound
from media.treatment import TAIL_TICKS, Wanted
from tests.media.recordings import lag
from tests.media.sounds import decibels, encode_opus, noise, rms, silence, speech, tone
from tests.media.test_microphone import Line, joined

NOISE = Wanted(noise_suppression=True)
GAIN = Wanted(automatic_gain=True)
BOTH = Wanted(noise_suppression=True, automatic_gain=True)
DELAY = 1680
"""Samples, 35 ms, of noise suppression; gain has none."""
HISS = 0.02


def treated(sound: Sound, wanted: Wanted) -> Sound:
    """The sound after its treatment, in time with itself."""
    treatment = wanted.treatment()
    assert treatment is not None
    whole = np.pad(sound, (0, -sound.size % TICK + TAIL_TICKS * TICK))
    return np.concatenate([treatment.process(block) for block in whole.reshape(-1, TICK)])[treatment.delay :]


def said(level: float) -> Sound:
    """Some seconds of speech with pauses, of this peak."""
    voice = np.concatenate([speech("This is what I wanted to say."), silence(0.4)] * 3)
    return voice * np.float32(level / np.abs(voice).max())


def spoken(voice: Sound) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which samples are in a tick that is not a pause."""
    ticks = np.abs(voice[: voice.size // TICK * TICK]).reshape(-1, TICK).max(axis=1) > 0.05 * np.abs(voice).max()
    return np.repeat(ticks, TICK)


def test_nothing_is_wanted_unless_it_is() -> None:
    assert Wanted().treatment() is None


@pytest.mark.parametrize(("wanted", "delay"), [(NOISE, DELAY), (GAIN, 0), (BOTH, DELAY)])
def test_it_is_late_by_what_it_says(wanted: Wanted, delay: int) -> None:
    treatment = wanted.treatment()
    assert treatment is not None
    assert treatment.delay == delay
    voice = said(0.5)
    assert lag(treated(voice, wanted)[: voice.size], voice) == 0


def test_noise_is_less_and_the_voice_is_still_there() -> None:
    voice = np.concatenate((silence(1.0), said(0.25)))
    heard = treated(voice + noise(len(voice) / SAMPLE_RATE, HISS)[: voice.size], NOISE)
    talks = spoken(voice)
    pauses = ~talks
    pauses[:SAMPLE_RATE] = False  # it has yet to learn what the noise is
    assert decibels(rms(heard[: pauses.size][pauses]) / (HISS / np.sqrt(3))) < -8
    before, after = (snr(sound[: talks.size][talks], voice[: talks.size][talks]) for sound in (voice_in(voice), heard))
    assert after > before + 5


def voice_in(voice: Sound) -> Sound:
    return voice + noise(len(voice) / SAMPLE_RATE, HISS)[: voice.size]


def snr(heard: Sound, voice: Sound) -> float:
    """dB of the voice over all that is not it."""
    wanted = voice * (np.dot(heard, voice) / np.dot(voice, voice))
    return decibels(rms(wanted) / rms(heard - wanted))


def test_a_quiet_and_a_loud_voice_come_to_nearly_one_level_and_silence_is_not_pumped_up() -> None:
    levels = {}
    for level in (0.1, 1.0):
        voice = said(level)
        levels[level] = decibels(rms(treated(voice, GAIN)[: spoken(voice).size][spoken(voice)]))
    assert levels[0.1] > -32, "20 dB below"
    assert levels[1.0] - levels[0.1] < 9
    hush = noise(2.0, 0.003)
    assert abs(decibels(rms(treated(hush, GAIN)) / rms(hush))) < 3, "a pause stays as quiet as it was"


def test_silence_is_silence() -> None:
    assert np.abs(treated(silence(1.0), BOTH)).max() < 2**-15


def test_a_mute_is_one_and_what_was_said_before_is_not_heard_after() -> None:
    microphone = Microphone(BOTH.treatment())
    microphone.open = True
    line = Line(microphone)
    payloads = encode_opus(tone(440, 2.0, 0.5), bit_rate=64_000)
    assert rms(joined(line.bring(payloads[:50]))[-TICK:]) > 0.1
    microphone.open = False
    after = line.bring(payloads[50:])
    assert after[0] is not None
    assert not after[0][240:].any()
    assert after[1:] == [None] * (len(after) - 1)
    microphone.open = True
    quiet = joined(line.bring(encode_opus(silence(0.4))))
    assert np.abs(quiet).max() < 1e-3


def test_the_end_of_a_talk_spurt_is_heard_and_is_then_nothing() -> None:
    microphone = Microphone(NOISE.treatment())
    microphone.open = True
    line = Line(microphone)
    line.bring(encode_opus(tone(440, 1.0)))
    assert microphone.stats.delay_ms == pytest.approx(30 + DELAY * 1000 / SAMPLE_RATE)
    heard = line.rest()
    assert heard[-10:] == [None] * 10


def test_nobody_hears_their_own_treated_voice() -> None:
    mixer, treatments = Mixer(), {person: BOTH.treatment() for person in ("ann", "ben")}
    voices = {"ann": said(0.2), "ben": tone(440, 2.0, 0.05)}
    for start in range(0, 2 * SAMPLE_RATE, TICK):
        blocks = {}
        for person, treatment in treatments.items():
            assert treatment is not None
            blocks[person] = treatment.process(voices[person][start : start + TICK])
        mix = mixer.mix(blocks)
        np.testing.assert_allclose(mix.minus["ann"][LOOK_AHEAD:], blocks["ben"][:-LOOK_AHEAD], atol=1e-6)
