"""Defaults: what an account wants its Spaces to be, and what is left of that when a Space says otherwise."""

import pytest

from app.domain import refusals
from app.domain.defaults import SpaceDefaults, check, draft
from app.domain.drafts import Draft, Edit, SettingsEdit
from app.domain.roster import SpeakPolicy

OWN = SpaceDefaults(
    clipping_allowed=False, recording_enabled=True, speak_policy=SpeakPolicy.INVITED_ONLY, language="pt-BR"
)


def test_an_account_that_says_nothing_has_the_servers_defaults() -> None:
    assert draft("Tides", Edit(), SpaceDefaults()) == Draft("Tides")


def test_what_is_left_out_is_as_the_account_wants_it() -> None:
    assert draft("Tides", Edit(topics=("art",)), OWN) == Draft(
        "Tides",
        ("art",),
        language="pt-BR",
        recording_enabled=True,
        clipping_allowed=False,
        speak_policy=SpeakPolicy.INVITED_ONLY,
    )


def test_what_a_space_says_goes_before_the_account() -> None:
    chosen = Edit(
        language="en", recording_enabled=False, clipping_allowed=True, speak_policy=SpeakPolicy.FOLLOWED_BY_HOST
    )
    assert draft("Tides", chosen, OWN) == Draft(
        "Tides", language="en", recording_enabled=False, speak_policy=SpeakPolicy.FOLLOWED_BY_HOST
    )


def test_defaults_change_as_far_as_named() -> None:
    assert OWN.changed(SettingsEdit()) == OWN
    assert OWN.changed(SettingsEdit(language=None)).language is None
    assert SpaceDefaults().changed(SettingsEdit(clipping_allowed=False)) == SpaceDefaults(clipping_allowed=False)


def test_a_language_is_a_tag_here_too() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        check(SettingsEdit(language="?"))
    [broken] = caught.value.exceptions
    assert isinstance(broken, refusals.InvalidLanguage)
    assert broken.field == "language"
