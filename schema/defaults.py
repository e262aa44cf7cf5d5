"""Defaults: what a person's new Spaces are to be, as far as they say nothing else."""

from __future__ import annotations

import strawberry

from schema.payloads import Payload
from schema.stage import SpeakPolicy


@strawberry.type(description="The settings of the viewer's new Spaces where `createSpace` says nothing else.")
class SpaceDefaults:
    """The settings of the viewer's new Spaces."""

    clipping_allowed: bool = strawberry.field(
        description="Whether clips may be made; at first, yes. Of a Space that starts without there are never any."
    )
    recording_enabled: bool = strawberry.field(description="Whether they are recorded while live; at first, no.")
    speak_policy: SpeakPolicy = strawberry.field(description="Who may ask for a seat; at first, everyone.")
    language: str | None = strawberry.field(description="The language spoken, as a BCP 47 tag; null: not said.")


@strawberry.input(description="How the viewer's new Spaces are to be; what is left out stays as it is.")
class UpdateSpaceDefaultsInput:
    """How the viewer's new Spaces are to be."""

    clipping_allowed: strawberry.Maybe[bool] = strawberry.field(description="Whether clips may be made.")
    recording_enabled: strawberry.Maybe[bool] = strawberry.field(description="Whether they are recorded while live.")
    speak_policy: strawberry.Maybe[SpeakPolicy] = strawberry.field(description="Who may ask for a seat.")
    language: strawberry.Maybe[str | None] = strawberry.field(
        description="The language spoken, as a BCP 47 tag; null: not said."
    )


@strawberry.type(description="What `updateSpaceDefaults` answers.")
class UpdateSpaceDefaultsPayload(Payload):
    """What `updateSpaceDefaults` answers."""

    space_defaults: SpaceDefaults | None = strawberry.field(
        description="The defaults as they are now; null where a rule said no.", default=None
    )
