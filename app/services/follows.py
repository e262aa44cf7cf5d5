"""Follows: who follows whom."""

from __future__ import annotations

from collections.abc import Collection

from app.domain import refusals
from app.domain.people import Account, require_other
from app.domain.roster import Person
from app.services.people import require_account
from app.services.ports import Clock
from app.services.stores import BlockStore, FollowStore, PersonStore
from app.services.whereabouts import Whereabouts


class Follows:
    """Both commands answer the other person's account as it is afterwards; done already is done."""

    def __init__(
        self, store: FollowStore, blocks: BlockStore, people: PersonStore, whereabouts: Whereabouts, *, clock: Clock
    ) -> None:
        self._store = store
        self._blocks = blocks
        self._people = people
        self._whereabouts = whereabouts
        self._clock = clock

    async def follow(self, actor: Person, person_id: str) -> Account:
        """Raises `CannotTargetSelf`, `UserNotFound`; `CannotFollow` where either blocks the other."""
        require_other(actor.id, person_id)
        await require_account(self._people, person_id)
        await self._require_unblocked(actor.id, person_id)
        await self._store.add(actor.id, person_id, self._clock())
        try:
            # A block ends the follows it finds once it is kept: one that came meanwhile may not have found this one.
            await self._require_unblocked(actor.id, person_id)
        except refusals.CannotFollow:
            await self._store.remove(actor.id, person_id)
            raise
        self._whereabouts.sees_differently(actor.id)
        return await require_account(self._people, person_id)

    async def unfollow(self, actor: Person, person_id: str) -> Account:
        """Raises `CannotTargetSelf`, `UserNotFound`."""
        require_other(actor.id, person_id)
        await self._store.remove(actor.id, person_id)
        self._whereabouts.sees_differently(actor.id)
        return await require_account(self._people, person_id)

    async def followed_by(self, person_id: str, people_ids: Collection[str]) -> set[str]:
        """Those of the people whom that person follows."""
        return {of for _, of in await self._store.among([(person_id, one) for one in people_ids])}

    async def followers_among(self, person_id: str, people_ids: Collection[str]) -> set[str]:
        """Those of the people who follow that person."""
        return {by for by, _ in await self._store.among([(one, person_id) for one in people_ids])}

    async def _require_unblocked(self, one: str, other: str) -> None:
        if await self._blocks.among([(one, other), (other, one)]):
            raise refusals.CannotFollow(field="userId")
