"""Speakers: those whom a host invites together with making a Space."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain import refusals, stage
from app.domain.deliveries import deliveries
from app.domain.events import SpaceEvent
from app.domain.evolution import evolve
from app.domain.people import Account
from app.domain.permissions import kept_out
from app.domain.personal import Delivery
from app.domain.roster import Limits, Role
from app.domain.spaces import Space
from app.domain.standing import Standing
from app.services.admission import Admission
from app.services.ports import NewId
from app.services.stores import PersonStore


class InitialSpeakers:
    """For a Space that nobody knows of yet."""

    def __init__(self, people: PersonStore, admission: Admission, *, limits: Limits, new_id: NewId) -> None:
        self._people = people
        self._admission = admission
        self._limits = limits
        self._new_id = new_id

    async def invited_to(self, space: Space, person_ids: Sequence[str], now: datetime) -> tuple[Space, list[Delivery]]:
        """The Space with these people invited as speakers by its host, and how they are told.

        Raises `AlreadyOnStage` for the host, `BlockedByHost`, `UserNotFound`.
        """
        if space.host.id in person_ids:
            raise refusals.AlreadyOnStage("You are the host of this Space.", field="initialSpeakerIds")
        blocked = await self._admission.blocked_by(space.host.id, person_ids)
        if any(kept_out(Standing(one, blocked=one in blocked)) for one in person_ids):
            raise refusals.BlockedByHost("You block that person.", field="initialSpeakerIds")
        made, invitations = space, list[SpaceEvent]()
        for account in await self._accounts(person_ids):
            invited = stage.invite(
                space,
                space.host,
                account.person,
                Role.SPEAKER,
                invitation_id=self._new_id(),
                limits=self._limits,
                now=now,
            )
            space, _ = evolve(space, invited)
            invitations += invited
        return space, deliveries(made, evolve(made, invitations)[1])

    async def _accounts(self, person_ids: Sequence[str]) -> list[Account]:
        found = {account.id: account for account in await self._people.get_many(person_ids)}
        for person_id in person_ids:
            if person_id not in found:
                raise refusals.UserNotFound(field="initialSpeakerIds")
        return [found[person_id] for person_id in dict.fromkeys(person_ids)]
