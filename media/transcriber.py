"""The transcriber process: `python -m media.transcriber NAME`: utterances in on stdin, words out on stdout.

Recognising takes a core for as long as it takes, and holds the interpreter for seconds: it is no neighbour for a mixer.
"""

import os
import sys
from collections.abc import Callable
from typing import BinaryIO, Final

import numpy as np
import orjson

from media.recognisers import Recognise, open_recogniser
from media.words import Pcm, Recognised, Word

NICENESS: Final = 19
"""Sound and API come first, always."""


def request(pcm: Pcm, language: str) -> bytes:
    """An utterance as the process takes it: a line of JSON, then its samples."""
    data = pcm.tobytes()
    return orjson.dumps({"language": language, "bytes": len(data)}, option=orjson.OPT_APPEND_NEWLINE) + data


def answer(line: bytes) -> Recognised:
    """The words that the process answered. Raises `ValueError` for what it would not have written."""
    try:
        content = orjson.loads(line)
        return Recognised(content["language"], [Word(**word) for word in content["words"]])
    except (KeyError, TypeError) as error:
        raise ValueError("not words") from error


def serve(recogniser: Callable[[], Recognise]) -> None:
    """Answers utterances one after the other, until stdin ends. What libraries print goes to stderr."""
    os.nice(NICENESS)
    utterances, words = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    recognise = recogniser()
    while said := _read(utterances):
        words.write(orjson.dumps(recognise(*said), option=orjson.OPT_APPEND_NEWLINE))
        words.flush()


def _read(stream: BinaryIO) -> tuple[Pcm, str] | None:
    header = stream.readline()
    if not header:
        return None
    content = orjson.loads(header)
    data = stream.read(content["bytes"])
    return (np.frombuffer(data, np.int16), content["language"]) if len(data) == content["bytes"] else None


if __name__ == "__main__":
    serve(lambda: open_recogniser(sys.argv[1]))
