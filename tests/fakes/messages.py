"""Messages in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection, Sequence

from app.domain.messages import DirectMessage, after
from app.services.pages import Moment, Window, part


class MemoryMessageStore:
    """`MessageStore` in a dict."""

    def __init__(self) -> None:
        self._messages: dict[str, DirectMessage] = {}

    async def add(self, messages: Sequence[DirectMessage]) -> list[DirectMessage]:
        for one in messages:
            if one.id not in self._messages:
                said = self.said(one.sender.id, one.recipient.id)
                newest = max((other.place for other in said), default=None)
                self._messages[one.id] = after(newest, one)
        return [self._messages[one.id] for one in messages]

    async def get_many(self, message_ids: Collection[str]) -> list[DirectMessage]:
        return [self._messages[message_id] for message_id in set(message_ids) & self._messages.keys()]

    async def of_person(self, person_id: str, window: Window[Moment]) -> list[DirectMessage]:
        own = [one for one in self._messages.values() if person_id in (one.sender.id, one.recipient.id)]
        return part(own, window, key_of=lambda one: one.place, newest_first=True)

    async def between(self, person_id: str, other_id: str, window: Window[Moment]) -> list[DirectMessage]:
        return part(self.said(person_id, other_id), window, key_of=lambda one: one.place, newest_first=True)

    def said(self, person_id: str, other_id: str) -> list[DirectMessage]:
        """Everything between two people."""
        pair = {person_id, other_id}
        return [one for one in self._messages.values() if {one.sender.id, one.recipient.id} == pair]

    def others(self, person_id: str) -> set[str]:
        """With whom a person wrote."""
        each = [{one.sender.id, one.recipient.id} for one in self._messages.values()]
        return {other for people in each if person_id in people for other in people - {person_id}}
