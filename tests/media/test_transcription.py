"""Transcription: words come back for what was said; a transcriber that is slow, stuck or dead delays nobody."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from media.opus import SAMPLE_RATE, TICK
from media.pipeline import Pipeline
from media.recognisers import OFF, POCKETSPHINX, UnknownRecogniser, check, open_recogniser, understands
from media.recorder import Recorder
from media.transcriber import answer
from media.transcription import MAX_WAITING_MS, Spoken, Transcription, command
from media.utterances import Ear, Utterance
from media.words import PCM_RATE, Recognised, Word
from tests.media.sounds import Sound, encode_opus, silence, speech, tone
from tests.media.test_utterances import heard
from tests.waiting import until

RECOGNISED_SECONDS = 120
"""The process gives way to everything else on the machine."""

SLOW = (sys.executable, "-m", "tests.fakes.slow_transcriber")


@asynccontextmanager
async def running(transcription: Transcription) -> AsyncIterator[None]:
    """Runs it, and ends it with the block."""
    task = asyncio.create_task(transcription.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


def children() -> set[str]:
    """The processes that this one has started and that are there."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


class Told(list[tuple[int, str]]):
    """Where utterances began, and their words."""

    def spoken(self, start: int, seconds: float, language: str = "") -> Spoken:
        """An utterance of silence, about which this is told."""
        return Spoken(Utterance("ann", start, np.zeros(round(seconds * PCM_RATE), np.int16)), language, self.tell)

    def tell(self, utterance: Utterance, recognised: Recognised) -> None:
        self.append((utterance.start, " ".join(word.text for word in recognised.words)))


async def test_utterances_are_put_into_words_one_after_the_other() -> None:
    transcription, told = Transcription([*SLOW, "0"]), Told()
    async with running(transcription):
        for start in range(5):
            transcription.offer(told.spoken(start, 1))
        await until(lambda: len(told) == 5, "all are told")
    assert told == [(start, str(start)) for start in range(5)]
    assert transcription.stats == {"recognised": 5, "shed": 0, "failed": 0, "waiting_ms": 0}


async def test_what_is_too_much_is_given_up_the_oldest_first() -> None:
    transcription, told = Transcription([*SLOW, "0"]), Told()
    for start in range(100):
        transcription.offer(told.spoken(start, 2))
    kept = MAX_WAITING_MS // 2000
    assert transcription.stats == {"recognised": 0, "shed": 100 - kept, "failed": 0, "waiting_ms": MAX_WAITING_MS}
    async with running(transcription):
        await until(lambda: len(told) == kept, "what was kept is told")
    assert [start for start, _ in told] == list(range(100 - kept, 100))


async def test_the_mixer_does_not_wait_for_a_transcriber_that_never_answers(tmp_path: Path) -> None:
    """Five seconds of speech are mixed, tick by tick, while the first utterance is under way for ever."""
    transcription, told = Transcription([*SLOW, "1000"]), Told()
    ear = Ear(lambda utterance: transcription.offer(Spoken(utterance, "", told.tell)))
    pipeline = Pipeline(Recorder(tmp_path, keep=True), lambda reason: None, ear=ear)
    pipeline.set_stage(1, {"ann": True})
    sound = np.concatenate([piece for _ in range(5) for piece in (tone(300, 0.4), silence(0.6))])
    async with running(transcription), asyncio.TaskGroup() as tasks:
        tasks.create_task(pipeline.run())
        for number, packet in enumerate(encode_opus(sound)):
            pipeline.receive("ann", packet, number * TICK, number, 7)
            await until(lambda so_far=number: pipeline.stats["ticks"] > so_far, "the next tick")  # type: ignore[misc]
        ticks = pipeline.stats["ticks"]
        await until(lambda: pipeline.stats["ticks"] > ticks + 50, "the pause after the last word")
        assert transcription.stats["waiting_ms"] > 0
        pipeline.close()
    assert told == []


async def test_a_transcriber_that_dies_costs_an_utterance_and_is_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("media.transcription.REST_SECONDS", 0)
    transcription, told = Transcription([*SLOW, "0", "1"]), Told()
    async with running(transcription):
        for start in range(4):
            transcription.offer(told.spoken(start, 1))
        await until(lambda: len(told) == 2, "those before and after are told")
        await until(lambda: transcription.stats["failed"] == 2, "two processes have died")
    assert told == [(0, "0"), (2, "0")]


