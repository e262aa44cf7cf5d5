"""Follows: who follows whom."""

from __future__ import annotations

from collections.abc import Collection

from app.domain import refusals
from app.domain.people import Account, require_other
from app.domain.roster import Person
from app.services.ports import Clock, FollowStore, PersonStore


class Follows:
    """Both commands answer the other person's account as it is afterwards; done already is done."""

    def __init__(self, store: FollowStore, people: PersonStore, *, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._clock = clock

    async def follow(self, actor: Person, person_id: str) -> Account:
        """Raises `CannotTargetSelf`, `UserNotFound`."""
        require_other(actor.id, person_id)
        await self._account(person_id)
        await self._store.add(actor.id, person_id, self._clock())
        return await self._account(person_id)

    async def unfollow(self, actor: Person, person_id: str) -> Account:
        """Raises `CannotTargetSelf`, `UserNotFound`."""
        require_other(actor.id, person_id)
        await self._store.remove(actor.id, person_id)
        return await self._account(person_id)

    async def followed_by(self, person_id: str, people_ids: Collection[str]) -> set[str]:
        """Those of the people whom that person follows."""
        return {of for _, of in await self._store.among([(person_id, one) for one in people_ids])}

    async def _account(self, person_id: str) -> Account:
        account = await self._people.get(person_id)
        if account is None:
            raise refusals.UserNotFound(field="userId")
        return account
