"""People in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection
from dataclasses import replace

from app.domain.drafts import SettingsEdit
from app.domain.people import Account, Found, folded, found_key
from app.services.pages import Window, part
from app.services.stores import HandleExists


class MemoryPersonStore:
    """`PersonStore` in a dict."""

    def __init__(self) -> None:
        self._people: dict[str, Account] = {}

    async def add(self, account: Account) -> None:
        taken = await self.by_handle(account.handle)
        if taken or (account.subject is not None and await self.by_subject(account.subject)):
            raise HandleExists(account.handle)
        self._people[account.id] = account

    async def get(self, person_id: str) -> Account | None:
        return self._people.get(person_id)

    async def get_many(self, person_ids: Collection[str]) -> list[Account]:
        return [self._people[person_id] for person_id in set(person_ids) & self._people.keys()]

    async def by_handle(self, handle: str) -> Account | None:
        return next((one for one in self._people.values() if one.handle.casefold() == handle.casefold()), None)

    async def by_subject(self, subject: str) -> Account | None:
        return next((one for one in self._people.values() if one.subject == subject), None)

    async def update(self, person_id: str, *, display_name: str | None, bio: str | None) -> Account | None:
        account = self._people.get(person_id)
        if account is None:
            return None
        name = account.display_name if display_name is None else display_name
        self._people[person_id] = replace(account, display_name=name, bio=account.bio if bio is None else bio)
        return self._people[person_id]

    async def set_listening_visible(self, person_id: str, visible: bool) -> Account | None:
        if account := self._people.get(person_id):
            self._people[person_id] = replace(account, listening_visible=visible)
        return self._people.get(person_id)

    async def listening_visible(self, person_ids: Collection[str]) -> frozenset[str]:
        return frozenset(one.id for one in await self.get_many(person_ids) if one.listening_visible)

    async def update_space_defaults(self, person_id: str, edit: SettingsEdit) -> Account | None:
        account = self._people.get(person_id)
        if account is None:
            return None
        after = replace(account, space_defaults=account.space_defaults.changed(edit))
        self._people[person_id] = after
        return after

    async def search(self, prefix: str, window: Window[Found]) -> list[Account]:
        begins = folded(prefix)
        found = [
            one
            for one in self._people.values()
            if folded(one.handle).startswith(begins) or folded(one.display_name).startswith(begins)
        ]
        return part(found, window, key_of=lambda one: found_key(one, prefix))

    def count_follow(self, by: str, of: str, change: int) -> None:
        """What a `FollowStore` does to the accounts that there are."""
        if account := self._people.get(of):
            self._people[of] = replace(account, follower_count=account.follower_count + change)
        if account := self._people.get(by):
            self._people[by] = replace(account, following_count=account.following_count + change)
