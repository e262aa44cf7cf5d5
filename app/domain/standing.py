"""Standing: who is asking, and what of: the viewers and objects of `permissions.may`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.clips import Clip
from app.domain.messages import DirectMessage
from app.domain.posts import Post, SharedPost
from app.domain.removals import Removal
from app.domain.roster import Person
from app.domain.spaces import Space


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is asking (None: without an account), and what the object itself does not know of them.

    `blocked`: by whoever the object belongs to: a Space's host (a clip's too), a Post's author, the other person.
    `blocks`: the other way round. `hosts`: the Space that a clip is from. What does not matter may be left out.
    """

    id: str | None = None
    is_operator: bool = False
    is_in: bool = False
    was_in: bool = False
    followed_by_host: bool = False
    blocked: bool = False
    blocks: bool = False
    removed: bool = False
    hosts: bool = False


ANONYMOUS: Final = Standing()


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in regard to a Space, in it or not."""

    space: Space
    person_id: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A person whom somebody removed from a Space."""

    space: Space
    removal: Removal


@dataclass(frozen=True, slots=True)
class Shown:
    """A Post as a Space shows it."""

    space: Space
    post: SharedPost


@dataclass(frozen=True, slots=True)
class Server:
    """The whole server."""


SERVER: Final = Server()

Object = Space | Participant | Removed | Shown | Clip | Post | DirectMessage | Person | Server
"""All that there is to have authority over."""
