"""Recordings: what is kept of the sound of a Space, live and after its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from schema.inputs import InSpaceInput
from schema.payloads import SpacePayload

Points = Annotated[
    int, strawberry.argument(description="Into how many even steps of time, 1 to 2000; of a short recording fewer.")
]
Waveform = Callable[[int], Awaitable[list[float]]]


@strawberry.enum(description="Where a recording is.")
class RecordingState(Enum):
    """Where a recording is."""

    RECORDING = strawberry.enum_value(
        "RECORDING", description="The Space is being recorded; for some seconds after its end, it is being finalised."
    )
    READY = strawberry.enum_value(
        "READY", description="It is complete, but for a gap where there is a `failure`, and can be replayed."
    )
    FAILED = strawberry.enum_value(
        "FAILED",
        description="The sound is not being written (a full disk, say), or was not when the Space ended: `failure` "
        "says why. The Space goes on, and the recording as soon as that works again: then it is RECORDING. What was "
        "written before can be replayed.",
    )


@strawberry.type(description="That sound of a Space could not be written.")
class RecordingFailure:
    """That sound of a Space could not be written."""

    reason: str = strawberry.field(description="Why, in a sentence.")
    at: datetime = strawberry.field(description="Since when nothing was written.")
    resumed_at: datetime | None = strawberry.field(description="Since when it is again; null if it is not.")


@strawberry.type(
    description="All of a recording, as it would be without a trim: for its host, who may trim it otherwise."
)
class WholeRecording:
    """All of a recording."""

    duration_ms: int | None = strawberry.field(description="How long it is, in ms; null until it is finalised.")
    hls_url: str = strawberry.field(description="Where it is heard, as an HLS playlist. It is not counted as a replay.")
    m4a_url: str = strawberry.field(description="Where it is heard, as an m4a file (AAC).")
    urls_expire_at: datetime = strawberry.field(description="Until when the addresses hold; ask again before.")
    read_waveform: strawberry.Private[Waveform]

    @strawberry.field(description="How loud it is over time, each 0 to 1, evenly spaced; empty until it is finalised.")
    async def waveform(self, points: Points = 300) -> list[float]:
        return await self.read_waveform(points)


@strawberry.type(
    description="What is kept of a Space's sound. Its host may trim it at both ends (`updateRecording`): then only "
    "what is between is heard, read and clipped by others, and everything here is of that. All offsets, of trims, "
    "clips and transcripts, count from the first recorded sample, whatever is trimmed."
)
class Recording:
    """What is kept of a Space's sound."""

    state: RecordingState = strawberry.field(description="Where it is.")
    failure: RecordingFailure | None = strawberry.field(
        description="The last time that sound could not be written; null if it always could."
    )
    started_at: datetime | None = strawberry.field(description="When its Space went live.")
    start_offset_ms: int | None = strawberry.field(
        description="From where on it is heard, in ms from the first recorded sample; null: from the beginning."
    )
    end_offset_ms: int | None = strawberry.field(
        description="Up to where it is heard, in ms from the first recorded sample; null: to the end."
    )
    duration_ms: int | None = strawberry.field(description="How long it is, in ms; null until it is finalised.")
    size_bytes: float | None = strawberry.field(
        description="How long the m4a file is, in bytes; null until it is finalised, and for a moment after a trim."
    )
    loudness: float | None = strawberry.field(
        description="Integrated loudness in LUFS (EBU R 128); null for silence, and until it is finalised."
    )
    peak: float | None = strawberry.field(
        description="The highest sample in dB of full scale; null for silence, and until it is finalised."
    )
    replay_count: int = strawberry.field(
        description="How often it was started: at most once in half an hour by each person, or network address without "
        "an account."
    )
    hls_url: str | None = strawberry.field(
        description="Where it is heard, as an HLS playlist, within 22 ms of a trim: `Space.audio.hlsUrl`. Null until "
        "the Space has ended."
    )
    m4a_url: str | None = strawberry.field(
        description="Where it is heard, and downloaded, as one m4a file (AAC), exact to the sample, that starts to "
        "play at once and answers Range requests. Null until the Space has ended."
    )
    urls_expire_at: datetime | None = strawberry.field(
        description="Until when the addresses hold; ask again before. Null where there are none."
    )
    expires_at: datetime | None = strawberry.field(
        description="When it is deleted by itself; null: it is kept until its host deletes it, or it is still live."
    )
    whole: WholeRecording | None = strawberry.field(
        description="All of it, also what is trimmed away. For the host, after the end; null for others."
    )
    read_waveform: strawberry.Private[Waveform]

    @strawberry.field(description="How loud it is over time, each 0 to 1, evenly spaced; empty until it is finalised.")
    async def waveform(self, points: Points = 300) -> list[float]:
        return await self.read_waveform(points)


@strawberry.input(description="The Space whose recording to delete.")
class DeleteRecordingInput(InSpaceInput):
    """The Space whose recording to delete."""

    confirm: bool = strawberry.field(description="True: it cannot be undone.")


@strawberry.type(description="What `deleteRecording` answers.")
class DeleteRecordingPayload(SpacePayload):
    """What `deleteRecording` answers."""


@strawberry.input(description="What is to be heard of the recording of a Space.")
class UpdateRecordingInput(InSpaceInput):
    """What is to be heard of the recording of a Space."""

    start_offset_ms: int | None = strawberry.field(
        description="From where on, in ms from the first recorded sample; null or absent: from the beginning.",
        default=None,
    )
    end_offset_ms: int | None = strawberry.field(
        description="Up to where, in ms from the first recorded sample; null or absent: to the end.", default=None
    )


@strawberry.type(description="What `updateRecording` answers.")
class UpdateRecordingPayload(SpacePayload):
    """What `updateRecording` answers."""
