"""Spaces: creating, starting, changing, ending and finding them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.domain import defaults, drafts, life, refusals, stage
from app.domain.actions import ServerAction, View
from app.domain.defaults import SpaceDefaults
from app.domain.drafts import Draft, Edit
from app.domain.events import SpaceEvent
from app.domain.evolution import evolve
from app.domain.permissions import may, require_operator, require_visible
from app.domain.roster import Limits, Person, SpeakPolicy
from app.domain.spaces import Space
from app.domain.standing import Standing
from app.domain.texts import REASON_LENGTH, checked
from app.services.attendance import Attendances
from app.services.changes import Changes
from app.services.idempotency import Idempotency
from app.services.known_spaces import KnownSpaces
from app.services.outbox import Outbox
from app.services.pages import Moment, Window
from app.services.ports import Clock
from app.services.speakers import InitialSpeakers
from app.services.stores import IdTaken, PersonStore, SpaceStore
from app.services.viewers import Viewer


def end_key(space: Space) -> Moment:
    """Where a Space that has ended stands in the order of `Spaces.recorded`."""
    return space.ended_at or space.created_at, space.id


def _still_there(space: Space | None, actor: Person) -> Space:
    """Also whoever made a Space may know of it no longer: having handed it over, and left."""
    if space is None or not may(Standing(actor.id), View.SPACE, space):
        raise refusals.SpaceNotFound(field="idempotencyKey")
    return space


class Spaces:
    """The use cases around a Space as a whole. Those that change it answer the changed Space, or raise a Refusal."""

    def __init__(
        self,
        changes: Changes,
        store: SpaceStore,
        people: PersonStore,
        attendance: Attendances,
        idempotency: Idempotency,
        speakers: InitialSpeakers,
        outbox: Outbox,
        known: KnownSpaces,
        *,
        topics: Collection[str],
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._store = store
        self._people = people
        self._attendance = attendance
        self._idempotency = idempotency
        self._speakers = speakers
        self._outbox = outbox
        self._known = known
        self._clock = clock
        self.topics = topics
        self.limits = limits

    async def draft(self, actor: Person, title: str, choices: Edit) -> Draft:
        """What the actor asks for: what is not chosen is as their account's defaults have it."""
        account = await self._people.get(actor.id)
        return defaults.draft(title, choices, account.space_defaults if account else SpaceDefaults())

    async def create(
        self, actor: Person, draft: Draft, speaker_ids: Sequence[str], idempotency_key: str | None = None
    ) -> Space:
        """A Space in PREPARING with its host in it; those named are invited as speakers.

        Repeated under its key it is the same Space, as it is by then; `SpaceNotFound` where that is gone since.
        """
        space_id = await self._idempotency.id_for(actor.id, "createSpace", idempotency_key)
        if idempotency_key and (made := await self._store.get(space_id)):
            return _still_there(made, actor)
        now = self._clock()
        space = drafts.create(draft, space_id=space_id, host=actor, topics=self.topics, now=now)
        space, letters = await self._speakers.invited_to(space, speaker_ids, now)
        try:
            await self._store.add(space, letters)
        except IdTaken:
            return _still_there(await self._store.get(space_id), actor)
        await self._outbox.dispatch(space.id, letters)
        await self._attendance.seen(space.id, actor)
        return space

    async def start(self, actor: Person, space_id: str) -> Space:
        """Goes live, with the host in the Space."""

        def decide(space: Space) -> list[SpaceEvent]:
            now = self._clock()
            started = life.start(space, actor, now)
            return [*started, *stage.join(evolve(space, started)[0], actor, now)]

        space = await self._changes.command(actor, space_id, decide)
        self._attendance.recount(space_id)
        await self._attendance.seen(space_id, actor)
        return space

    async def end(self, actor: Person, space_id: str) -> Space:
        """Over for good; everyone is out."""
        space = await self._changes.command(actor, space_id, lambda space: life.end(space, actor, self._clock()))
        await self._attendance.close(space_id)
        return space

    async def end_by_operator(self, viewer: Viewer, space_id: str, reason: str) -> Space:
        """An operator ends anybody's live Space; the reason is in its moderation log. Everyone is out.

        Raises `NotPermitted`, `SpaceNotFound`, `SpaceNotLive`, `SpaceEnded`, `TextTooLong`.
        """
        require_operator(viewer.standing, ServerAction.END_SPACE)
        space = await self._changes.command(
            viewer.person,
            space_id,
            lambda space: life.end_by_operator(space, self._clock()),
            reason=checked(reason, "reason", REASON_LENGTH),
        )
        await self._attendance.close(space_id)
        return space

    async def update(self, actor: Person, space_id: str, edit: Edit) -> Space:
        """Changes settings: any before the start, the title while live too."""
        return await self._changes.command(
            actor, space_id, lambda space: life.update(space, actor, edit, topics=self.topics, now=self._clock())
        )

    async def transfer_host(self, actor: Person, space_id: str, user_id: str) -> Space:
        """Hands the Space over to a co-host, for good; whom the new host blocks is out."""
        space = await self._changes.command(
            actor, space_id, lambda space: life.transfer_host(space, actor, user_id, self._clock())
        )
        return await self._store.get(space_id) or space

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
        return space if space and may(Standing(viewer_id), View.SPACE, space) else None

    async def require(self, viewer_id: str | None, space_id: str) -> Space:
        """The Space. Raises `SpaceNotFound`, also for one that this viewer (None: anonymous) may not know of."""
        return require_visible(await self._store.get(space_id), viewer_id)

    async def get_many(self, viewer_id: str | None, space_ids: Collection[str]) -> list[Space]:
        """Those of the Spaces that this viewer may know of, in no particular order."""
        viewer, found = Standing(viewer_id), await self._known.get_many(space_ids)
        return [space for space in found if may(viewer, View.SPACE, space)]

    def at_hand(self, viewer_id: str | None, space_id: str) -> Space | None:
        """The Space, if it is known without asking; None says nothing."""
        space = self._known.at_hand(space_id)
        return space if space and may(Standing(viewer_id), View.SPACE, space) else None

    async def recorded(self, actor: Person, window: Window[Moment]) -> list[Space]:
        """The actor's Spaces that have ended and keep a recording, the newest end first."""
        return await self._store.recorded(actor.id, window)

    async def inviting(self, actor: Person) -> list[Space]:
        """The Spaces that hold a pending invitation for this person."""
        return await self._store.inviting(actor.id)