async def test_one_that_nobody_speaks_to_is_ended_and_started_again_when_somebody_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("media.transcription.IDLE_SECONDS", 0.05)
    before = children()
    transcription, told = Transcription([*SLOW, "0"]), Told()
    async with running(transcription):
        for start in (0, 1):
            assert children() <= before, "none before the first word"
            transcription.offer(told.spoken(start, 1))
            await until(lambda start=start: len(told) == start + 1, "it is told")  # type: ignore[misc]
            await until(lambda: children() <= before, "none when nobody speaks")
    assert told == [(0, "0"), (1, "0")]
    assert transcription.stats["failed"] == 0


async def test_one_that_is_stuck_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.transcription.REST_SECONDS", 0)
    monkeypatch.setattr("media.transcription.ANSWER_SECONDS", 0.1)
    transcription, told = Transcription([*SLOW, "1000"]), Told()
    async with running(transcription):
        transcription.offer(told.spoken(0, 1))
        await until(lambda: transcription.stats["failed"] == 1, "it is given up")
    assert told == []


async def test_one_that_cannot_be_started_is_a_fault_like_any_other() -> None:
    transcription, told = Transcription(["/nowhere/at/all"]), Told()
    async with running(transcription):
        transcription.offer(told.spoken(0, 1))
        await until(lambda: transcription.stats["failed"] == 1, "it is given up")


async def test_the_real_one_hears_words_where_they_are() -> None:
    """Within 0.3 s: 0.12 were measured, after Opus too."""
    sentence = speech("we will talk about music and the history of the city", "en-us") * 0.5
    [utterance] = heard(np.concatenate((silence(1), sentence, silence(1))))
    answers: list[Recognised] = []
    transcription = Transcription(command(POCKETSPHINX))
    async with running(transcription):
        transcription.offer(Spoken(utterance, "en-US", lambda _, recognised: answers.append(recognised)))
        await until(lambda: bool(answers), "words are there", deadline=RECOGNISED_SECONDS)
    [recognised] = answers
    assert recognised.language == "en"
    words = {word.text: word for word in recognised.words}
    assert len(words.keys() & {"talk", "about", "music", "and", "history", "city"}) >= 4
    offset = utterance.start * 1000 // SAMPLE_RATE
    assert offset + recognised.words[0].start_ms == pytest.approx(1000, abs=300)
    assert offset + recognised.words[-1].end_ms == pytest.approx(1000 + len(sentence) / 48, abs=300)
    assert all(0 <= word.confidence <= 1 for word in recognised.words)
    starts = [word.start_ms for word in recognised.words]
    assert starts == sorted(starts)


def test_nothing_is_understood_in_nothing() -> None:
    assert not open_recogniser(POCKETSPHINX)(np.zeros(PCM_RATE, np.int16), "").words


def test_recognisers_are_named_and_know_their_languages(tmp_path: Path) -> None:
    for name in (OFF, POCKETSPHINX):
        check(name)
    for name in ("parrot", f"whisper:{tmp_path}", "whisper:"):
        with pytest.raises(UnknownRecogniser):
            check(name)
    assert [understands(POCKETSPHINX, one) for one in ("", "en", "en-GB", "EN", "de", "enm")] == [True] * 4 + [
        False
    ] * 2
    assert [understands("whisper:/model", one) for one in ("", "de")] == [True, True]
    assert not understands(OFF, "en")


class Whisper:
    """What `media.recognisers` uses of faster_whisper; the model itself is an extra that tests go without."""

    asked: ClassVar[list[object]] = []

    def __init__(self, folder: str, **options: object) -> None:
        assert options["local_files_only"], "no model is fetched"

    def transcribe(self, sound: Sound, *, language: str | None, **options: object) -> tuple[object, object]:
        self.asked.append((sound.dtype.name, float(np.abs(sound).max()), language))
        said = SimpleNamespace(word=" Guten", start=0.1, end=0.3004, probability=np.float64(0.5))
        blank = SimpleNamespace(word=" ", start=0.3, end=0.3, probability=0.1)
        return iter([SimpleNamespace(words=[said, blank]), SimpleNamespace(words=None)]), SimpleNamespace(language="de")


def test_whisper_is_told_the_language_and_its_words_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", SimpleNamespace(WhisperModel=Whisper))
    recognise = open_recogniser("whisper:/model")
    loud = np.full(PCM_RATE, -32768, np.int16)
    for language in ("de-CH", ""):
        assert recognise(loud, language) == Recognised("de", [Word("Guten", 100, 300, 0.5)])
    assert Whisper.asked == [("float32", 1.0, "de"), ("float32", 1.0, None)]


@pytest.mark.parametrize("line", [b"", b"5\n", b"{}\n", b'{"language":"en","words":[{"text":"a"}]}\n'])
def test_what_is_no_answer_is_an_error(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever JSON says of it
        answer(line)
