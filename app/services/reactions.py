"""Reactions: sending them, and how often each was sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from app.domain import reactions, refusals
from app.domain.permissions import may_see
from app.domain.rates import Rates
from app.domain.reactions import PER_PERSON_AND_SECOND, Reaction
from app.domain.roster import Person
from app.services.airings import Airings
from app.services.attendance import Attendances
from app.services.idempotency import Idempotency
from app.services.ports import Clock, Feeds
from app.services.stores import ReactionStore, SpaceStore


class Reactions:
    """Silent, counted per Space, streamed as batches."""

    def __init__(
        self,
        feeds: Feeds,
        store: ReactionStore,
        spaces: SpaceStore,
        airings: Airings,
        attendance: Attendances,
        idempotency: Idempotency,
        *,
        available: Collection[str],
        clock: Clock,
    ) -> None:
        self._feeds = feeds
        self._store = store
        self._spaces = spaces
        self._airings = airings
        self._attendance = attendance
        self._idempotency = idempotency
        self._clock = clock
        self._rates = Rates(PER_PERSON_AND_SECOND, timedelta(seconds=1))
        self.available = available

    async def send(self, actor: Person, space_id: str, emoji: str, idempotency_key: str | None = None) -> None:
        """One reaction of someone in a live Space, counted once under its key.

        Raises `UnknownReaction`, `RateLimited`, `NotAParticipant` ...
        """
        reactions.check_emoji(emoji, self.available)
        space = self._airings.current(space_id) or await self._spaces.get(space_id)
        if space is None or not may_see(space, actor.id):
            raise refusals.SpaceNotFound(field="spaceId")
        space.require_live()
        await self._attendance.require(actor, space_id)
        self._rates.take(actor.id, self._clock())
        if await self._idempotency.is_first(actor.id, "sendReaction", idempotency_key):
            self._feeds.react(space_id, Reaction(emoji, actor))

    async def counts(self, space_ids: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """How often each emoji was sent, by Space, those of the last 200 ms perhaps not yet."""
        return await self._store.counts(space_ids)
