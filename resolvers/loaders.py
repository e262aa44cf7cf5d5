"""Loaders: batched lookups of a running request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import TypeVar

from strawberry.dataloader import DataLoader

from app.domain.attendance import Attendance
from app.domain.clips import Clip
from app.domain.conversations import Conversation
from app.domain.feedback import NO_FEEDBACK, Feedback, FeedbackSummary
from app.domain.messages import DirectMessage
from app.domain.people import Account
from app.domain.posts import Post
from app.domain.reports import Report
from app.domain.spaces import Space
from app.domain.transcripts import Phrase
from app.services.audio import AudioAddresses
from app.services.pages import Key, Moment, Offset, Window
from app.services.recordings import Kept
from app.services.stores import Stretch
from app.services.use_cases import UseCases
from app.services.viewers import Viewer

Of = TypeVar("Of")
Answer = TypeVar("Answer")
Page = TypeVar("Page")


def batched(
    read: Callable[[Loaders, list[Of]], Awaitable[Sequence[Answer]]],
) -> cached_property[DataLoader[Of, Answer]]:
    """A loader that is made when it is asked for: most operations need one or two of them."""
    return cached_property(lambda loaders: DataLoader(partial(read, loaders), cache=False))


class Loaders:
    """Lookups of the same moment are one query each. Nothing is remembered: a subscription may live for hours.

    Those about a viewer are asked only where there is one.
    """

    def __init__(self, use_cases: UseCases, viewer: Viewer | None) -> None:
        self._use_cases = use_cases
        self._asking = viewer
        self._viewer_id = viewer.person.id if viewer else None

    @batched
    async def accounts(self, ids: list[str]) -> Sequence[Account | None]:
        found = {one.id: one for one in await self._use_cases.people.get_many(set(ids))}
        return [found.get(one) for one in ids]

    @batched
    async def followed(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.follows.followed_by(self._viewer, set(ids))
        return [one in found for one in ids]

    @batched
    async def blocked(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.blocks.blocked_by(self._viewer, set(ids))
        return [one in found for one in ids]

    @batched
    async def muted(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.mutes.muted_by(self._viewer, set(ids))
        return [one in found for one in ids]

    @batched
    async def following_hosts(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.follows.followers_among(self._viewer, set(ids))
        return [one in found for one in ids]

    @batched
    async def blocking_hosts(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.admission.blocking(self._viewer, set(ids))
        return [one in found for one in ids]

    @batched
    async def removed(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.admission.removed_from(self._viewer, set(ids))
        return [one in found for one in ids]

    @batched
    async def visited(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.feedback.visited(self._viewer, set(ids))
        return [one in found for one in ids]

    @batched
    async def feedback(self, ids: list[str]) -> Sequence[Feedback | None]:
        found = await self._use_cases.feedback.of_person(self._viewer, set(ids))
        return [found.get(one) for one in ids]

    @batched
    async def feedback_summaries(self, ids: list[str]) -> Sequence[FeedbackSummary]:
        found = await self._use_cases.feedback.summaries(set(ids))
        return [found.get(one, NO_FEEDBACK) for one in ids]

    @batched
    async def spaces(self, ids: list[str]) -> Sequence[Space | None]:
        found = {one.id: one for one in await self._use_cases.spaces.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    @batched
    async def scheduled(self, host_ids: list[str]) -> Sequence[list[Space]]:
        found = await self._use_cases.schedules.of_hosts(self._viewer_id, set(host_ids))
        return [[space for space in found if space.host.id == host_id] for host_id in host_ids]

    @batched
    async def reminded(self, space_ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.reminders.of_person(self._viewer, set(space_ids))
        return [one in found for one in space_ids]

    @batched
    async def reminder_counts(self, space_ids: list[str]) -> Sequence[int]:
        found = await self._use_cases.reminders.counts(set(space_ids))
        return [found.get(one, 0) for one in space_ids]

    @batched
    async def clips(self, ids: list[str]) -> Sequence[Clip | None]:
        found = {one.id: one for one in await self._use_cases.clips.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    @batched
    async def posts(self, ids: list[str]) -> Sequence[Post | None]:
        found = {one.id: one for one in await self._use_cases.posts.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    @batched
    async def shared_posts(self, ids: list[str]) -> Sequence[Post | None]:
        found = {one.id: one for one in await self._use_cases.posts.shown(set(ids))}
        return [found.get(one) for one in ids]

    @batched
    async def messages(self, ids: list[str]) -> Sequence[DirectMessage | None]:
        found = {one.id: one for one in await self._use_cases.messages.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    @batched
    async def conversations(self, other_ids: list[str]) -> Sequence[Conversation | None]:
        found = await self._use_cases.conversations.with_people(self._viewer, set(other_ids))
        by_other = {one.other_id: one for one in found}
        return [by_other.get(one) for one in other_ids]

    @batched
    async def unread(self, listed: list[Conversation]) -> Sequence[int]:
        return await self._use_cases.conversations.unread(listed)

    @batched
    async def reports(self, ids: list[str]) -> Sequence[Report | None]:
        found = {one.id: one for one in await self._use_cases.reports.get_many(self._asking, set(ids))}
        return [found.get(one) for one in ids]

    @batched
    async def attended(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.attendance.in_any_of(self._viewer, set(ids))
        return [one in found for one in ids]

    @batched
    async def reactions(self, ids: list[str]) -> Sequence[Mapping[str, int]]:
        found = await self._use_cases.reactions.counts(set(ids))
        return [found.get(one, {}) for one in ids]

    @batched
    async def audio(self, listed: list[Space]) -> Sequence[AudioAddresses | None]:
        login = self._asking.token_id if self._asking else None
        return await self._use_cases.audio.addresses_of_many(self._viewer_id, listed, login=login)

    @batched
    async def recordings(self, listed: list[Space]) -> Sequence[Kept | None]:
        login = self._asking.token_id if self._asking else None
        return await self._use_cases.recordings.of_spaces(self._viewer_id, listed, login=login)

    @batched
    async def listeners(self, asked: list[tuple[Space, Window[Moment]]]) -> Sequence[list[Attendance]]:
        return await _by_window(asked, self._use_cases.attendance.pages)

    @batched
    async def clips_of(self, asked: list[tuple[Space, Window[Moment]]]) -> Sequence[list[Clip]]:
        return await _by_window(asked, partial(self._use_cases.clips.of_spaces, self._viewer_id))

    @batched
    async def transcripts(self, asked: list[tuple[Space, Window[Offset]]]) -> Sequence[list[Phrase] | None]:
        return await _by_window(asked, partial(self._use_cases.transcripts.of_spaces, self._viewer_id))

    @batched
    async def words(self, stretches: list[Stretch]) -> Sequence[list[Phrase]]:
        found = await self._use_cases.transcripts.of_stretches(stretches)
        return [found[one] for one in stretches]

    @property
    def _viewer(self) -> str:
        assert self._viewer_id is not None
        return self._viewer_id


async def _by_window(
    asked: Sequence[tuple[Of, Window[Key]]], read: Callable[[Sequence[Of], Window[Key]], Awaitable[Sequence[Page]]]
) -> list[Page]:
    """A page for each thing asked about; those of one window, as all of one selection are, are read together."""
    places: dict[Window[Key], list[int]] = {}
    for place, (_, window) in enumerate(asked):
        places.setdefault(window, []).append(place)
    pages: dict[int, Page] = {}
    for window, of_window in places.items():
        pages |= zip(of_window, await read([asked[one][0] for one in of_window], window), strict=True)
    return [pages[place] for place in range(len(asked))]
