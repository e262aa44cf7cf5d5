"""Spaces: creating, starting, changing, ending and finding them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.domain import drafts, life, refusals, spaces, stage
from app.domain.deliveries import deliveries
from app.domain.drafts import Draft, Edit
from app.domain.events import SpaceEvent
from app.domain.people import Account
from app.domain.permissions import may_see
from app.domain.roster import Limits, Person, Role, SpeakPolicy
from app.domain.spaces import Space
from app.services.admission import Admission
from app.services.attendance import Attendances
from app.services.changes import Changes
from app.services.outbox import Outbox
from app.services.ports import Clock, NewId
from app.services.stores import PersonStore, SpaceStore


class Spaces:
    """The use cases around a Space as a whole. Those that change it answer the changed Space, or raise a Refusal."""

    def __init__(
        self,
        changes: Changes,
        store: SpaceStore,
        people: PersonStore,
        attendance: Attendances,
        admission: Admission,
        outbox: Outbox,
        *,
        topics: Collection[str],
        limits: Limits,
        new_id: NewId,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._store = store
        self._people = people
        self._attendance = attendance
        self._admission = admission
        self._outbox = outbox
        self._new_id = new_id
        self._clock = clock
        self.topics = topics
        self.limits = limits

    async def create(self, actor: Person, draft: Draft, speaker_ids: Sequence[str]) -> Space:
        """A Space in PREPARING with its host in it; those named are invited as speakers."""
        now = self._clock()
        space = drafts.create(draft, space_id=self._new_id(), host=actor, topics=self.topics, now=now)
        if actor.id in speaker_ids:
            raise refusals.AlreadyOnStage("You are the host of this Space.", field="initialSpeakerIds")
        if await self._admission.blocked_by(actor.id, speaker_ids):
            raise refusals.BlockedByHost("You block that person.", field="initialSpeakerIds")
        made, invitations = space, list[SpaceEvent]()
        for account in await self._accounts(speaker_ids):
            invited = stage.invite(
                space, actor, account.person, Role.SPEAKER, invitation_id=self._new_id(), limits=self.limits, now=now
            )
            space, _ = spaces.evolve(space, invited)
            invitations += invited
        letters = deliveries(made, spaces.evolve(made, invitations)[1])
        await self._store.add(space, letters)
        await self._outbox.dispatch(space.id, letters)
        await self._attendance.seen(space.id, actor)
        return space

    async def _accounts(self, person_ids: Sequence[str]) -> list[Account]:
        found = {account.id: account for account in await self._people.get_many(person_ids)}
        for person_id in person_ids:
            if person_id not in found:
                raise refusals.UserNotFound(field="initialSpeakerIds")
        return [found[person_id] for person_id in dict.fromkeys(person_ids)]

    async def start(self, actor: Person, space_id: str) -> Space:
        """Goes live, with the host in the Space."""
        now = self._clock()
        space = await self._changes.command(
            actor, space_id, lambda space: [*life.start(space, actor, now), *stage.join(space, actor, now)]
        )
        await self._attendance.seen(space_id, actor)
        return space

    async def end(self, actor: Person, space_id: str) -> Space:
        """Over for good; everyone is out."""
        space = await self._changes.command(actor, space_id, lambda space: life.end(space, actor, self._clock()))
        await self._attendance.close(space_id)
        return space

    async def update(self, actor: Person, space_id: str, edit: Edit) -> Space:
        """Changes settings: any before the start, the title while live too."""
        return await self._changes.command(
            actor, space_id, lambda space: life.update(space, actor, edit, topics=self.topics, now=self._clock())
        )

    async def transfer_host(self, actor: Person, space_id: str, user_id: str) -> Space:
        """Hands the Space over to a co-host, for good."""
        return await self._changes.command(
            actor, space_id, lambda space: life.transfer_host(space, actor, user_id, self._clock())
        )

    async def set_speak_policy(self, actor: Person, space_id: str, policy: SpeakPolicy) -> Space:
        """Changes who may ask for a seat from now on."""
        return await self._changes.command(
            actor, space_id, lambda space: life.set_speak_policy(space, actor, policy, self._clock())
        )

    async def set_clipping_allowed(self, actor: Person, space_id: str, allowed: bool) -> Space:
        """Changes whether clips may be made from now on."""
        return await self._changes.command(
            actor, space_id, lambda space: life.set_clipping_allowed(space, actor, allowed, self._clock())
        )

    async def get(self, viewer_id: str | None, space_id: str) -> Space | None:
        """The Space, if there is one and this viewer (None: anonymous) may know of it."""
        space = await self._store.get(space_id)
        return space if space and may_see(space, viewer_id) else None

    async def get_many(self, viewer_id: str | None, space_ids: Collection[str]) -> list[Space]:
        """Those of the Spaces that this viewer may know of, in no particular order."""
        return [space for space in await self._store.get_many(space_ids) if may_see(space, viewer_id)]

    async def inviting(self, actor: Person) -> list[Space]:
        """The Spaces that hold a pending invitation for this person."""
        return await self._store.inviting(actor.id)
