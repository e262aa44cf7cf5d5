"""All use cases in one hand, for the API."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.attendance import Attendances
from app.services.audio import Audio
from app.services.clips import Clips
from app.services.people import People
from app.services.reactions import Reactions
from app.services.spaces import Spaces
from app.services.stage import Stage
from app.services.streams import Streams


@dataclass(frozen=True, slots=True)
class UseCases:
    """What the API may do; a noun each."""

    people: People
    spaces: Spaces
    stage: Stage
    attendance: Attendances
    streams: Streams
    reactions: Reactions
    clips: Clips
    audio: Audio
