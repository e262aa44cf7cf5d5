"""Messages: sending them, and reading one's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from app.domain import messages, refusals
from app.domain.actions import MessageAction, PersonAction
from app.domain.messages import DirectMessage, told
from app.domain.permissions import may
from app.domain.posts import SpaceCard
from app.domain.roster import Person
from app.domain.standing import Standing
from app.services.cards import Cards
from app.services.idempotency import Idempotency
from app.services.inboxes import Inboxes
from app.services.pages import Moment, Window
from app.services.ports import Clock
from app.services.stores import BlockStore, MessageStore, Pair, PersonStore, RateStore

PER_WINDOW = 100
WINDOW = timedelta(minutes=10)
"""How many messages one person sends to whomever, over all server processes."""


class Messages:
    """What one person tells others, each alone."""

    def __init__(
        self,
        store: MessageStore,
        people: PersonStore,
        blocks: BlockStore,
        rates: RateStore,
        cards: Cards,
        idempotency: Idempotency,
        inboxes: Inboxes,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._people = people
        self._blocks = blocks
        self._rates = rates
        self._cards = cards
        self._idempotency = idempotency
        self._inboxes = inboxes
        self._clock = clock

    async def send(
        self,
        actor: Person,
        person_ids: Sequence[str],
        text: str,
        space_id: str | None = None,
        idempotency_key: str | None = None,
        *,
        operation: str = "sendDirectMessage",
    ) -> list[DirectMessage]:
        """A message to each of the people, in their order, or to none of them; those sent under the key the first time.

        Raises `EmptyMessage`, `InvalidText`, `InvalidRecipients`, `UserNotFound`, `CannotMessage` where one of the two
        blocks the other, `RateLimited`, and for a Space's card what `Cards.require` raises.
        """
        named = messages.recipients(actor, person_ids)
        written = messages.message_text(text, has_card=space_id is not None, field="text")
        ids = [await self._idempotency.id_for(actor.id, f"{operation} {one}", idempotency_key) for one in named]
        kept = {one.id: one for one in await self._store.get_many(ids if idempotency_key else [])}
        if len(kept) < len(ids):
            if space_id is not None:
                await self._cards.require(actor, SpaceCard(space_id))
            people = await self._reachable(actor, named)
            await self._count(actor, len(people))
            new = [
                DirectMessage(message_id, actor, person, written, space_id, self._clock())
                for message_id, person in zip(ids, people, strict=True)
            ]
            kept = {one.id: one for one in await self._store.add(new)}
        # Also where all were kept before: a server that died after that has told nobody.
        await self._inboxes.tell([delivery for one in kept.values() for delivery in told(one)])
        return [kept[one] for one in ids]

    async def _count(self, actor: Person, count: int) -> None:
        key, now = f"messages {actor.id}", self._clock()
        if not await self._rates.take(key, count, limit=PER_WINDOW, window=WINDOW, now=now):
            raise refusals.RateLimited(limit=PER_WINDOW)

    async def _reachable(self, actor: Person, person_ids: Sequence[str]) -> list[Person]:
        found = {one.id: one.person for one in await self._people.get_many(person_ids)}
        if len(found) < len(person_ids):
            raise refusals.UserNotFound(field="userIds")
        pairs = {(actor.id, one) for one in person_ids} | {(one, actor.id) for one in person_ids}
        blocks = await self._blocks.among(pairs)
        people = [found[one] for one in person_ids]
        if unreachable := [one for one in people if not may(_towards(one, actor, blocks), PersonAction.MESSAGE, one)]:
            handles = ", ".join(f"@{one.handle}" for one in unreachable)
            raise refusals.CannotMessage(f"You cannot send direct messages to {handles}.", field="userIds")
        return people

    async def get_many(self, viewer_id: str | None, message_ids: Collection[str]) -> list[DirectMessage]:
        """Those of the messages that this viewer sent or received, in no particular order."""
        viewer, found = Standing(viewer_id), await self._store.get_many(message_ids)
        return [one for one in found if may(viewer, MessageAction.READ, one)]

    async def page(self, actor: Person, window: Window[Moment], *, other_id: str | None = None) -> list[DirectMessage]:
        """What the actor sent and received, to and from `other_id` alone if that is given, newest first."""
        if other_id is None:
            return await self._store.of_person(actor.id, window)
        return await self._store.between(actor.id, other_id, window)


def _towards(other: Person, actor: Person, blocks: Collection[Pair]) -> Standing:
    return Standing(actor.id, blocked=(other.id, actor.id) in blocks, blocks=(actor.id, other.id) in blocks)
