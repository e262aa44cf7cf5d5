"""Captions: how much is understood, how late, and what it costs beside the sound."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from statistics import median
from typing import Final

import numpy as np

from app.domain.transcripts import Heard
from media.opus import SAMPLE_RATE, TICK
from media.recognisers import OFF, POCKETSPHINX, Recognise, open_recogniser
from media.speech import speak
from media.utterances import Ear, Utterance
from tests.bench.cpu import PROC, child, cpu_seconds, spent
from tests.bench.microphones import SPACE, Case, costs
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.speakers import FULL_STAGE
from tests.bench.tables import Cell, Table
from tests.media.sounds import Sound, silence
from tests.server.on_air import OnAir, on_air

VOICES: Final = ("en-us", "en", "en+m5")
SENTENCES: Final = (
    "one two three four five six seven eight nine ten",
    "good morning everyone and welcome to the show tonight",
    "we will talk about music and the history of the city",
    "please tell me what you think about the new government",
    "the president of the united states said that on monday",
    "thank you very much for listening to this program",
    "that is what i wanted to say who has the next question",
    "i would like to add something every one of us is a real stream",
)
TALKERS: Final = (1, 3)
LONGER: Final = 5
"""Times as long as the sound alone is watched: an utterance takes up to 10 s, and then its words are to come."""


async def measure(size: Size, place: Place) -> list[Table]:
    """Words of synthetic speech, then a live Space without and with captions."""
    return [_understood(size), await _beside_the_sound(size, place)]


def _understood(size: Size) -> Table:
    recognise = open_recogniser(POCKETSPHINX)
    sentences = SENTENCES[: size.bursts]
    rows: list[list[Cell]] = []
    for voice in VOICES[: size.rounds]:
        wrong = words = 0
        listening = recognising = seconds = 0.0
        for sentence in sentences:
            sound = np.concatenate((silence(0.5), speak(sentence, voice) * np.float32(0.5), silence(1)))
            told, cost = spent(lambda sound=sound: _utterances(sound))  # type: ignore[misc]
            said, cpu = spent(lambda told=told: _words(recognise, told))  # type: ignore[misc]
            wrong += errors(sentence.split(), said)
            words += len(sentence.split())
            listening, recognising, seconds = listening + cost, recognising + cpu, seconds + len(sound) / SAMPLE_RATE
        rows.append([voice, 100 * wrong / words, listening / seconds * 1000, recognising / seconds])
    note = (
        f"{len(sentences)} sentences of espeak-ng's voices, one after the other, through the same cutting and "
        f"pocketsphinx as in the server. Wrong words: substituted, missing and added ones, of those said. CPU for each "
        f"second of speech. Real voices may be understood better or worse."
    )
    columns = ["voice", "wrong words %", "cutting, CPU ms", "pocketsphinx, CPU s"]
    return Table("Captions of clear speech", columns, rows, note)


def _utterances(sound: Sound) -> list[Utterance]:
    told: list[Utterance] = []
    ear = Ear(told.append)
    for start in range(0, len(sound) - TICK + 1, TICK):
        ear.hear({"speaker": sound[start : start + TICK]}, start)
    ear.close()
    return told


def _words(recognise: Recognise, told: Sequence[Utterance]) -> list[str]:
    return [word.text for one in told for word in recognise(one.pcm, "").words]


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """The fewest words to substitute, add and leave out that make one of the other (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for number, wanted in enumerate(said, 1):
        above, row = row, [number]
        for index, one in enumerate(heard):
            row.append(min(above[index] + (one != wanted), above[index + 1] + 1, row[index] + 1))
    return row[-1]


async def _beside_the_sound(size: Size, place: Place) -> Table:
    longer = replace(size, live_seconds=LONGER * size.live_seconds)
    rows: list[list[Cell]] = []
    for talkers in TALKERS:
        for transcriber in (OFF, POCKETSPHINX):
            async with on_air(place.folder(f"captions-{transcriber}-{talkers}"), transcriber=transcriber) as server:
                rows.append([f"{talkers} talk, {transcriber}", *await _figures(server, talkers, longer)])
    note = (
        f"One Space, microphones by WHIP, for {longer.live_seconds:g} s from the first word on, in which the "
        f"transcriber also starts; everyone talks without a pause. Delay: from the end of a phrase until its words are "
        f"there, in s of sound. Given up: utterances, because more is said than one process can put into words."
    )
    columns = [
        "microphones, transcriber",
        "media CPU ms per s",
        "late ticks %",
        "transcriber CPU ms per s",
        "its memory MB",
        "phrases",
        "delay s, median",
        "given up",
    ]
    return Table("Captions beside the sound", columns, rows, note)


async def _figures(server: OnAir, talkers: int, size: Size) -> list[float]:
    told: list[Heard] = []

    async def read() -> None:
        while True:
            told.append(await server.live.next_phrase())

    reading = asyncio.create_task(read())
    media_cpu, late, *_ = await costs(server, Case("", FULL_STAGE, talkers), size)
    reading.cancel()
    cpu = memory = 0.0
    with suppress(LookupError):
        process = child(server.live.pid_of(SPACE) or 0, "media.transcriber")
        cpu, memory = cpu_seconds(process) * 1000 / size.live_seconds, _megabytes(process)
    delays = [(one.heard_at_ms - one.words[-1].end_ms) / 1000 for one in told]
    shed = (await server.live.stats()).get("captions", {}).get("shed", 0)
    return [media_cpu, late, cpu, memory, len(told), median(delays or [0]), shed]


def _megabytes(pid: int) -> float:
    """Resident memory of a process."""
    status = (PROC / str(pid) / "status").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in status if line.startswith("VmRSS:")]
    return int(kilobytes) / 1024
