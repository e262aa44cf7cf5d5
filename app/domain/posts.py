"""Posts: what people write for those who follow them, with a card of something at most."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from app.domain import refusals
from app.domain.roster import Person

POST_LENGTH = 280


@dataclass(frozen=True, slots=True)
class SpaceCard:
    """Shows a Space."""

    space_id: str


@dataclass(frozen=True, slots=True)
class ClipCard:
    """Shows a clip, ready to play."""

    clip_id: str


@dataclass(frozen=True, slots=True)
class PostCard:
    """Quotes another Post."""

    post_id: str


Card = SpaceCard | ClipCard | PostCard
"""What stands below a Post. It names something that may be gone since, or that a reader may not see."""


@dataclass(frozen=True, slots=True)
class Post:
    """One Post; it never changes. `author`: with the names they had when they wrote it."""

    id: str
    author: Person
    text: str
    card: Card | None
    created_at: datetime

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands in every list of Posts."""
        return self.created_at, self.id


@dataclass(frozen=True, slots=True)
class SharedPost:
    """A Post that is shown to all in a Space."""

    post_id: str
    shared_by: Person
    shared_at: datetime


def write(author: Person, text: str, card: Card | None, *, post_id: str, now: datetime) -> Post:
    """A new Post. Raises `EmptyPost` for one that shows nothing, `InvalidText` for one that says too much."""
    written = tidied(text, POST_LENGTH, field="text")
    if not written and card is None:
        raise refusals.EmptyPost(field="text")
    return Post(post_id, author, written, card, now)


def tidied(text: str, length: int, *, field: str) -> str:
    """What people see of a text: without space around it, and empty where all of it is invisible.

    Characters are counted as Unicode code points of the composed form (NFC), so that an accent counts once however it
    was typed. Raises `InvalidText` for more than `length` of them.
    """
    composed = unicodedata.normalize("NFC", text).strip()
    if len(composed) > length:
        raise refusals.InvalidText(
            f"A text has {length} characters at most.", field=field, limit=length, current=len(composed)
        )
    return composed if any(_is_visible(one) for one in composed) else ""


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp", "Zs")
