"""Changes: the one loop by which any Space changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from weakref import WeakValueDictionary

from app.domain import refusals
from app.domain.deliveries import deliveries
from app.domain.events import SpaceEvent
from app.domain.evolution import evolve
from app.domain.handovers import HandedOver, handed_over
from app.domain.moderation import log_entries
from app.domain.permissions import require_visible
from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState
from app.domain.warnings import newly_seated
from app.services.airings import Airings
from app.services.outbox import Outbox
from app.services.ports import Feeds
from app.services.stores import Letter, SpaceStore, VersionConflict
from app.services.whereabouts import Whereabouts

Decide = Callable[[Space], list[SpaceEvent]]
"""Checks a rule on a Space and says what happens, or raises a Refusal. Called again after a lost race."""

TRIES = 8
"""Decisions on one Space queue up within a process, so a race is lost only to other processes."""


class Changes:
    """Load, decide, save, tell: every change of a Space goes this way."""

    def __init__(
        self, store: SpaceStore, outbox: Outbox, airings: Airings, feeds: Feeds, whereabouts: Whereabouts
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._airings = airings
        self._feeds = feeds
        self._whereabouts = whereabouts
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def command(self, actor: Person, space_id: str, decide: Decide, *, reason: str | None = None) -> Space:
        """`change`, by a person; a Space they may not know of is `SpaceNotFound`, whatever they want of it.

        What they do to others is in the Space's moderation log when this returns, with the reason they gave.
        """

        def decided(space: Space) -> list[SpaceEvent]:
            return decide(require_visible(space, actor.id))

        return await self._change(space_id, decided, actor, reason)

    async def change(self, space_id: str, decide: Decide) -> Space:
        """The Space after the decision was saved, obeyed by the sound and told to everyone; in this order.

        Raises what `decide` raises, `SpaceNotFound`, or `Busy` after `TRIES` lost races: then nothing has changed.
        Cancelled after the save it may go untold here; sound and streams then find it in the ring, and what else
        follows from it is in the outbox. With a handover whom the new host blocks is out, too; where that is `Busy` the
        next round of the outbox does it.
        """
        return await self._change(space_id, decide, None, None)

    async def _change(self, space_id: str, decide: Decide, actor: Person | None, reason: str | None) -> Space:
        turn = self._turns.setdefault(space_id, asyncio.Lock())
        async with turn:
            after, letters = await self._save(space_id, decide, actor, reason)
        # Not before the turn is over: putting people out is a change of this Space again.
        with suppress(refusals.Busy):
            await self._outbox.dispatch(space_id, [one for one in letters if isinstance(one, HandedOver)])
        return after

    async def _save(
        self, space_id: str, decide: Decide, actor: Person | None, reason: str | None
    ) -> tuple[Space, Sequence[Letter]]:
        for _ in range(TRIES):
            before = await self._store.get(space_id)
            if before is None or before.state is SpaceState.DELETED:
                raise refusals.SpaceNotFound(field="spaceId")
            events = decide(before)
            if not events:
                return before, ()
            letters = _letters(before, events, actor, reason)
            try:
                after, numbered = await self._store.save(before, events, letters)
            except VersionConflict:
                continue
            self._whereabouts.space_changed(before, after)
            await self._airings.obey(after)
            await self._feeds.announce(space_id, numbered)
            await self._outbox.dispatch(space_id, [one for one in letters if not isinstance(one, HandedOver)])
            return after, letters
        raise refusals.Busy(field="spaceId")


def _letters(before: Space, events: list[SpaceEvent], actor: Person | None, reason: str | None) -> list[Letter]:
    _, numbered = evolve(before, events)
    logged = log_entries(before, actor, numbered, reason) if actor else []
    told = deliveries(before, numbered)
    return [*logged, *told, *newly_seated(before, numbered), *handed_over(before.id, numbered)]
