"""Blocks: whom people keep away from themselves and from the Spaces they host."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.domain.people import Account, require_other
from app.domain.roster import Person
from app.services.people import require_account
from app.services.ports import BlockStore, Clock, FollowStore, PersonStore


class Blocks:
    """Both commands answer the other person's account; done already is done. The blocked person is told nothing."""

    def __init__(self, store: BlockStore, follows: FollowStore, people: PersonStore, *, clock: Clock) -> None:
        self._store = store
        self._follows = follows
        self._people = people
        self._clock = clock

    async def block(self, actor: Person, person_id: str) -> Account:
        """Ends follows in both directions as well. Raises `CannotTargetSelf`, `UserNotFound`."""
        require_other(actor.id, person_id)
        await require_account(self._people, person_id)
        await self._store.add(actor.id, person_id, self._clock())
        # Also where the block is old: a server that died after it was kept has ended no follow.
        await self._follows.remove(actor.id, person_id)
        await self._follows.remove(person_id, actor.id)
        return await require_account(self._people, person_id)

    async def unblock(self, actor: Person, person_id: str) -> Account:
        """Brings no follow back. Raises `CannotTargetSelf`, `UserNotFound`."""
        require_other(actor.id, person_id)
        await self._store.remove(actor.id, person_id)
        return await require_account(self._people, person_id)

    async def blocked_by(self, person_id: str, people_ids: Collection[str]) -> set[str]:
        """Those of the people whom that person blocks."""
        return {of for _, of in await self._store.among([(person_id, one) for one in people_ids])}

    async def page(
        self, actor: Person, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[tuple[datetime, Account]]:
        """Whom the actor blocks and since when, newest first; `after` is (time, person id) of the last one had."""
        blocked = await self._store.page(actor.id, limit=limit, after=after)
        accounts = {one.id: one for one in await self._people.get_many([of for _, of in blocked])}
        return [(at, accounts[of]) for at, of in blocked]
