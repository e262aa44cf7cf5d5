"""Messages in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection, Sequence

from app.domain.messages import DirectMessage
from app.services.pages import Moment, Window, part


class MemoryMessageStore:
    """`MessageStore` in a dict."""

    def __init__(self) -> None:
        self._messages: dict[str, DirectMessage] = {}

    async def add(self, messages: Sequence[DirectMessage]) -> None:
        for one in messages:
            self._messages.setdefault(one.id, one)

    async def get_many(self, message_ids: Collection[str]) -> list[DirectMessage]:
        return [self._messages[message_id] for message_id in set(message_ids) & self._messages.keys()]

    async def of_person(self, person_id: str, window: Window[Moment]) -> list[DirectMessage]:
        own = [one for one in self._messages.values() if person_id in (one.sender.id, one.recipient.id)]
        return part(own, window, key_of=lambda one: one.place, newest_first=True)

    async def between(self, person_id: str, other_id: str, window: Window[Moment]) -> list[DirectMessage]:
        pair = {person_id, other_id}
        theirs = [one for one in self._messages.values() if {one.sender.id, one.recipient.id} == pair]
        return part(theirs, window, key_of=lambda one: one.place, newest_first=True)
