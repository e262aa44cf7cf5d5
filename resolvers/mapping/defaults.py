"""Defaults for new Spaces, as the schema shows them."""

from __future__ import annotations

from app.domain import defaults
from schema.defaults import SpaceDefaults
from schema.stage import SpeakPolicy


def space_defaults(defaults: defaults.SpaceDefaults) -> SpaceDefaults:
    """What an account's new Spaces are by default."""
    return SpaceDefaults(
        clipping_allowed=defaults.clipping_allowed,
        recording_enabled=defaults.recording_enabled,
        speak_policy=SpeakPolicy[defaults.speak_policy.name],
        language=defaults.language,
    )
