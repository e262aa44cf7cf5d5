"""Drafts: what a host chooses for a Space, checked; and the Space that one makes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum, auto
from typing import Any, Final

from app.domain import refusals
from app.domain.roster import Person, Role, Seat, SpeakPolicy
from app.domain.spaces import Space, SpaceState

TITLE_LENGTH = 70
TOPICS_PER_SPACE = 3
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,8}")
"""A language and its subtags as in RFC 5646 section 2.1, without the grandfathered ones, and of bounded length."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a host asks for when creating a Space."""

    title: str
    topics: tuple[str, ...] = ()
    language: str | None = None
    recording_enabled: bool = False
    clipping_allowed: bool = True
    speak_policy: SpeakPolicy = SpeakPolicy.EVERYONE


class Unchanged(Enum):
    """What an edit says of a setting that it leaves as it is: None is a value like any other."""

    UNCHANGED = auto()


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class SettingsEdit:
    """What is to be otherwise of the settings that do not depend on what a Space is about."""

    language: str | Unchanged | None = UNCHANGED
    recording_enabled: bool | Unchanged = UNCHANGED
    clipping_allowed: bool | Unchanged = UNCHANGED
    speak_policy: SpeakPolicy | Unchanged = UNCHANGED

    def named(self) -> dict[str, Any]:
        """The settings that the edit names, by the names that they have in a draft."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in given.items() if value is not UNCHANGED}


@dataclass(frozen=True, slots=True)
class Edit(SettingsEdit):
    """What a host wants to be otherwise."""

    title: str | Unchanged = UNCHANGED
    topics: tuple[str, ...] | Unchanged = UNCHANGED


def create(draft: Draft, *, space_id: str, host: Person, topics: Collection[str], now: datetime) -> Space:
    """A Space in PREPARING with the host on its stage, muted; `topics`: the server's. Raises all refusals at once."""
    if broken := broken_rules(draft, topics):
        raise ExceptionGroup("createSpace", broken)
    return Space(
        id=space_id,
        version=1,
        host=host,
        title=draft.title.strip(),
        topics=draft.topics,
        language=draft.language,
        recording_enabled=draft.recording_enabled,
        clipping_allowed=draft.clipping_allowed,
        speak_policy=draft.speak_policy,
        state=SpaceState.PREPARING,
        created_at=now,
        stage=(Seat(host, Role.HOST, muted=True, taken_at=now),),
    )


def broken_rules(draft: Draft, topics: Collection[str]) -> list[refusals.Refusal]:
    """Every rule that the draft breaks, each with its field; `topics`: the server's."""
    return [
        *broken_title(draft.title),
        *_broken_topics(draft.topics, topics),
        *broken_language(draft.language),
    ]


def broken_title(title: str) -> Iterable[refusals.Refusal]:
    """The rule of titles, where this one breaks it."""
    length = len(title.strip())
    if not 1 <= length <= TITLE_LENGTH:
        yield refusals.InvalidTitle(field="title", limit=TITLE_LENGTH, current=length)


def _broken_topics(chosen: Sequence[str], known: Collection[str]) -> Iterable[refusals.Refusal]:
    if len(set(chosen)) < len(chosen):
        yield refusals.TooManyTopics("Each topic is named once.", field="topics", current=len(chosen))
    if len(chosen) > TOPICS_PER_SPACE:
        yield refusals.TooManyTopics(field="topics", limit=TOPICS_PER_SPACE, current=len(chosen))
    for topic in chosen[:TOPICS_PER_SPACE]:
        if topic not in known:
            yield refusals.UnknownTopic(f"{topic[:32]!r} is not one of this server's topics.", field="topics")


def broken_language(language: str | None) -> Iterable[refusals.Refusal]:
    """The rule of languages, if it is broken; None: not said."""
    if language is not None and not LANGUAGE_TAG.fullmatch(language):
        yield refusals.InvalidLanguage(field="language")
