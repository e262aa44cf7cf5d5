"""People: accounts as the database keeps them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from app.domain.drafts import SettingsEdit
from app.domain.people import Account, Found
from app.services.pages import Window


class HandleExists(Exception):
    """Another account has this handle (compared without case) or outside subject."""


class PersonStore(Protocol):
    """Accounts; handles are unique without regard to case."""

    async def add(self, account: Account) -> None:
        """Raises `HandleExists`, with nothing written."""

    async def get(self, person_id: str) -> Account | None: ...

    async def get_many(self, person_ids: Collection[str]) -> list[Account]: ...

    async def update(self, person_id: str, *, display_name: str | None, bio: str | None) -> Account | None:
        """The account with its new profile, None of it as it was; None where there is no such account."""

    async def set_listening_visible(self, person_id: str, visible: bool) -> Account | None:
        """The account as it is then; None where there is no such account."""

    async def listening_visible(self, person_ids: Collection[str]) -> frozenset[str]:
        """Those of the people who let others see where they listen, by one query."""

    async def update_space_defaults(self, person_id: str, edit: SettingsEdit) -> Account | None:
        """The account with what the edit names of its defaults; None where there is no such account."""

    async def search(self, prefix: str, window: Window[Found]) -> list[Account]:
        """Those whose handle begins so, in its order, and then those whose display name does, in the name's order.

        Compared as `folded`; keys as `found_key` makes them.
        """

    async def by_handle(self, handle: str) -> Account | None: ...

    async def by_subject(self, subject: str) -> Account | None: ...
