"""Airings: which Spaces this process mixes. One process airs a Space, by lease, and its sound follows the events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from datetime import timedelta

from app.domain.events import Numbered
from app.domain.evolution import apply
from app.domain.spaces import Space, SpaceState
from app.services.media_engine import MediaEngine
from app.services.ports import Clock, Feeds, Snapshot
from app.services.rounds import every
from app.services.stores import AiringStore, Node, SpaceStore

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=6)
ROUND = timedelta(seconds=2)
"""How often leases are renewed and orphaned Spaces looked for."""
RELEASE_SECONDS = 1.0
"""How long giving the leases back may hold up the server's end."""


class Airings:
    """Keeps the sound of this node's Spaces in step with their state, whichever process changed it."""

    def __init__(
        self, spaces: SpaceStore, leases: AiringStore, feeds: Feeds, media: MediaEngine, *, node: Node, clock: Clock
    ) -> None:
        self._spaces = spaces
        self._leases = leases
        self._feeds = feeds
        self._media = media
        self._node = node
        self._clock = clock
        self._on_air: dict[str, Space] = {}
        self._followers: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    def current(self, space_id: str) -> Space | None:
        """The newest known state of a Space that is on air here; None for any other."""
        return self._on_air.get(space_id)

    @property
    def on_air(self) -> Collection[Space]:
        """The newest known states of all Spaces on air here."""
        return tuple(self._on_air.values())

    async def nodes_of(self, space_ids: Collection[str]) -> Mapping[str, Node]:
        """The processes whose addresses lead to the live sound of these Spaces, where it is on air."""
        here = {one: self._node for one in space_ids if one in self._on_air}
        elsewhere = [one for one in space_ids if one not in here]
        return here | (dict(await self._leases.holders(elsewhere, self._clock())) if elsewhere else {})

    async def obey(self, space: Space) -> None:
        """Called with every state saved here: returns when the mixer obeys it, if this node airs the Space.

        A live Space that nobody airs is taken on.
        """
        if space.id not in self._on_air and not (space.state is SpaceState.LIVE and await self._claim(space.id)):
            return
        self._take_on(space)
        await self._media.follow(space)

    async def run(self) -> None:
        """Renews leases, and takes on Spaces that nobody airs, for ever. Cancelled, it lets go of all leases."""
        try:
            async with asyncio.TaskGroup() as self._group:
                await every(ROUND, self.round)
        finally:
            self._group = None
            await self._release_all()
            self._on_air.clear()
            self._followers.clear()

    async def _release_all(self) -> None:
        """Others may take over at once; where the database is gone the leases run out by themselves."""
        try:
            async with asyncio.timeout(RELEASE_SECONDS):
                for space_id in self._on_air:
                    await self._leases.release(space_id, self._node.id)
        except Exception as error:
            log.warning("leases of Spaces on air were not given back: %r", error)

    async def round(self) -> None:
        """One round of `run`."""
        await self._renew()
        # Whoever lost track of a Space may have missed its end.
        for space in list(self._on_air.values()):
            self._take_on(space)
        for space in await self._spaces.get_many(await self._unaired()):
            await self.obey(space)

    async def _unaired(self) -> list[str]:
        """Live Spaces that nobody airs, or this node before it was started again."""
        others = [one for one in await self._spaces.live_ids() if one not in self._followers]
        held = await self._leases.holders(others, self._clock()) if others else {}
        return [one for one in others if one not in held or held[one].id == self._node.id]

    async def _claim(self, space_id: str) -> bool:
        now = self._clock()
        holder = await self._leases.claim(space_id, self._node, now=now, until=now + LEASE)
        return holder.id == self._node.id

    async def _renew(self) -> None:
        for space_id in list(self._on_air):
            if await self._claim(space_id) or space_id not in self._on_air:
                continue
            del self._on_air[space_id]
            if follower := self._followers.pop(space_id, None):
                follower.cancel()
            await self._media.drop(space_id)

    def _take_on(self, space: Space) -> None:
        known = self._on_air.get(space.id)
        if known is None or known.version < space.version:
            self._on_air[space.id] = space
        if space.id not in self._followers and self._group is not None:
            self._followers[space.id] = self._group.create_task(self._follow(space.id), name=f"airing {space.id}")

    async def _follow(self, space_id: str) -> None:
        try:
            await self._follow_to_the_end(space_id)
        except Exception:
            log.exception("the sound lost track of Space %s; it is followed anew in the next round", space_id)
            self._followers.pop(space_id, None)

    async def _follow_to_the_end(self, space_id: str) -> None:
        async with self._feeds.follow(space_id, None) as items:
            async for item in items:
                match item:
                    case Snapshot(space):
                        await self._seen(space)
                    case Numbered(version, event) if version == self._on_air[space_id].version + 1:
                        await self._seen(apply(self._on_air[space_id], event))
        del self._on_air[space_id], self._followers[space_id]
        await self._leases.release(space_id, self._node.id)

    async def _seen(self, space: Space) -> None:
        if space.version > self._on_air[space.id].version:
            self._on_air[space.id] = space
            await self._media.follow(space)
