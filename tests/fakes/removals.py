"""Removals in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection

from app.domain.evictions import Removal
from app.services.pages import Moment, Window, part


class MemoryRemovalStore:
    """`RemovalStore` in a dict."""

    def __init__(self) -> None:
        self._removals: dict[tuple[str, str], Removal] = {}
        self._unfinished: set[tuple[str, str]] = set()

    async def put(self, removal: Removal) -> None:
        self._removals[_key(removal)] = removal
        self._unfinished.add(_key(removal))

    async def finished(self, removal: Removal) -> None:
        if self._is_there(removal):
            self._unfinished.discard(_key(removal))

    async def unfinished(self) -> list[Removal]:
        return [self._removals[key] for key in self._unfinished]

    async def get(self, space_id: str, person_id: str) -> Removal | None:
        return self._removals.get((space_id, person_id))

    async def among(self, pairs: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        return frozenset(set(pairs) & self._removals.keys())

    async def page(self, space_id: str, window: Window[Moment]) -> list[Removal]:
        own = [one for one in self._removals.values() if one.space_id == space_id]
        return part(own, window, key_of=lambda one: (one.at, one.person.id), newest_first=True)

    async def delete(self, removal: Removal) -> bool:
        if not self._is_there(removal):
            return False
        del self._removals[_key(removal)]
        self._unfinished.discard(_key(removal))
        return True

    async def forget(self, space_id: str) -> None:
        for key in [one for one in self._removals if one[0] == space_id and one not in self._unfinished]:
            del self._removals[key]

    def _is_there(self, removal: Removal) -> bool:
        there = self._removals.get(_key(removal))
        return there is not None and (there.at, there.by.id) == (removal.at, removal.by.id)


def _key(removal: Removal) -> tuple[str, str]:
    return removal.space_id, removal.person.id
