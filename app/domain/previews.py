"""Previews: what is told of a Space, a clip or a person where a link to them is shared. Of what anyone may see."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.clips import Clip
from app.domain.people import Account
from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState
from app.domain.transcripts import Phrase

QUOTED_LENGTH: Final = 160
"""Characters of what is said in a clip: about as much as is shown anywhere."""
_BIDI_FORMATTING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Turns the direction of what comes after, to where it is ended: in one text also that of others beside it."""


class PreviewKind(StrEnum):
    """What a link leads to."""

    SITE = "site"
    SPACE = "spaces"
    CLIP = "clips"
    PERSON = "people"


@dataclass(frozen=True, slots=True)
class Preview:
    """What is told of what a link leads to, as plain text on one line each.

    `key`: in its address. `picture`: what its picture shows, in words. `author`: whose it is. `sound_ms`: how long its
    sound is, which anyone may have; 0 where there is none.
    """

    kind: PreviewKind
    key: str
    title: str
    description: str
    picture: str = ""
    author: Person | None = None
    sound_ms: int = 0


SITE: Final = Preview(
    PreviewKind.SITE, "", "Spaces", "Live audio conversations: listen to what is on, raise your hand, open your own."
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """Where a Space is in its life, and when it is or was."""

    label: str
    when: str


def of_space(space: Space) -> Preview:
    """A Space that is not deleted."""
    told, title, host = announcement(space), plain(space.title), plain(space.host.display_name)
    about = f" About {', '.join(map(plain, space.topics))}." if space.topics else ""
    return Preview(
        PreviewKind.SPACE,
        space.id,
        title,
        f"{told.label}: {told.when}. Hosted by {host} (@{space.host.handle}).{about}",
        picture=f"{title}. {told.label}: {told.when}. Hosted by {host}",
        author=space.host,
    )


def announcement(space: Space) -> Announcement:
    """In words for whoever does not know the Space, the same for all of them."""
    match space.state:
        case SpaceState.LIVE:
            return Announcement("Live now", "come and listen")
        case SpaceState.ENDED:
            heard = "hear the recording" if space.keeps_recording else "there is no recording"
            return Announcement("Ended", f"{_day(space.ended_at)} · {heard}" if space.ended_at else heard)
        case SpaceState.CANCELED:
            return Announcement("Called off", f"it was to be on {_planned(space)}")
        case SpaceState.EXPIRED:
            return Announcement("Not held", f"it was to be on {_planned(space)}")
        case _:
            return Announcement("Scheduled", _planned(space) or "soon")


def of_clip(clip: Clip, space: Space, creator: Person, phrases: Sequence[Phrase]) -> Preview:
    """A public clip, of this Space, and what is said in it."""
    title, seconds = plain(space.title), max(1, round(clip.duration_ms / 1000))
    said = shortened(plain(" ".join(one.text for one in phrases)), QUOTED_LENGTH)
    quoted = f"“{said}” " if said else ""
    return Preview(
        PreviewKind.CLIP,
        clip.id,
        title,
        f"{quoted}{seconds} seconds of a Space hosted by {plain(space.host.display_name)}, cut by "
        f"{plain(creator.display_name)}.",
        picture=f"{title}. The shape of {seconds} seconds of sound, and who is heard",
        author=creator,
        sound_ms=clip.duration_ms,
    )


def of_person(account: Account) -> Preview:
    """Someone with an account."""
    name = plain(account.display_name)
    described = plain(account.bio) or f"Spaces and Posts of {name}."
    return Preview(PreviewKind.PERSON, account.handle, f"{name} (@{account.handle})", described)


def plain(text: str) -> str:
    """On one line, without what would not be shown, or would turn the direction of what is written beside it."""
    shown = (one for one in text if one.isspace() or unicodedata.category(one) not in ("Cc", "Cs"))
    return " ".join("".join(one for one in shown if one not in _BIDI_FORMATTING).split())


def shortened(text: str, length: int) -> str:
    """At most so many characters, cut between words where there are any."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut}…"


def _planned(space: Space) -> str:
    """By the clock of whose time zone the host chose it."""
    if space.schedule is None:
        return ""
    start, zone = space.schedule.start, space.schedule.time_zone
    try:
        start = start.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        start, zone = start.astimezone(UTC), "UTC"
    return f"{start:%A}, {_day(start)}, {start:%H:%M} ({zone})"


def _day(time: datetime) -> str:
    return f"{time.day} {time:%B %Y}"
