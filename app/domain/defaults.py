"""Defaults: what the Spaces of a person are to be, as far as they say nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.drafts import Draft, Edit, SettingsEdit, broken_language
from app.domain.roster import SpeakPolicy


@dataclass(frozen=True, slots=True)
class SpaceDefaults:
    """An account's choice of settings for its new Spaces; at first, the server's."""

    clipping_allowed: bool = True
    recording_enabled: bool = False
    speak_policy: SpeakPolicy = SpeakPolicy.EVERYONE
    language: str | None = None

    def changed(self, edit: SettingsEdit) -> SpaceDefaults:
        """As the edit names them, and as they were where it does not."""
        return replace(self, **edit.named())


def check(edit: SettingsEdit) -> None:
    """Raises every broken rule of changed defaults at once, in an `ExceptionGroup`."""
    if broken := list(broken_language(SpaceDefaults().changed(edit).language)):
        raise ExceptionGroup("updateSpaceDefaults", broken)


def draft(title: str, choices: Edit, defaults: SpaceDefaults) -> Draft:
    """What a host asks for who chooses so: as chosen, and by the account's defaults where nothing is."""
    by_default = Draft(
        title,
        language=defaults.language,
        recording_enabled=defaults.recording_enabled,
        clipping_allowed=defaults.clipping_allowed,
        speak_policy=defaults.speak_policy,
    )
    return replace(by_default, **choices.named())
