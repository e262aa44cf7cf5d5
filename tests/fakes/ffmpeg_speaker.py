"""A speaker as a program of its own: FFmpeg's WHIP muxer sends a tone in real time.

`python -m tests.fakes.ffmpeg_speaker URL --token TOKEN --hz 440 --seconds 2 [--certificate FILE --key FILE]`

PyAV holds the GIL while FFmpeg waits for the server's answer, so it cannot run in the server's process.
"""

import argparse
import time

import av
import numpy as np

RATE = 48_000
BLOCK = 960


def speak(url: str, options: dict[str, str], *, hz: float, level: float, seconds: float) -> None:
    """Sends a sine of this peak level as stereo Opus, 20 ms a packet, each at its time; then hangs up."""
    with av.open(url, "w", format="whip", options=options) as whip:
        stream = whip.add_stream("libopus", rate=RATE, layout="stereo")
        whip.start_encoding()
        start = time.monotonic()
        for number in range(round(seconds * RATE / BLOCK)):
            at = np.arange(number * BLOCK, (number + 1) * BLOCK) / RATE
            tone = (level * np.sin(2 * np.pi * hz * at)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2)[np.newaxis], format="flt", layout="stereo")
            frame.rate, frame.pts = RATE, number * BLOCK
            whip.mux(stream.encode(frame))
            time.sleep(max(0.0, start + (number + 1) * BLOCK / RATE - time.monotonic()))


def main() -> None:
    """Runs as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--token", default="")
    parser.add_argument("--hz", type=float, default=440.0)
    parser.add_argument("--level", type=float, default=0.25)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    given = parser.parse_args()
    named = {"authorization": given.token, "cert_file": given.certificate, "key_file": given.key}
    options = {name: value for name, value in named.items() if value}
    speak(given.url, options, hz=given.hz, level=given.level, seconds=given.seconds)


if __name__ == "__main__":
    main()
