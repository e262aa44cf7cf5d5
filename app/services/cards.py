"""Cards: what a person may show others below what they write."""

from __future__ import annotations

from typing import assert_never

from app.domain import refusals
from app.domain.permissions import Standing, may_read, may_see, require_share
from app.domain.posts import Card, ClipCard, PostCard, SpaceCard
from app.domain.roster import Person
from app.services.admission import Admission
from app.services.stores import AttendanceStore, ClipStore, PostStore, SpaceStore


class Cards:
    """The checks of cards when something is written. Whether one can still be shown is asked when it is read."""

    def __init__(
        self,
        spaces: SpaceStore,
        clips: ClipStore,
        posts: PostStore,
        attendance: AttendanceStore,
        admission: Admission,
    ) -> None:
        self._spaces = spaces
        self._clips = clips
        self._posts = posts
        self._attendance = attendance
        self._admission = admission

    async def require(self, actor: Person, card: Card) -> None:
        """Raises `SpaceNotFound`, `ClipNotFound`, `PostNotFound` for what is not there for this person or not
        public yet, and the refusals of `require_share` for a Space that they may not share now.
        """
        match card:
            case SpaceCard(space_id):
                await self._require_space(actor, space_id)
            case ClipCard(clip_id):
                clip = await self._clips.get(clip_id)
                if clip is None or clip.is_draft:
                    raise refusals.ClipNotFound(field="clipId")
            case PostCard(post_id):
                quoted = await self._posts.get_many([post_id])
                blocking = await self._admission.blocking(actor.id, {one.author.id for one in quoted})
                if not any(may_read(one, blocking) for one in quoted):
                    raise refusals.PostNotFound(field="postId")
            case _:
                assert_never(card)

    async def _require_space(self, actor: Person, space_id: str) -> None:
        space = await self._spaces.get(space_id)
        if space is None or not may_see(space, actor.id):
            raise refusals.SpaceNotFound(field="spaceId")
        await self._admission.require(actor.id, space)
        is_in = await self._attendance.get(space_id, actor.id) is not None
        require_share(space, actor.id, Standing(is_in=is_in))
