"""Renditions: as long as the clip to the sample, in time with it, and normalised ones as loud as they should be."""

import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import orjson
import pytest

from media.clip import cut
from media.rendering import Format, command, decode, encode, render
from media.speech import speak
from tests.media.loudness import lufs, true_peak
from tests.media.recordings import lag, record, similarity, sweep
from tests.media.sounds import Sound

SPOKEN = speak("Good evening: we talk about tides, and the moon.")


def clip_of(sound: Sound, folder: Path) -> Path:
    """A clip of all of a sound, as it is cut."""
    recording = folder / "recording"
    recording.mkdir()
    record(recording, sound[: len(sound) // 960 * 960]).close()
    cut(recording, 0, len(sound) // 960 * 960, folder / "clip.m4a")
    return folder / "clip.m4a"


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("samples", [48, 1000, 1024, 1152, 48_000, 143_999])
def test_a_file_plays_exactly_what_was_encoded(format: Format, samples: int) -> None:
    assert len(decode(BytesIO(encode(sweep(3)[:samples], format)))) == samples


@pytest.mark.parametrize("format", Format)
def test_a_rendition_is_in_time_with_its_clip(format: Format, tmp_path: Path) -> None:
    clip, out = clip_of(sweep(3), tmp_path), tmp_path / "out"
    told: list[float] = []
    made = render(clip, out, format, normalized=False, tell=told.append)
    heard, reference = decode(out), decode(clip)
    assert made.samples == len(heard) == len(reference) == 144_000
    assert lag(heard, reference) == 0
    assert similarity(heard, reference) > 0.999
    assert heard @ reference / (reference @ reference) == pytest.approx(1, abs=0.005), "and as loud"
    assert made.lufs == pytest.approx(lufs(heard), abs=0.2)
    assert (told[-1], told) == (1.0, sorted(told))


def test_an_mp3_says_to_players_what_is_padding() -> None:
    data = encode(sweep(1), Format.MP3)
    header = data.index(b"Info")
    assert data[header + 120 : header + 124] in (b"Lavc", b"Lavf", b"LAME")
    delay, padding = _nibbles(data[header + 141 : header + 144])
    # libmp3lame's own delay; players add their decoder's 529 to both ends (LAME's gapless rule).
    frames = int.from_bytes(data[header + 8 : header + 12], "big")
    assert delay == 576
    assert frames * 1152 - delay - padding == 48_000


def _nibbles(three: bytes) -> tuple[int, int]:
    value = int.from_bytes(three, "big")
    return value >> 12, value & 0xFFF


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize(("level", "clicks"), [(1.2, 0), (0.08, 0), (0.2, 3)])
def test_a_normalised_clip_is_16_lufs_and_peaks_below_minus_1(
    format: Format, level: float, clicks: int, tmp_path: Path
) -> None:
    sound = SPOKEN * np.float32(level)
    for place in range(clicks):
        sound[place * 30_000 + 5_000 :][:96] += np.float32(0.8) * np.hanning(96).astype(np.float32)
    made = render(clip_of(sound, tmp_path), tmp_path / "out", format, normalized=True, tell=lambda share: None)
    heard = decode(tmp_path / "out")
    assert lufs(heard) == pytest.approx(-16, abs=1)
    assert true_peak(heard) <= -1
    assert made.lufs == pytest.approx(lufs(heard), abs=0.2)
    assert len(heard) == made.samples


@pytest.mark.parametrize("format", Format)
def test_silence_stays_silent_a_whisper_gets_30_db_and_the_short_is_as_loud(format: Format, tmp_path: Path) -> None:
    def loudness_of(name: str, sound: Sound) -> float | None:
        (tmp_path / name).mkdir()
        clip, out = clip_of(sound, tmp_path / name), tmp_path / name / "out"
        return render(clip, out, format, normalized=True, tell=lambda share: None).lufs

    assert loudness_of("silence", np.zeros(96_000, np.float32)) is None
    whisper = SPOKEN * np.float32(10 ** ((-60 - lufs(SPOKEN)) / 20))
    assert loudness_of("whisper", whisper) == pytest.approx(-30, abs=1.5)
    assert loudness_of("short", SPOKEN[20_000:24_800]) == pytest.approx(-16, abs=1)


def test_the_process_tells_how_far_it_is_and_leaves_nothing_where_it_fails(tmp_path: Path) -> None:
    clip, out = clip_of(sweep(1), tmp_path), tmp_path / "out.mp3"
    done = subprocess.run(command(clip, out, Format.MP3, normalized=True), capture_output=True, check=True)
    *steps, end = map(orjson.loads, done.stdout.splitlines())
    assert [one["progress"] for one in steps] == sorted(one["progress"] for one in steps)
    assert end["samples"] == len(decode(out)) == 48_000
    out.unlink()
    clip.write_bytes(clip.read_bytes()[:2000])
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run(command(clip, out, Format.MP3, normalized=True), capture_output=True, check=True)
    assert {one.name for one in tmp_path.iterdir()} == {"recording", "clip.m4a"}
