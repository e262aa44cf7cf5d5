"""Media grants: what an address of sound is good for, looked at with every use of one."""

from __future__ import annotations

from app.domain.actions import Action
from app.domain.permissions import kept_out, may
from app.domain.spaces import Space, SpaceState
from app.domain.standing import Standing
from app.services.admission import Admission
from app.services.airings import Airings
from app.services.connections import Connections
from app.services.media_engine import MediaRefused
from app.services.ports import MediaGrant, MediaUse, Tokens
from app.services.stores import SpaceStore


class MediaGrants:
    """A token opens nothing by itself: seat, Space and log-in are as they are now.

    Raises `MediaRefused` with the HTTP status that fits: 401 for a token that is forged or over, 403 for one whose
    right has gone, 404 for what is not there.
    """

    def __init__(
        self, spaces: SpaceStore, airings: Airings, admission: Admission, connections: Connections, tokens: Tokens
    ) -> None:
        self._spaces = spaces
        self._airings = airings
        self._admission = admission
        self._connections = connections
        self._tokens = tokens

    def grant(self, token: str, use: MediaUse, *others: MediaUse) -> MediaGrant:
        """What the token says, whatever has become of it."""
        grant = self._tokens.media_grant(token)
        if grant is None:
            raise MediaRefused(401, "The address has expired or is not valid: ask the API for a new one.")
        if grant.use not in (use, *others):
            raise MediaRefused(403, f"This address is good to {grant.use} only.")
        return grant

    async def space(self, space_id: str) -> Space:
        """The Space as it is now."""
        space = self._airings.current(space_id) or await self._spaces.get(space_id)
        if space is None or space.state is SpaceState.DELETED:
            raise MediaRefused(404, "There is no such Space.")
        return space

    async def caller(self, token: str) -> MediaGrant:
        """What an address of the WebSocket is good for, now: to speak and to hear, or to hear alone."""
        grant = self._tokens.media_grant(token)
        use = MediaUse.SPEAK if grant and grant.use is MediaUse.SPEAK else MediaUse.LISTEN
        return await (self.speaker(token) if use is MediaUse.SPEAK else self.live_listener(token))

    async def require(self, grant: MediaGrant) -> None:
        """Raises `MediaRefused` where someone may not speak, or hear a live Space, any more."""
        if grant.use is MediaUse.SPEAK:
            await self._require_seat(grant)
        elif (await self.heard_by(grant, Action.LISTEN)).state is not SpaceState.LIVE:
            raise MediaRefused(403, "The Space is not live.")
        await self._connections.require_login(grant)

    async def speaker(self, token: str) -> MediaGrant:
        """Someone with a seat in a live Space."""
        grant = self.grant(token, MediaUse.SPEAK)
        await self.require(grant)
        return grant

    async def _require_seat(self, grant: MediaGrant) -> None:
        space = await self.space(grant.subject)
        if space.state is not SpaceState.LIVE:
            raise MediaRefused(403, "The Space is not live.")
        viewer = await self._admitted(grant, space)
        if not has_microphone(viewer, space):
            raise MediaRefused(403, "You have no seat on this Space's stage.")

    async def live_listener(self, token: str) -> MediaGrant:
        """Someone who may hear a live Space."""
        grant = self.grant(token, MediaUse.LISTEN)
        await self.require(grant)
        return grant

    async def heard(self, token: str) -> Space:
        """The Space that the token lets its bearer hear."""
        return await self.heard_by(self.grant(token, MediaUse.LISTEN), Action.LISTEN)

    async def heard_by(self, grant: MediaGrant, action: Action) -> Space:
        """The grant's Space, on which its bearer may do this."""
        space = await self.space(grant.subject)
        if not may(await self._admitted(grant, space), action, space):
            raise MediaRefused(403, "This Space is not open to you.")
        return space

    async def _admitted(self, grant: MediaGrant, space: Space) -> Standing:
        [viewer] = await self._admission.standings(grant.person_id, [space])
        if refusal := kept_out(viewer):
            raise MediaRefused(403, refusal.text)
        return viewer


def has_microphone(viewer: Standing, space: Space) -> bool:
    """Whether there is a seat to speak from; it is asked for with every use of an address."""
    seat = space.seat(viewer.id) if viewer.id else None
    return seat is not None and may(viewer, Action.USE_MICROPHONE, space)
