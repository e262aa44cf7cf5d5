"""The port of the sound: what the use cases ask of whatever mixes, streams, records and cuts it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.domain.spaces import Space
from app.domain.subtitles import Span
from app.domain.transcripts import Heard
from app.domain.voices import Voices


class MediaRefused(Exception):
    """The sound said no to an offer: `status` is the HTTP status that fits, the text one sentence for people."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class MediaUnavailable(Exception):
    """The sound cannot be reached at the moment; nothing was changed by the call."""


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """The answer to a WHIP or WHEP offer, and the session to hang up."""

    sdp: str
    session_id: str


@dataclass(frozen=True, slots=True)
class RecordingNews:
    """A Space's sound is not being written, for the reason that `failure` says; None: it is."""

    space_id: str
    failure: str | None


REPLAY = "replay.m3u8"
"""The playlist of a recording."""


class Rendition(StrEnum):
    """A form in which listeners get the live sound."""

    AAC = "aac"
    OPUS = "opus"

    @property
    def playlist(self) -> str:
        """The name of its playlist. AAC is what every player has: it is the live sound, the other beside it."""
        return "live.m3u8" if self is Rendition.AAC else f"{self}.m3u8"


@dataclass(frozen=True, slots=True)
class Reload:
    """What a player asks of a live playlist: to wait for a segment, or a part of one, and to leave old ones out."""

    after: tuple[int, int | None] | None = None
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Playlist:
    """A live playlist, ready to be sent: as it is, in gzip, and what tells it from any other."""

    plain: bytes
    packed: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class Naming:
    """How a live playlist names what it lists: `address` by a resource's name. Those of one `key` name alike."""

    key: str
    address: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ClipSound:
    """A clip as it was cut: exact length in samples of 48 kHz, and its loudness over time in 0..1."""

    samples: int
    waveform: tuple[float, ...]


class SoundLine(Protocol):
    """The sound of someone who is connected by a WebSocket, both ways, in frames of `spaces-audio.v1`."""

    microphone_id: str | None
    """The session in which they speak."""
    listener_id: str | None
    """The session in which they hear."""
    lost: bool
    """Whether the sound itself is gone: it ended every session."""

    def speak(self, frame: bytes) -> None:
        """Takes a frame of their microphone. Never waits: what the sound does not keep up with is dropped.

        Raises `MediaRefused`: 400 for what is no frame or not the next one, 406 for what is not Opus, 413, and 429 for
        more than can be spoken.
        """

    async def hear(self) -> bytes:
        """Waits for the next frame of what they hear, for ever when that is over. Cancel-safe.

        Whoever asks seldom misses the oldest.
        """

    def close(self) -> None:
        """No more sound, either way; the sessions are hung up by `MediaEngine.hang_up`."""


class MediaEngine(Protocol):
    """The sound of the Spaces on air on this node. What it cannot do now it refuses with `MediaUnavailable`."""

    async def follow(self, space: Space) -> None:
        """Makes the sound obey this state: on air while live, heard who is on stage with an open microphone.

        Idempotent; a version older than one obeyed before is ignored. Returns when the mixer obeys. Never raises: a
        sound that is down is brought back to the last state it was told.
        """

    async def drop(self, space_id: str) -> None:
        """Takes a Space off the air here though it goes on: another node has taken it over."""

    async def offer(self, space_id: str, person_id: str, sdp: str) -> SessionAnswer:
        """Takes a microphone's WHIP offer (RFC 9725); the newer of a person's two replaces the older.

        Raises `MediaRefused`.
        """

    async def offer_listener(self, space_id: str, person_id: str | None, sdp: str) -> SessionAnswer:
        """Takes the WHEP offer of someone who may listen (None: without an account).

        They hear everyone but themselves, as long as they are connected, whatever becomes of their seat. The newer of
        a person's two replaces the older. Raises `MediaRefused`; beyond the limit of listeners with 503.
        """

    async def join(self, space_id: str, person_id: str | None, *, speaks: bool, hears: bool) -> SoundLine:
        """Connects someone without WebRTC, to speak as by `offer` and hear as by `offer_listener`, by the same rules.

        Each is a session of its own, which replaces an older one of whatever kind. Raises `MediaRefused`.
        """

    async def session_over(self, session_id: str) -> None:
        """Returns when a session is over, also for one that was never there."""

    async def trickle(self, space_id: str, session_id: str, fragment: str) -> None:
        """Takes ICE candidates (RFC 8840) of a session. Raises `MediaRefused`."""

    async def hang_up(self, space_id: str, session_id: str) -> None:
        """Ends a session, from this call on without a sound; one that is gone already is no error."""

    def speaking_from(self) -> frozenset[tuple[str, str]]:
        """(space id, person id) of every microphone that is connected now: their people are present."""

    def listening_from(self) -> frozenset[tuple[str, str | None]]:
        """(space id, person id) of every listener's session; None for those without an account."""

    def voices(self) -> AbstractAsyncContextManager[AsyncIterator[tuple[str, Voices]]]:
        """(space id, who speaks) of each Space on air here, as it changes, at most 5 times a second for each Space."""

    async def next_phrase(self) -> Heard:
        """Waits for the next phrase that is understood in any Space on air here, told once. Cancel-safe.

        Where nobody asks for long, the oldest give way.
        """

    async def next_recording_news(self) -> RecordingNews:
        """Waits for the next recording of a Space on air here that begins, fails or goes on, told once. Cancel-safe."""

    async def live_playlist(
        self, space_id: str, rendition: Rendition, naming: Naming, reload: Reload
    ) -> Playlist | None:
        """The live HLS playlist of the newest sound, held until it has what the reload waits for, and any sound at all.

        None off the air. Raises `MediaRefused` for a reload too far ahead, `MediaUnavailable` where held too long.
        """

    async def live_resource(self, space_id: str, rendition: Rendition, name: str) -> bytes | None:
        """What a live playlist calls so, also the part that it says will come next: held until it is there.

        None for any other name, and soon after it has left the playlist. Raises `MediaUnavailable` where held too long.
        """

    def multivariant_playlist(self) -> str:
        """The playlists of all renditions, by their names, for players to choose from."""

    def replay_variants(self, *, captions: bool) -> str:
        """The playlists of a recording, its sound and perhaps its subtitles, by their names, for players to choose."""

    async def live_spans(self, space_id: str) -> tuple[Sequence[Span], bool]:
        """The segments in the live playlist, in order, and whether no more will come; none off the air."""

    async def recorded_ms(self, space_id: str) -> int:
        """How much of the Space is recorded by now, in ms."""

    async def clip(self, space_id: str, clip_id: str, *, start_ms: int, duration_ms: int) -> ClipSound:
        """Cuts those seconds into a file of their own. Raises `LookupError` where they are not (all) there."""

    async def delete_recording(self, space_id: str) -> None:
        """Deletes the sound of a Space that is not on air; where there is none, that is no error."""

    async def delete_clip(self, clip_id: str) -> None:
        """Deletes a clip's file; where there is none, that is no error."""

    def clip_file(self, clip_id: str) -> Path | None:
        """The clip's m4a."""
