"""Clips: up to 30 seconds of a Space to keep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import relay

from schema.context import Info
from schema.people import User

if TYPE_CHECKING:
    from schema.spaces import Space
    from schema.transcripts import Phrase


@strawberry.type(description="Up to 30 seconds of a Space's sound, as a copy of its own.")
class Clip(relay.Node):
    """Up to 30 seconds of a Space's sound."""

    key: relay.NodeID[str]
    start_offset_ms: int = strawberry.field(description="Where it starts, in ms from the first recorded sample.")
    duration_ms: int = strawberry.field(description="How long it was asked to be, in ms.")
    sample_count: int = strawberry.field(description="How long it is exactly, in samples of 48 kHz.")
    waveform: list[float] = strawberry.field(description="Loudness over time, each 0 to 1, evenly spaced.")
    created_at: datetime = strawberry.field(description="When it was cut.")
    creator_key: strawberry.Private[str]
    space_key: strawberry.Private[str]
    signed_url: strawberry.Private[Callable[[], str]]

    @strawberry.field(description="Where the sound is, as a playable m4a (AAC); holds for 10 minutes, then ask again.")
    def url(self) -> str:
        return self.signed_url()

    @strawberry.field(
        description="What is said in it, to the word, with times from the first recorded sample of its Space; empty "
        "once that recording is deleted."
    )
    async def transcript(self, info: Info) -> list[Annotated[Phrase, strawberry.lazy("schema.transcripts")]]:
        stretch = (self.space_key, self.start_offset_ms, self.start_offset_ms + self.duration_ms)
        return list(await info.context.words_of(stretch))

    @strawberry.field(description="Who cut it.")
    async def creator(self, info: Info) -> User:
        return await info.context.user(self.creator_key)

    @strawberry.field(description="The Space it is from; null if that is gone.")
    async def space(self, info: Info) -> Annotated[Space, strawberry.lazy("schema.spaces")] | None:
        return await info.context.space(self.space_key)
