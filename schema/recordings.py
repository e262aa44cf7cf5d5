"""Recordings: what is kept of the sound of Spaces that have ended."""

from __future__ import annotations

import strawberry

from schema.inputs import InSpaceInput
from schema.payloads import SpacePayload


@strawberry.input(description="The Space whose recording to delete.")
class DeleteRecordingInput(InSpaceInput):
    """The Space whose recording to delete."""

    confirm: bool = strawberry.field(description="True: it cannot be undone.")


@strawberry.type(description="What `deleteRecording` answers.")
class DeleteRecordingPayload(SpacePayload):
    """What `deleteRecording` answers."""
