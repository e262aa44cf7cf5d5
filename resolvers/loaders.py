"""Loaders: batched lookups of a running request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from strawberry.dataloader import DataLoader

from app.domain import clips, messages, posts, spaces
from app.domain.attendance import Attendance
from app.domain.feedback import NO_FEEDBACK, Feedback, FeedbackSummary
from app.domain.people import Account
from app.domain.reports import Report
from app.domain.transcripts import Phrase
from app.services.audio import AudioAddresses
from app.services.pages import Key, Moment, Offset, Window
from app.services.recordings import Kept
from app.services.stores import Stretch
from app.services.use_cases import UseCases
from app.services.viewers import Viewer

Of = TypeVar("Of")
Page = TypeVar("Page")


class Loaders:
    """Lookups of the same moment are one query each. Nothing is remembered: a subscription may live for hours.

    Those about a viewer are asked only where there is one.
    """

    def __init__(self, use_cases: UseCases, viewer: Viewer | None) -> None:
        self._use_cases = use_cases
        self._asking = viewer
        self._viewer_id = viewer.person.id if viewer else None
        self.accounts = DataLoader(self._accounts, cache=False)
        self.followed = DataLoader(self._followed, cache=False)
        self.blocked = DataLoader(self._blocked, cache=False)
        self.muted = DataLoader(self._muted, cache=False)
        self.following_hosts = DataLoader(self._following_hosts, cache=False)
        self.blocking_hosts = DataLoader(self._blocking_hosts, cache=False)
        self.removed = DataLoader(self._removed, cache=False)
        self.visited = DataLoader(self._visited, cache=False)
        self.feedback = DataLoader(self._feedback, cache=False)
        self.feedback_summaries = DataLoader(self._feedback_summaries, cache=False)
        self.reports = DataLoader(self._reports, cache=False)
        self.spaces = DataLoader(self._spaces, cache=False)
        self.scheduled = DataLoader(self._scheduled, cache=False)
        self.reminded = DataLoader(self._reminded, cache=False)
        self.reminder_counts = DataLoader(self._reminder_counts, cache=False)
        self.clips = DataLoader(self._clips, cache=False)
        self.attended = DataLoader(self._attended, cache=False)
        self.reactions = DataLoader(self._reactions, cache=False)
        self.recordings = DataLoader(self._recordings, cache=False)
        self.audio = DataLoader(self._audio, cache=False)
        self.listeners = DataLoader(self._listeners, cache=False)
        self.clips_of = DataLoader(self._clips_of, cache=False)
        self.words = DataLoader(self._words, cache=False)
        self.transcripts = DataLoader(self._transcripts, cache=False)

        self.posts = DataLoader(self._posts, cache=False)
        self.shared_posts = DataLoader(self._shared_posts, cache=False)
        self.messages = DataLoader(self._messages, cache=False)

    async def _accounts(self, ids: list[str]) -> Sequence[Account | None]:
        found = {one.id: one for one in await self._use_cases.people.get_many(set(ids))}
        return [found.get(one) for one in ids]

    async def _followed(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.follows.followed_by(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _blocked(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.blocks.blocked_by(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _muted(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.mutes.muted_by(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _following_hosts(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.follows.followers_among(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _blocking_hosts(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.admission.blocking(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _removed(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.admission.removed_from(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _visited(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.feedback.visited(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _feedback(self, ids: list[str]) -> Sequence[Feedback | None]:
        found = await self._use_cases.feedback.of_person(self._viewer, set(ids))
        return [found.get(one) for one in ids]

    async def _feedback_summaries(self, ids: list[str]) -> Sequence[FeedbackSummary]:
        found = await self._use_cases.feedback.summaries(set(ids))
        return [found.get(one, NO_FEEDBACK) for one in ids]

    async def _spaces(self, ids: list[str]) -> Sequence[spaces.Space | None]:
        found = {one.id: one for one in await self._use_cases.spaces.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    async def _scheduled(self, host_ids: list[str]) -> Sequence[list[spaces.Space]]:
        found = await self._use_cases.schedules.of_hosts(self._viewer_id, set(host_ids))
        return [[space for space in found if space.host.id == host_id] for host_id in host_ids]

    async def _reminded(self, space_ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.reminders.of_person(self._viewer, set(space_ids))
        return [one in found for one in space_ids]

    async def _reminder_counts(self, space_ids: list[str]) -> Sequence[int]:
        found = await self._use_cases.reminders.counts(set(space_ids))
        return [found.get(one, 0) for one in space_ids]

    async def _clips(self, ids: list[str]) -> Sequence[clips.Clip | None]:
        found = {one.id: one for one in await self._use_cases.clips.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    async def _posts(self, ids: list[str]) -> Sequence[posts.Post | None]:
        found = {one.id: one for one in await self._use_cases.posts.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    async def _shared_posts(self, ids: list[str]) -> Sequence[posts.Post | None]:
        found = {one.id: one for one in await self._use_cases.posts.shown(set(ids))}
        return [found.get(one) for one in ids]

    async def _messages(self, ids: list[str]) -> Sequence[messages.DirectMessage | None]:
        found = {one.id: one for one in await self._use_cases.messages.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    async def _reports(self, ids: list[str]) -> Sequence[Report | None]:
        found = {one.id: one for one in await self._use_cases.reports.get_many(self._asking, set(ids))}
        return [found.get(one) for one in ids]

    async def _attended(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.attendance.in_any_of(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _reactions(self, ids: list[str]) -> Sequence[Mapping[str, int]]:
        found = await self._use_cases.reactions.counts(set(ids))
        return [found.get(one, {}) for one in ids]

    async def _audio(self, listed: list[spaces.Space]) -> Sequence[AudioAddresses | None]:
        login = self._asking.token_id if self._asking else None
        return await self._use_cases.audio.addresses_of_many(self._viewer_id, listed, login=login)

    async def _recordings(self, listed: list[spaces.Space]) -> Sequence[Kept | None]:
        login = self._asking.token_id if self._asking else None
        return await self._use_cases.recordings.of_spaces(self._viewer_id, listed, login=login)

    async def _listeners(self, asked: list[tuple[spaces.Space, Window[Moment]]]) -> Sequence[list[Attendance]]:
        return await _by_window(asked, self._use_cases.attendance.pages)

    async def _clips_of(self, asked: list[tuple[spaces.Space, Window[Moment]]]) -> Sequence[list[clips.Clip]]:
        return await _by_window(asked, partial(self._use_cases.clips.of_spaces, self._viewer_id))

    async def _transcripts(self, asked: list[tuple[spaces.Space, Window[Offset]]]) -> Sequence[list[Phrase] | None]:
        return await _by_window(asked, partial(self._use_cases.transcripts.of_spaces, self._viewer_id))

    async def _words(self, stretches: list[Stretch]) -> Sequence[list[Phrase]]:
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
