"""A transcriber process that is slow, or fails: `python -m tests.fakes.slow_transcriber SECONDS [DIES_AT]`.

It answers each utterance with one word: how many came before it. At the utterance of number DIES_AT it ends.
"""

import sys
import time
from itertools import count

from media.recognisers import Recognise
from media.transcriber import serve
from media.words import Pcm, Recognised, Word


def slow(seconds: float, dies_at: int) -> Recognise:
    """What takes its time."""
    numbers = count()

    def recognise(pcm: Pcm, language: str) -> Recognised:
        number = next(numbers)
        if number == dies_at:
            sys.exit(1)
        time.sleep(seconds)
        print("a library that prints")  # noqa: T201 - stdout is not where the words go
        return Recognised(language or "en", [Word(str(number), 0, 100, 1.0)])

    return recognise


if __name__ == "__main__":
    serve(lambda: slow(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else -1))
