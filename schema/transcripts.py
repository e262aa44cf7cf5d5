"""Transcripts: what is said in a Space, live as captions and afterwards beside the recording."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.context import Info
from schema.marks import FOR_ALL, PER_VIEWER
from schema.people import User

if TYPE_CHECKING:
    from schema.spaces import Space


@strawberry.type(description="A word as the server understood it.")
class Word:
    """A word as the server understood it."""

    text: str = strawberry.field(description="The word.", metadata=FOR_ALL)
    start_offset_ms: int = strawberry.field(
        description="Where it begins, in ms from the first recorded sample.", metadata=FOR_ALL
    )
    end_offset_ms: int = strawberry.field(
        description="Where it ends, in ms from the first recorded sample.", metadata=FOR_ALL
    )
    confidence: float = strawberry.field(description="How sure the server is of it, 0 to 1.", metadata=FOR_ALL)


@strawberry.type(
    description="What a person said in one go. Nobody wrote it down but a machine: it is rough, and with the "
    "transcriber that comes with the server (pocketsphinx, English only) often wrong."
)
class Phrase:
    """What a person said in one go."""

    text: str = strawberry.field(description="Its words in a line.", metadata=FOR_ALL)
    language: str = strawberry.field(description="The language it was understood in, such as `en`.", metadata=FOR_ALL)
    start_offset_ms: int = strawberry.field(
        description="Where it begins, in ms from the first recorded sample: as `createClip` takes it.", metadata=FOR_ALL
    )
    duration_ms: int = strawberry.field(
        description="How long it is, in ms: as `createClip` takes it.", metadata=FOR_ALL
    )
    delay_ms: int = strawberry.field(
        description="How long after its end it was understood, in ms of sound.", metadata=FOR_ALL
    )
    confidence: float = strawberry.field(
        description="How sure the server is of its words on average, 0 to 1.", metadata=FOR_ALL
    )
    words: list[Word] = strawberry.field(description="The words in order, at least one.", metadata=FOR_ALL)
    at: datetime = strawberry.field(description="When it was understood.", metadata=FOR_ALL)
    speaker_key: strawberry.Private[str]
    space_key: strawberry.Private[str]

    @strawberry.field(description="Who said it.", metadata=FOR_ALL)
    async def speaker(self, info: Info) -> User:
        return await info.context.user(self.speaker_key)

    @strawberry.field(description="The Space it was said in; null if that is gone.", metadata=PER_VIEWER)
    async def space(self, info: Info) -> Annotated[Space, strawberry.lazy("schema.spaces")] | None:
        return await info.context.space(self.space_key)
