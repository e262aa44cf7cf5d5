"""People: accounts, and the rules of handles, names and passwords."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.domain import refusals
from app.domain.defaults import SpaceDefaults
from app.domain.roster import Person

HANDLE = re.compile(r"[A-Za-z0-9_]{3,15}")
DISPLAY_NAME_LENGTH = 50
BIO_LENGTH = 160
PASSWORD_LENGTHS = range(8, 129)


@dataclass(frozen=True, slots=True)
class Account:
    """A person with an account here: by password, or by the `subject` that an outside provider knows them as.

    `listening_visible`: whether others may see where this person listens.
    """

    id: str
    handle: str
    display_name: str
    created_at: datetime
    bio: str = ""
    password_hash: str | None = None
    subject: str | None = None
    follower_count: int = 0
    following_count: int = 0
    listening_visible: bool = False
    space_defaults: SpaceDefaults = field(default_factory=SpaceDefaults)

    @property
    def person(self) -> Person:
        """How a Space shows this account."""
        return Person(self.id, self.handle, self.display_name)


def check_sign_up(handle: str, display_name: str, password: str) -> None:
    """Raises every broken rule of a new account at once, in an `ExceptionGroup`."""
    broken = [*_broken_handle(handle), *_broken_display_name(display_name), *_broken_password(password)]
    if broken:
        raise ExceptionGroup("signUp", broken)


def check_profile(display_name: str | None, bio: str | None) -> None:
    """Raises every broken rule of a changed profile at once, in an `ExceptionGroup`; None is left as it is."""
    broken = [] if display_name is None else list(_broken_display_name(display_name))
    if bio is not None and len(bio.strip()) > BIO_LENGTH:
        broken.append(refusals.InvalidBio(field="bio", limit=BIO_LENGTH, current=len(bio.strip())))
    if broken:
        raise ExceptionGroup("updateProfile", broken)


Found = tuple[str, str, str]
"""The key of an account in a list of those found: by handle or by name, the folded text, the id."""
BY_HANDLE = "handle"
BY_NAME = "name"
"""Comes after `BY_HANDLE` also as a text."""


def found_key(account: Account, prefix: str) -> Found:
    """Where an account stands among those whose handle, or else display name, begins so."""
    if folded(account.handle).startswith(folded(prefix)):
        return BY_HANDLE, folded(account.handle), account.id
    return BY_NAME, folded(account.display_name), account.id


def folded(text: str) -> str:
    """How handles and names are compared: without regard to case and to the forms that Unicode has for one letter."""
    return unicodedata.normalize("NFKC", text).casefold()


def _broken_handle(handle: str) -> Iterable[refusals.Refusal]:
    if not HANDLE.fullmatch(handle):
        yield refusals.InvalidHandle(field="handle", limit=15, current=len(handle))


def _broken_display_name(name: str) -> Iterable[refusals.Refusal]:
    if not 1 <= len(name.strip()) <= DISPLAY_NAME_LENGTH:
        yield refusals.InvalidDisplayName(field="displayName", limit=DISPLAY_NAME_LENGTH, current=len(name.strip()))


def _broken_password(password: str) -> Iterable[refusals.Refusal]:
    if len(password) not in PASSWORD_LENGTHS:
        yield refusals.InvalidPassword(field="password", limit=PASSWORD_LENGTHS[-1], current=len(password))


def require_other(actor_id: str, target_id: str) -> None:
    """Raises `CannotTargetSelf` for what people do to others only: follow, block, mute."""
    if actor_id == target_id:
        raise refusals.CannotTargetSelf(field="userId")


def handle_from(text: str) -> str:
    """A valid handle made of any text, by dropping and padding; not necessarily a free one."""
    return "".join(one for one in text if re.fullmatch(r"[A-Za-z0-9_]", one))[:15].ljust(3, "_")
