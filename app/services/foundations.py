"""Foundations: what the use cases share; put together when first asked for, whatever adapters there are."""

from __future__ import annotations

from functools import cached_property

from app.domain.handovers import HandedOver
from app.services.admission import Admission
from app.services.airings import Airings
from app.services.attendance import Attendances
from app.services.blocks import Blocks
from app.services.cards import Cards
from app.services.changes import Changes
from app.services.closings import Closings
from app.services.idempotency import Idempotency
from app.services.inboxes import Inboxes
from app.services.outbox import Outbox
from app.services.people import People
from app.services.posts import Posts
from app.services.speakers import InitialSpeakers
from app.services.warnings import Warnings
from app.services.whereabouts import Whereabouts
from app.services.world import Adapters, Policy


class Foundations:
    """What stands between the use cases and the world: one of each in a server process."""

    def __init__(self, world: Adapters, policy: Policy) -> None:
        self.world = world
        self.policy = policy
        self.stores, self.clock, self.new_id = world.stores, world.clock, world.new_id

    @cached_property
    def airings(self) -> Airings:
        return Airings(
            self.stores.spaces,
            self.stores.airings,
            self.world.feeds,
            self.world.media,
            node=self.world.node,
            clock=self.clock,
        )

    @cached_property
    def whereabouts(self) -> Whereabouts:
        return Whereabouts(self.world.moves)

    @cached_property
    def inboxes(self) -> Inboxes:
        return Inboxes(self.stores.inboxes, self.world.bells, heartbeat=self.policy.heartbeat)

    @cached_property
    def warnings(self) -> Warnings:
        return Warnings(self.stores.blocks, self.stores.attendance, self.inboxes)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.stores.spaces, self.stores.moderation, self.inboxes, self.warnings, self._screen)

    async def _screen(self, handover: HandedOver) -> None:
        # Asked for when there is one: putting people out is a change, and changes need the outbox.
        await self.admission.screen(handover)
        self.attendance.recount(handover.space_id)

    @cached_property
    def changes(self) -> Changes:
        return Changes(self.stores.spaces, self.outbox, self.airings, self.world.feeds, self.whereabouts)

    @cached_property
    def closings(self) -> Closings:
        return Closings(
            self.world.closings, self.stores.blocks, self.stores.removals, self.stores.spaces, self.stores.revocations
        )

    @cached_property
    def admission(self) -> Admission:
        return Admission(
            self.changes,
            self.stores.spaces,
            self.stores.attendance,
            self.stores.blocks,
            self.stores.removals,
            self.stores.moderation,
            self.closings,
            self.whereabouts,
            clock=self.clock,
        )

    @cached_property
    def attendance(self) -> Attendances:
        return Attendances(
            self.changes,
            self.admission,
            self.stores.attendance,
            self.stores.spaces,
            self.airings,
            self.world.media,
            self.whereabouts,
            node_id=self.world.node.id,
            grace=self.policy.grace,
            clock=self.clock,
        )

    @cached_property
    def idempotency(self) -> Idempotency:
        return Idempotency(self.stores.idempotency, new_id=self.new_id, clock=self.clock)

    @cached_property
    def cards(self) -> Cards:
        return Cards(self.stores.spaces, self.stores.clips, self.stores.posts, self.stores.attendance, self.admission)

    @cached_property
    def speakers(self) -> InitialSpeakers:
        return InitialSpeakers(self.stores.people, self.admission, limits=self.policy.limits, new_id=self.new_id)

    @cached_property
    def people(self) -> People:
        return People(
            self.stores.people,
            self.world.passwords,
            self.world.tokens,
            self.whereabouts,
            new_id=self.new_id,
            clock=self.clock,
            attempts=self.policy.attempts,
        )

    @cached_property
    def posts(self) -> Posts:
        return Posts(
            self.stores.posts,
            self.stores.spaces,
            self.cards,
            self.changes,
            self.admission,
            self.idempotency,
            clock=self.clock,
        )

    @cached_property
    def blocks(self) -> Blocks:
        return Blocks(
            self.stores.blocks,
            self.stores.follows,
            self.stores.people,
            self.stores.spaces,
            self.stores.reminders,
            self.admission,
            self.attendance,
            self.whereabouts,
            clock=self.clock,
        )
