"""The stage: asking for seats, granting them, inviting, muting, removing."""

from __future__ import annotations

from app.domain import refusals, stage
from app.domain.events import SpaceEvent
from app.domain.roster import Limits, Person, Role
from app.domain.spaces import Space
from app.services.admission import Admission
from app.services.attendance import Attendances
from app.services.changes import Changes, Decide
from app.services.people import require_account
from app.services.ports import Clock, NewId
from app.services.stores import FollowStore, PersonStore


class Stage:
    """Every command answers the changed Space, or raises a Refusal and changes nothing."""

    def __init__(
        self,
        changes: Changes,
        people: PersonStore,
        follows: FollowStore,
        attendance: Attendances,
        admission: Admission,
        *,
        limits: Limits,
        new_id: NewId,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._people = people
        self._follows = follows
        self._attendance = attendance
        self._admission = admission
        self._limits = limits
        self._new_id = new_id
        self._clock = clock

    async def _change(self, actor: Person, space_id: str, decide: Decide) -> Space:
        space = await self._changes.command(actor, space_id, decide)
        self._attendance.recount(space_id)
        return space

    async def request_to_speak(self, actor: Person, space_id: str) -> Space:
        """Joins the queue; only for listeners who are in the Space."""
        is_in, request_id = await self._attendance.is_in(actor.id, space_id), self._new_id()
        async with self._admission.admitting(actor, space_id) as before:
            followed = bool(before and await self._follows.among([(before.host.id, actor.id)]))

            def decide(space: Space) -> list[SpaceEvent]:
                space.require_live()
                if not is_in:
                    raise refusals.NotAParticipant("You are not in this Space: join it first.", field="spaceId")
                now = self._clock()
                return stage.request_to_speak(space, actor, request_id=request_id, now=now, followed_by_host=followed)

            space = await self._change(actor, space_id, decide)
            # Had they left meanwhile, nobody would ever take the hand down.
            await self._attendance.seen(space_id, actor)
        return space

    async def cancel_request(self, actor: Person, space_id: str) -> Space:
        """Leaves the queue."""
        return await self._change(actor, space_id, lambda space: stage.cancel_request(space, actor, self._clock()))

    async def accept_request(self, actor: Person, space_id: str, request_id: str) -> Space:
        """Seats someone from the queue, muted."""
        return await self._change(
            actor, space_id, lambda space: stage.accept_request(space, actor, request_id, self._limits, self._clock())
        )

    async def decline_request(self, actor: Person, space_id: str, request_id: str) -> Space:
        """Takes someone out of the queue."""
        return await self._change(
            actor, space_id, lambda space: stage.decline_request(space, actor, request_id, self._clock())
        )

    async def invite(self, actor: Person, space_id: str, user_id: str, role: Role) -> Space:
        """Offers a seat to anyone with an account."""
        account = await require_account(self._people, user_id)
        person, invitation_id = account.person, self._new_id()
        kept_out = await self._admission.keeps_out(user_id, space_id)

        def decide(space: Space) -> list[SpaceEvent]:
            invited = stage.invite(
                space, actor, person, role, invitation_id=invitation_id, limits=self._limits, now=self._clock()
            )
            if isinstance(kept_out, refusals.BlockedByHost):
                raise refusals.BlockedByHost("The host of the Space blocks that person.", field="userId")
            if kept_out:
                raise refusals.RemovedFromSpace("That person was removed from the Space.", field="userId")
            return invited

        return await self._change(actor, space_id, decide)

    async def accept_invitation(self, actor: Person, space_id: str, invitation_id: str) -> Space:
        """Comes in and takes the offered seat in one step.

        Where the seat has gone the person is in as a listener, and `SeatTaken` says so.
        """
        async with self._admission.admitting(actor, space_id):
            space = await self._change(
                actor,
                space_id,
                lambda space: [
                    *stage.join(space, actor, self._clock()),
                    *stage.accept_invitation(space, actor, invitation_id, self._limits, self._clock()),
                ],
            )
            await self._attendance.seen(space_id, actor)
        if space.seat(actor.id) is None:
            raise refusals.SeatTaken(field="invitationId")
        return space

    async def decline_invitation(self, actor: Person, space_id: str, invitation_id: str) -> Space:
        """Says no to an offered seat."""
        return await self._change(
            actor, space_id, lambda space: stage.decline_invitation(space, actor, invitation_id, self._clock())
        )

    async def revoke_invitation(self, actor: Person, space_id: str, invitation_id: str) -> Space:
        """Takes an offer back."""
        return await self._change(
            actor, space_id, lambda space: stage.revoke_invitation(space, actor, invitation_id, self._clock())
        )

    async def remove(self, actor: Person, space_id: str, user_id: str) -> Space:
        """Back to listener. The server has stopped taking that microphone's sound when this returns."""
        return await self._change(actor, space_id, lambda space: stage.remove(space, actor, user_id, self._clock()))

    async def set_muted(self, actor: Person, space_id: str, muted: bool) -> Space:
        """Opens or closes one's own microphone; whoever opens it is in the Space."""
        async with self._admission.admitting(actor, space_id):
            space = await self._change(
                actor, space_id, lambda space: stage.set_muted(space, actor, muted, self._clock())
            )
            await self._attendance.seen(space_id, actor)
        return space

    async def mute(self, actor: Person, space_id: str, user_id: str) -> Space:
        """Closes another's microphone."""
        return await self._change(actor, space_id, lambda space: stage.mute(space, actor, user_id, self._clock()))

    async def mute_all(self, actor: Person, space_id: str) -> Space:
        """Closes every other microphone that the actor may close."""
        return await self._change(actor, space_id, lambda space: stage.mute_all(space, actor, self._clock()))
