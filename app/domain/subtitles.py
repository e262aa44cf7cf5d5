"""Subtitles: phrases as WebVTT beside HLS (RFC 8216, 3.5), live and of recordings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.transcripts import Phrase

LIVE_CAPTIONS = "captions.m3u8"
"""The playlist of live subtitles, beside those of the sound."""
REPLAY_CAPTIONS = "replay-captions.m3u8"
"""That of a recording's."""
AHEAD_MS = 500
"""A live phrase is shown from a little after it was understood: then its segment cannot be closed yet."""
LEAST_MS = 1_500
"""Nobody reads faster, however short the phrase was."""
REPLAY_MS = 60_000
"""A recording's subtitles come by the minute."""

_PRIMING_90KHZ = 1920
"""The first sample is behind one packet of 1024 that only primes the decoder: so much of the 90 kHz that HLS counts."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": " ", "\r": " "})


@dataclass(frozen=True, slots=True)
class Span:
    """A segment of live sound: its number, that of the take it is in, and its seconds on the recording's clock."""

    sequence: int
    take: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Cue:
    """Words to show, and from when to when, in ms of the recording."""

    start_ms: int
    end_ms: int
    speaker: str
    text: str


def live_cue(phrase: Phrase, speaker: str) -> Cue:
    """A phrase as live players show it: when it is understood, like captions on television."""
    start_ms = phrase.heard_at_ms + AHEAD_MS
    return Cue(start_ms, start_ms + max(phrase.end_ms - phrase.start_ms, LEAST_MS), speaker, phrase.text)


def replay_cue(phrase: Phrase, speaker: str) -> Cue:
    """A phrase as it is shown with the recording: when it is said."""
    return Cue(phrase.start_ms, max(phrase.end_ms, phrase.start_ms + LEAST_MS), speaker, phrase.text)


def begins_in(cue: Cue, span: Span) -> bool:
    """Whether the cue is one of that segment's: every cue is in one."""
    return span.start <= cue.start_ms / 1000 < span.end


def web_vtt(cues: Iterable[Cue]) -> str:
    """The file of a segment, placed on the clock that sound and subtitles share (RFC 8216, 3.5)."""
    lines = ["WEBVTT", f"X-TIMESTAMP-MAP=MPEGTS:{_PRIMING_90KHZ},LOCAL:00:00:00.000", ""]
    for one in sorted(cues, key=lambda one: (one.start_ms, one.end_ms, one.speaker)):
        speaker, text = one.speaker.translate(_ESCAPES), one.text.translate(_ESCAPES)
        lines += [f"{_time(one.start_ms)} --> {_time(one.end_ms)}", f"<v {speaker}>{text}", ""]
    return "\n".join([*lines, ""])


def _time(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def live_playlist(spans: Sequence[Span], *, ended: bool) -> str | None:
    """The playlist of live subtitles: a file for each segment of sound that is listed too; None before the first."""
    if not spans:
        return None
    lines = [
        *_head(max(round(one.end - one.start) for one in spans), spans[0].sequence),
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{spans[0].take}",
    ]
    take = spans[0].take
    for one in spans:
        lines += ["#EXT-X-DISCONTINUITY"] if one.take != take else []
        lines += [f"#EXTINF:{one.end - one.start:.5f},", f"captions-{one.sequence}.vtt"]
        take = one.take
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else []), ""])


def replay_playlist(duration_ms: int) -> str:
    """The playlist of the subtitles of what is heard of a recording, as long as that is; it is complete."""
    lines = [*_head(REPLAY_MS // 1000, 0), "#EXT-X-PLAYLIST-TYPE:VOD"]
    for number, start_ms in enumerate(range(0, max(duration_ms, 1), REPLAY_MS)):
        seconds = min(REPLAY_MS, duration_ms - start_ms) / 1000
        lines += [f"#EXTINF:{seconds:.3f},", f"replay-captions-{number}.vtt"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def _head(target_seconds: int, sequence: int) -> list[str]:
    return [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        f"#EXT-X-TARGETDURATION:{max(target_seconds, 1)}",
        f"#EXT-X-MEDIA-SEQUENCE:{sequence}",
    ]
