"""Idempotency: commands that clients may repeat, over a lost connection for instance, without doing them twice."""

from __future__ import annotations

from app.domain.idempotency import check_key
from app.services.ports import Clock, NewId
from app.services.stores import IdempotencyStore


class Idempotency:
    """What was done under a key is found again for a day, by whoever did it and for the same operation only.

    The object of a command takes the id that is promised here. A use case first looks whether that object exists
    already, and takes a duplicate insert for the same: then two calls at once make one object, too.
    """

    def __init__(self, store: IdempotencyStore, *, new_id: NewId, clock: Clock) -> None:
        self._store = store
        self._new_id = new_id
        self._clock = clock

    async def id_for(self, actor_id: str, operation: str, key: str | None) -> str:
        """The id of the object to make: the one promised the first time; without a key always a new one.

        Raises `InvalidIdempotencyKey`.
        """
        if key is None:
            return self._new_id()
        check_key(key)
        return await self._store.claim(actor_id, operation, key, self._new_id(), self._clock())

    async def is_first(self, actor_id: str, operation: str, key: str | None) -> bool:
        """Whether this was not done under this key before; for what leaves no object. Asked last, as it counts.

        Raises `InvalidIdempotencyKey`.
        """
        if key is None:
            return True
        check_key(key)
        promised = self._new_id()
        return await self._store.claim(actor_id, operation, key, promised, self._clock()) == promised
