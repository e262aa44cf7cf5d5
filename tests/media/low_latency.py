"""A strict reader of live playlists: what breaks a rule of RFC 8216 or its second edition is an AssertionError.

Sections in comments are those of draft-pantos-hls-rfc8216bis.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx2

TRIES = 10

Attributes = dict[str, str]

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)')
_ONCE = [
    f"#EXT-X-{name}"
    for name in (
        *("VERSION", "TARGETDURATION", "MEDIA-SEQUENCE", "DISCONTINUITY-SEQUENCE", "INDEPENDENT-SEGMENTS"),
        *("SERVER-CONTROL", "PART-INF", "SKIP", "PRELOAD-HINT", "PLAYLIST-TYPE", "ENDLIST"),
    )
]
_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Part:
    """A partial segment."""

    uri: str
    duration: float


@dataclass(frozen=True)
class Segment:
    """A media segment, with what applies to it; `uri` None: it is under way."""

    sequence: int
    discontinuity: int
    map: str
    time: datetime | None
    parts: tuple[Part, ...]
    uri: str | None = None
    duration: float = 0.0


@dataclass(frozen=True)
class Live:
    """A live playlist that keeps the rules."""

    target: int
    part_target: float
    part_hold_back: float
    media_sequence: int
    skipped: int
    segments: tuple[Segment, ...]
    under_way: Segment
    hint: str
    reports: dict[str, tuple[int, int]]
    ended: bool

    @property
    def newest(self) -> tuple[int, int]:
        """Segment and index of the newest part; of a playlist without parts, of the last segment."""
        if self.under_way.parts:
            return self.under_way.sequence, len(self.under_way.parts) - 1
        return self.segments[-1].sequence, len(self.segments[-1].parts) - 1


@dataclass
class _Reader:
    lines: list[str]
    tags: dict[str, str] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    reports: dict[str, tuple[int, int]] = field(default_factory=dict)
    map: str = ""
    time: datetime | None = None
    discontinuity: int = 0
    duration: float | None = None
    skipped: int = 0

    @property
    def sequence(self) -> int:
        return int(self.tags.get("#EXT-X-MEDIA-SEQUENCE", "0")) + self.skipped + len(self.segments)

    def read(self) -> None:
        assert self.lines[0] == "#EXTM3U", "4.4.1.1"
        for line in self.lines[1:]:
            assert "#EXT-X-ENDLIST" not in self.tags, "nothing of ours comes after the end"
            name, _, value = line.partition(":")
            if name in _ONCE:
                assert name not in self.tags, f"{name} twice"
                self.tags[name] = value
            if not line.startswith("#"):
                self._segment(line)
            elif name not in _ONCE or name == "#EXT-X-SKIP":
                self._tag(name, value)

    def _tag(self, name: str, value: str) -> None:
        match name:
            case "#EXTINF":
                self.duration = float(value.removesuffix(","))
            case "#EXT-X-SKIP":
                assert not self.segments
                assert not self.parts
                self.skipped = int(attributes(value)["SKIPPED-SEGMENTS"])
                assert self.skipped > 0
            case "#EXT-X-MAP":
                self.map = quoted(attributes(value)["URI"])
            case "#EXT-X-PROGRAM-DATE-TIME":
                self.time = datetime.fromisoformat(value)
            case "#EXT-X-DISCONTINUITY":
                assert not self.parts, "a discontinuity comes before its segment's parts"
                self.discontinuity += 1
            case "#EXT-X-PART":
                found = attributes(value)
                assert found.keys() == {"DURATION", "URI", "INDEPENDENT"}
                assert found["INDEPENDENT"] == "YES", "each packet of sound decodes by itself"
                self.parts.append(Part(quoted(found["URI"]), float(found["DURATION"])))
            case "#EXT-X-RENDITION-REPORT":
                found = attributes(value)
                self.reports[quoted(found["URI"])] = (int(found["LAST-MSN"]), int(found["LAST-PART"]))
            case _:
                raise AssertionError(f"a tag that is none of ours: {name}")

    def _segment(self, uri: str) -> None:
        assert self.duration is not None, "4.4.4.1: every segment has an EXTINF"
        self.segments.append(replace(self.open_segment(), uri=uri, duration=self.duration))
        self.parts, self.duration, self.time = [], None, None

    def open_segment(self) -> Segment:
        first = int(self.tags.get("#EXT-X-DISCONTINUITY-SEQUENCE", "0"))
        return Segment(self.sequence, first + self.discontinuity, self.map, self.time, tuple(self.parts))


async def get(http: httpx2.AsyncClient, url: str) -> httpx2.Response:
    """The answer; asked for again where the machine was too busy for a part to come while the request was held."""
    for _ in range(TRIES):
        answer = await http.get(url)
        if answer.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
            return answer
    raise AssertionError(f"no sound for {TRIES} times as long as a request is held")


def attributes(text: str) -> Attributes:
    """An attribute list (4.2); every byte of it."""
    found = list(_ATTRIBUTE.finditer(text))
    assert "".join(one[0] for one in found) == text, text
    assert len({one[1] for one in found}) == len(found), "a name twice"
    return {one[1]: one[2] for one in found}


def quoted(text: str) -> str:
    """What is in quotes."""
    assert text[0] == text[-1] == '"'
    return text[1:-1]


def read(text: str) -> Live:
    """A live playlist with parts, or one that has ended."""
    assert text.endswith("\n")
    reader = _Reader(text.splitlines())
    reader.read()
    tags = reader.tags
    ended = "#EXT-X-ENDLIST" in tags
    control = attributes(tags.get("#EXT-X-SERVER-CONTROL", ""))
    hint = attributes(tags["#EXT-X-PRELOAD-HINT"]) if "#EXT-X-PRELOAD-HINT" in tags else {}
    live = Live(
        target=int(tags["#EXT-X-TARGETDURATION"]),
        part_target=float(attributes(tags["#EXT-X-PART-INF"])["PART-TARGET"]) if not ended else 0.0,
        part_hold_back=float(control.get("PART-HOLD-BACK", 0)),
        media_sequence=int(tags["#EXT-X-MEDIA-SEQUENCE"]),
        skipped=reader.skipped,
        segments=tuple(reader.segments),
        under_way=reader.open_segment(),
        hint=quoted(hint["URI"]) if hint else "",
        reports=reader.reports,
        ended=ended,
    )
    assert "#EXT-X-INDEPENDENT-SEGMENTS" in tags
    assert int(tags["#EXT-X-VERSION"]) >= (9 if live.skipped else 6), "section 8"
    _check_durations(live)
    if not ended:
        assert control["CAN-BLOCK-RELOAD"] == "YES"
        assert float(control["HOLD-BACK"]) >= 3 * live.target, "4.4.3.8"
        assert float(control["CAN-SKIP-UNTIL"]) >= 6 * live.target, "4.4.3.8"
        assert live.part_hold_back >= 3 * live.part_target - _TOLERANCE, (
            "4.4.3.8: at least twice, should be three times"
        )
        assert hint["TYPE"] == "PART"
        _check_parts(live, float(control["CAN-SKIP-UNTIL"]))
    return live


def _check_durations(live: Live) -> None:
    assert live.segments, "an empty playlist makes some players give up"
    for segment in live.segments:
        assert round(segment.duration) <= live.target, "4.4.3.1"
        assert segment.map or live.skipped, "4.4.4.5: fMP4 needs a MAP"


def _check_parts(live: Live, skip_until: float) -> None:
    listed = [(part, segment) for segment in (*live.segments, live.under_way) for part in segment.parts]
    uris = [part.uri for part, _ in listed]
    assert len(set(uris)) == len(uris)
    assert live.hint not in uris
    for part, segment in listed:
        is_last = segment.uri is not None and part is segment.parts[-1]
        assert part.duration <= live.part_target + _TOLERANCE, "4.4.4.9"
        assert is_last or part.duration >= 0.85 * live.part_target, "4.4.4.9"
    for segment in live.segments:
        if segment.parts:
            assert abs(sum(part.duration for part in segment.parts) - segment.duration) < _TOLERANCE
    after = sum(part.duration for part in live.under_way.parts)
    for segment in reversed(live.segments):
        after += segment.duration
        assert not segment.parts or after <= 3 * live.target + _TOLERANCE, "4.4.4.9: such parts should be gone"
    assert not live.skipped or after >= skip_until, "6.2.5.1: what is nearer to the end is not skipped"


def check_update(before: Live, after: Live) -> None:
    """That a player which has `before` may be given `after` (6.2.1, 6.2.2)."""
    if after.media_sequence != before.media_sequence:
        assert after.media_sequence > before.media_sequence
        left = sum(one.duration for one in after.segments) + after.skipped * after.target
        assert left >= 3 * after.target, "6.2.2: nothing is removed that leaves less than this"
    assert after.newest >= before.newest or after.ended
    known = {one.sequence: one for one in (*before.segments, before.under_way)}
    for segment in (*after.segments, after.under_way):
        old = known.get(segment.sequence)
        if old is None or not (old.parts or old.uri):
            continue
        if old.uri is not None:
            assert (segment.uri, segment.duration) == (old.uri, old.duration), "6.2.1: a segment is what it was"
        assert segment.discontinuity == old.discontinuity
        assert segment.map == old.map
        if segment.parts:
            assert segment.parts[: len(old.parts)] == old.parts


def merged(before: Live, delta: Live) -> tuple[Segment, ...]:
    """The segments of the playlist that `delta` is an update of, for whoever has `before` (6.3.7)."""
    skipped = range(delta.media_sequence, delta.media_sequence + delta.skipped)
    known = {one.sequence: one for one in before.segments}
    kept = [known[sequence] for sequence in skipped]
    return (*kept, *(replace(one, map=one.map or kept[-1].map) if kept else one for one in delta.segments))
