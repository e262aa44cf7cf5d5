"""Mutes: whom people do not want to hear of."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.people import Account, require_other
from app.domain.roster import Person
from app.services.people import require_account
from app.services.ports import Clock
from app.services.stores import PairStore, PersonStore
from app.services.whereabouts import Whereabouts


class Mutes:
    """Both commands answer the other person's account; done already is done. The muted person is told nothing."""

    def __init__(self, store: PairStore, people: PersonStore, whereabouts: Whereabouts, *, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._whereabouts = whereabouts
        self._clock = clock

    async def mute(self, actor: Person, person_id: str) -> Account:
        """Raises `CannotTargetSelf`, `UserNotFound`."""
        require_other(actor.id, person_id)
        account = await require_account(self._people, person_id)
        await self._store.add(actor.id, person_id, self._clock())
        self._whereabouts.sees_differently(actor.id)
        return account

    async def unmute(self, actor: Person, person_id: str) -> Account:
        """Raises `CannotTargetSelf`, `UserNotFound`."""
        require_other(actor.id, person_id)
        account = await require_account(self._people, person_id)
        await self._store.remove(actor.id, person_id)
        self._whereabouts.sees_differently(actor.id)
        return account

    async def muted_by(self, person_id: str, people_ids: Collection[str]) -> set[str]:
        """Those of the people whom that person mutes."""
        return {of for _, of in await self._store.among([(person_id, one) for one in people_ids])}
