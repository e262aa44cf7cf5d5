"""Listings: the Spaces tab, and searching it."""

from __future__ import annotations

from dataclasses import replace

from app.domain.listings import Listing, place
from app.domain.spaces import Space
from app.services.admission import Admission
from app.services.pages import Place, Window
from app.services.stores import SpaceStore


class Listings:
    """Lists of Spaces that everyone may see, without those whose host blocks who asks."""

    def __init__(self, store: SpaceStore, admission: Admission) -> None:
        self._store = store
        self._admission = admission

    async def page(self, viewer_id: str | None, listing: Listing, window: Window[Place]) -> list[Space]:
        """The window of the list, never shorter than the list allows (None: for anyone without an account)."""
        if listing.host_id is not None and await self._admission.blocking(viewer_id, [listing.host_id]):
            return []
        found: list[Space] = []
        while True:
            read = await self._store.listed(listing, window)
            hiding = await self._admission.blocking(viewer_id, {space.host.id for space in read})
            shown = [space for space in read if space.host.id not in hiding]
            found = [*shown, *found] if window.last else [*found, *shown]
            if len(read) < window.limit or len(found) >= window.limit:
                return found[-window.limit :] if window.last else found[: window.limit]
            edge = place(read[0 if window.last else -1], listing.order)
            window = replace(window, before=edge) if window.last else replace(window, after=edge)
