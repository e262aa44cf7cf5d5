"""Renditions of clips: `python -m media.rendering FORMAT NORMALIZED SOURCE OUT` writes one, at the lowest priority.

It answers on stdout, a line of JSON each: {"progress": 0..1} as it goes, then {"samples", "lufs"}. Where it fails it
says why on stderr, and leaves no file.
"""

import math
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Final

import av
import numpy as np
import orjson

from media.boxes import aac_description
from media.clip import write_whole
from media.encoder import PRIMING_SAMPLES, AacEncoder
from media.m4a import m4a
from media.mastering import CEILING_DBTP, TARGET_LUFS, Level, Mastering, measure
from media.opus import SAMPLE_RATE, Sound

NICENESS: Final = 19
"""Sound and API come first, always."""
AAC_BIT_RATE: Final = 96_000
AAC_CODER: Final = "twoloop"
"""Encoded for the second time, and not in a hurry."""
MP3_BIT_RATE: Final = 96_000
"""Mono, constant, so that every player finds any second of it."""
MOST_PASSES: Final = 3
CLOSE_ENOUGH_LU: Final = 0.3
_CODEC_LU: Final = 3.0
"""What a codec may have changed; what is missing beyond that no further pass brings."""
_LAME_SCALE: Final = 0.95
"""What LAME multiplies all sound by at this bit rate, to be safe from clipping: it is undone in advance."""
_HEADROOM_DB: Final = 0.5
"""What a lossy codec commonly adds to true peaks; where it adds more, the next pass keeps clear of that too."""

_PEAK_MARGIN_DB: Final = 0.1
"""What looking at four times the rate may miss of a peak."""


class Format(StrEnum):
    """What a rendition is written as."""

    M4A = "m4a"
    MP3 = "mp3"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendition: it plays `samples` samples of 48 kHz, `lufs` loud (None: silence)."""

    samples: int
    lufs: float | None


Tell = Callable[[float], None]
"""Takes how much is done, 0 to 1."""


def render(source: Path, out: Path, format: Format, *, normalized: bool, tell: Tell) -> Rendered:
    """Writes the rendition of a clip's m4a to `out`, which plays exactly the samples that the clip plays.

    Normalised, it is -16 LUFS loud and its true peaks, decoded, are at most -1 dBTP. Silence stays as it is, and what
    is quieter than -46 LUFS gets 30 dB and no more. Raises av.FFmpegError or OSError, with no `out` left.
    """
    sound = decode(source)
    tell(0.1)
    data, level = _normalized(sound, format, tell) if normalized else (encode(sound, format), measure(sound))
    write_whole(out, data)
    tell(1.0)
    return Rendered(len(sound), level.lufs)


def decode(source: Path | BytesIO) -> Sound:
    """What a file of ours plays, to the sample: its edit list, or LAME's gapless figures, rule start and end."""
    with av.open(source if isinstance(source, BytesIO) else str(source), "r") as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(stream)]
        sound: Sound = np.concatenate(frames).astype(np.float32, copy=False)
        if "mp4" in container.format.name and stream.duration is not None and stream.time_base is not None:
            # FFmpeg plays the last packet to its end.
            return sound[: int(stream.duration * stream.time_base * SAMPLE_RATE)]
        return sound


def encode(sound: Sound, format: Format) -> bytes:
    """The file that plays exactly this sound."""
    if format is Format.MP3:
        return _mp3(sound)
    encoder = AacEncoder(AAC_BIT_RATE, AAC_CODER)
    packets = encoder.encode(sound) + encoder.flush()
    return m4a(aac_description(encoder.config), packets, PRIMING_SAMPLES, len(sound))


def _normalized(sound: Sound, format: Format, tell: Tell) -> tuple[bytes, Level]:
    """Passes until what is decoded again is as it should be: codecs change loudness and, more, peaks."""
    mastering, ceiling = Mastering(sound), CEILING_DBTP - _HEADROOM_DB
    aim = tuned = mastering.aim(TARGET_LUFS)
    data, level = b"", Level(None, -math.inf)
    for number in range(1, MOST_PASSES + 1):
        data = encode(mastering.mastered(mastering.gain_for(tuned, ceiling), ceiling), format)
        level = measure(decode(BytesIO(data)))
        tell(0.1 + 0.85 * number / MOST_PASSES)
        over = level.peak_dbtp - (CEILING_DBTP - _PEAK_MARGIN_DB)
        missing = 0.0 if aim is None or level.lufs is None else aim - level.lufs
        if over <= 0 and abs(missing) <= CLOSE_ENOUGH_LU:
            break
        ceiling -= max(0.0, over)
        tuned = None if tuned is None else tuned + (missing if abs(missing) < _CODEC_LU else 0.0)
    return data, level


def _mp3(sound: Sound) -> bytes:
    """With a LAME header, whose delay and padding say which samples are the sound's."""
    out = BytesIO()
    sound = sound / np.float32(_LAME_SCALE)
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="mono", format="fltp")
        stream.bit_rate = MP3_BIT_RATE
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return out.getvalue()


def command(source: Path, out: Path, format: Format, *, normalized: bool) -> Sequence[str]:
    """How the process is started that writes this rendition."""
    return (sys.executable, "-m", "media.rendering", format, str(int(normalized)), str(source), str(out))


def _say(**fields: object) -> None:
    try:
        sys.stdout.buffer.write(orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The server that asked has died: the next one asks anew.
        os._exit(1)


if __name__ == "__main__":
    os.nice(NICENESS)
    _, wanted, loud, *paths = sys.argv
    made = render(
        Path(paths[0]), Path(paths[1]), Format(wanted), normalized=loud == "1", tell=lambda share: _say(progress=share)
    )
    _say(samples=made.samples, lufs=made.lufs)
