"""Clips: up to 30 seconds of a Space to keep."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import relay

from schema.context import Info
from schema.people import User

if TYPE_CHECKING:
    from schema.spaces import Space
    from schema.transcripts import Phrase


@strawberry.enum(description="Whether a clip is public yet.")
class ClipState(Enum):
    """Whether a clip is public yet."""

    DRAFT = strawberry.enum_value("DRAFT", description="Seen by who cut it alone; gone a day later unless published.")
    PUBLISHED = strawberry.enum_value("PUBLISHED", description="Seen by everyone who may see the Space.")


@strawberry.enum(description="A form of a clip's sound, beside the m4a that it is cut as.")
class ClipRenditionKind(Enum):
    """A form of a clip's sound."""

    NORMALIZED_M4A = strawberry.enum_value(
        "NORMALIZED_M4A", description="AAC at -16 LUFS, true peaks at most -1 dBTP; plays the same samples."
    )
    MP3 = strawberry.enum_value("MP3", description="MP3, as loud as the clip is, with LAME's gapless header.")
    NORMALIZED_MP3 = strawberry.enum_value(
        "NORMALIZED_MP3", description="MP3 at -16 LUFS, true peaks at most -1 dBTP, with LAME's gapless header."
    )


@strawberry.enum(description="How far a rendition is.")
class ClipRenditionState(Enum):
    """How far a rendition is."""

    PENDING = strawberry.enum_value("PENDING", description="It waits for its turn.")
    RUNNING = strawberry.enum_value("RUNNING", description="It is being made; `progress` says how far it is.")
    READY = strawberry.enum_value("READY", description="`url` leads to it.")
    FAILED = strawberry.enum_value("FAILED", description="`failure` says why; `renderClip` tries again.")


@strawberry.type(description="A form of a clip's sound, made in the background once somebody asked for it.")
class ClipRendition:
    """A form of a clip's sound."""

    kind: ClipRenditionKind = strawberry.field(description="Which form.")
    state: ClipRenditionState = strawberry.field(description="How far it is.")
    progress: float = strawberry.field(description="How much of it is done, 0 to 1.")
    failure: str | None = strawberry.field(description="Why there is none, in one sentence; null unless FAILED.")
    sample_count: int | None = strawberry.field(
        description="How long it is, in samples of 48 kHz, as the clip; null until it is READY."
    )
    loudness: float | None = strawberry.field(
        description="How loud it came out, in LUFS (EBU R 128); null for silence, and until it is READY. Normalised "
        "ones are -16, but for what was below -46: that is 30 dB louder than it was, and silence is silence."
    )
    signed_url: strawberry.Private[Callable[[], str] | None]

    @strawberry.field(
        description="Where it is; null until it is READY. Holds for some minutes; `?download` behind it saves it as a "
        "file."
    )
    def url(self) -> str | None:
        return self.signed_url() if self.signed_url else None


@strawberry.type(
    description="Up to 30 seconds of a Space's sound, as a copy of its own: it outlives the recording, and goes with "
    "the Space or by `deleteClip`. A draft is there for its creator alone."
)
class Clip(relay.Node):
    """Up to 30 seconds of a Space's sound."""

    key: relay.NodeID[str]
    start_offset_ms: int = strawberry.field(description="Where it starts, in ms from the first recorded sample.")
    duration_ms: int = strawberry.field(description="How long it was asked to be, in ms.")
    sample_count: int = strawberry.field(description="How long it is exactly, in samples of 48 kHz.")
    waveform: list[float] = strawberry.field(description="Loudness over time, each 0 to 1, evenly spaced.")
    created_at: datetime = strawberry.field(description="When it was cut.")
    state: ClipState = strawberry.field(description="Whether it is public yet.")
    expires_at: datetime | None = strawberry.field(
        description="When the draft goes unless it is published; null once it is."
    )
    published_at: datetime | None = strawberry.field(description="When it was published; null for a draft.")
    page_url: str = strawberry.field(
        description="The stable public address of its web page, to be shared; a draft's opens for its creator alone."
    )
    renditions: list[ClipRendition] = strawberry.field(
        description="The other forms of its sound that `renderClip` was asked for, by whomever; one of a kind at most."
    )
    viewer_can_publish: bool = strawberry.field(description="Whether the viewer may `publishClip` it.")
    creator_key: strawberry.Private[str]
    space_key: strawberry.Private[str]
    signed_url: strawberry.Private[Callable[[], str]]
    signed_poster_url: strawberry.Private[Callable[[], str]]
    deletable: strawberry.Private[Callable[[], Awaitable[bool]]]

    @strawberry.field(
        description="Where the sound is, as a playable m4a (AAC); holds for some minutes, then ask again. `?download` "
        "behind it saves it as a file."
    )
    def url(self) -> str:
        return self.signed_url()

    @strawberry.field(
        description="Where its picture is, a PNG of 1200 x 630 pixels, as link previews take it: the Space's title, "
        "the waveform, and who is heard, as they are called now. Holds for some minutes, then ask again."
    )
    def poster_url(self) -> str:
        return self.signed_poster_url()

    @strawberry.field(
        description="What is said in it, to the word, with times from the first recorded sample of its Space; empty "
        "once that recording is deleted."
    )
    async def transcript(self, info: Info) -> list[Annotated[Phrase, strawberry.lazy("schema.transcripts")]]:
        stretch = (self.space_key, self.start_offset_ms, self.start_offset_ms + self.duration_ms)
        return list(await info.context.words_of(stretch))

    @strawberry.field(
        description="Whether the viewer may `deleteClip` it: who cut it, and the host of the Space it is from."
    )
    async def viewer_can_delete(self) -> bool:
        return await self.deletable()

    @strawberry.field(description="Who cut it.")
    async def creator(self, info: Info) -> User:
        return await info.context.user(self.creator_key)

    @strawberry.field(description="The Space it is from; null if that is gone.")
    async def space(self, info: Info) -> Annotated[Space, strawberry.lazy("schema.spaces")] | None:
        return await info.context.space(self.space_key)
