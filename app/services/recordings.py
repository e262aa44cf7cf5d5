"""Recordings: trimming, measuring and expiring them, what is known of them, and that they fail."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import recordings, refusals
from app.domain.actions import Action
from app.domain.events import SpaceEvent
from app.domain.permissions import may
from app.domain.recorded import Measures, Recorded, RecordingState, Trim
from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState
from app.domain.standing import Standing
from app.services.admission import Admission
from app.services.airings import Airings
from app.services.changes import Changes
from app.services.media_engine import MediaEngine, MediaUnavailable
from app.services.ports import Clock
from app.services.recording_files import RecordingFiles
from app.services.replays import ReplayAddresses, Replays
from app.services.rounds import every
from app.services.stores import RecordingStore, SpaceStore

MEASURING = timedelta(seconds=2)
"""How often recordings are looked for that have ended, or were trimmed, since they were measured."""
EXPIRING = timedelta(minutes=1)
AT_ONCE = 100
UNHEARD_OF = timedelta(days=1)
"""When a recording is given up that has no file here, and that nobody who has any has measured meanwhile."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A Space's recording as a viewer knows it: `measures` once it is final, and as far as they are of this trim.

    `whole`: where its host hears all of it.
    """

    space: Space
    state: RecordingState
    recorded: Recorded | None
    expires_at: datetime | None
    addresses: ReplayAddresses | None
    whole: ReplayAddresses | None

    @property
    def measures(self) -> Measures | None:
        """What is heard of it measures this; None while that is found out."""
        known = self.recorded.measures if self.recorded else None
        return known if known and known.trim == self.space.trim else None

    @property
    def full_duration_ms(self) -> int | None:
        """How long all of it is."""
        return self.recorded.measures.duration_ms if self.recorded else None

    @property
    def duration_ms(self) -> int | None:
        """How long what is heard of it is."""
        full_ms = self.full_duration_ms
        return None if full_ms is None else len(self.space.trim.within(full_ms))


class Recordings:
    """What is recorded of Spaces. `kept_for`: how long after their end; None: for ever."""

    def __init__(
        self,
        changes: Changes,
        spaces: SpaceStore,
        store: RecordingStore,
        admission: Admission,
        airings: Airings,
        replays: Replays,
        media: MediaEngine,
        files: RecordingFiles,
        *,
        kept_for: timedelta | None,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._spaces = spaces
        self._store = store
        self._admission = admission
        self._airings = airings
        self._replays = replays
        self._media = media
        self._files = files
        self._kept_for = kept_for
        self._clock = clock
        self._aired: set[str] = set()
        self._missing: dict[str, datetime] = {}
        self._untold: dict[str, str | None] = {}

    async def trim(self, actor: Person, space_id: str, *, start_ms: int | None, end_ms: int | None) -> Space:
        """Has so much of the recording heard from now on; the same again changes nothing, None undoes it at that end.

        Raises what `recordings.trim` does, `SpaceNotFound`, `AudioUnavailable`.
        """
        recorded_ms = await self._recorded_ms(space_id)

        def decided(space: Space) -> list[SpaceEvent]:
            return recordings.trim(
                space, actor, start_ms=start_ms, end_ms=end_ms, recorded_ms=recorded_ms, now=self._clock()
            )

        space = await self._changes.command(actor, space_id, decided)
        await self._measure_finished([space])
        return space

    async def _recorded_ms(self, space_id: str) -> int:
        for known in await self._store.get_many([space_id]):
            return known.measures.duration_ms
        try:
            return await self._media.recorded_ms(space_id)
        except MediaUnavailable:
            raise refusals.AudioUnavailable(field="spaceId") from None

    async def of_spaces(
        self, viewer_id: str | None, spaces: Sequence[Space], *, login: str | None = None
    ) -> list[Kept | None]:
        """The recording of each of the Spaces, by as many queries as for one; None where there is none (any more, or
        yet), and for whom is kept out.
        """
        viewers = await self._admission.standings(viewer_id, spaces)
        known = {one.id: one for one in await self._store.get_many([one.id for one in spaces])}
        return [
            self._kept(viewer, space, known.get(space.id), login) for viewer, space in zip(viewers, spaces, strict=True)
        ]

    def _kept(self, viewer: Standing, space: Space, recorded: Recorded | None, login: str | None) -> Kept | None:
        state = recordings.state(space, recorded)
        if state is None or not may(viewer, Action.LISTEN, space):
            return None
        is_over = space.state is SpaceState.ENDED
        return Kept(
            space,
            state,
            recorded if is_over else None,
            recordings.expires_at(space, self._kept_for),
            self._replays.addresses(viewer.id, space, login) if is_over else None,
            self._replays.edit_addresses(viewer.id, space, login)
            if is_over and may(viewer, Action.UPDATE_RECORDING, space)
            else None,
        )

    async def waveform(self, space: Space, trim: Trim, points: int) -> tuple[float, ...]:
        """How loud a finished recording is over time; empty where its files are not here, or cannot be read."""
        try:
            return await self._files.waveform(space.id, trim, points)
        except MediaUnavailable:
            return ()

    async def run_measuring(self) -> None:
        """Finalises and measures recordings, for ever: of Spaces however they ended, also before a crash."""
        await every(MEASURING, self.measure_all)

    async def measure_all(self) -> None:
        """One round of `run_measuring`."""
        await self._tell_failures()
        on_air = {one.id for one in self._airings.on_air}
        found = await self._spaces.unmeasured(AT_ONCE)
        unmeasured = {one.id for one in found}
        self._aired = (self._aired | on_air) & (on_air | unmeasured)
        self._missing = {one: since for one, since in self._missing.items() if one in unmeasured}
        await self._measure_finished(found)

    async def _measure_finished(self, spaces: Sequence[Space]) -> None:
        """Leaves out what somebody has on the air still, and may write to."""
        aired = await self._airings.nodes_of([one.id for one in spaces])
        for space in spaces:
            if space.id in aired:
                continue
            try:
                await self._measure(space)
            except Exception:
                log.exception("the recording of Space %s was not measured; that is done in a later round", space.id)

    async def _measure(self, space: Space) -> None:
        measures = await self._files.measure(space.id, space.trim)
        if measures is None and not self._is_nowhere(space):
            return
        await self._store.measured(space.id, measures or Measures(0, space.trim, 0, None, None))
        await self._spaces.measured(space)
        # What was deleted meanwhile has taken its record along, this one too.
        now = await self._spaces.get(space.id)
        if now is None or now.state is not SpaceState.ENDED or not now.keeps_recording:
            await self._store.forget(space.id)

    def _is_nowhere(self, space: Space) -> bool:
        """Whether nothing was recorded, for there is nothing where it would be, or anywhere for long."""
        missing_since = self._missing.setdefault(space.id, self._clock())
        return space.id in self._aired or missing_since <= self._clock() - UNHEARD_OF

    async def run_expiring(self) -> None:
        """Deletes recordings whose time is over, for ever, if there is such a time. Their files go in the rounds of
        `Deletion`; several processes may do it at once.
        """
        if self._kept_for is not None:
            await every(EXPIRING, self.expire_all)

    async def expire_all(self) -> None:
        """One round of `run_expiring`."""
        if self._kept_for is None:
            return
        while over := await self._spaces.expired(self._clock() - self._kept_for, AT_ONCE):
            gone = [await self._expired(space_id, self._kept_for) for space_id in over]
            if not any(gone):
                return

    async def _expired(self, space_id: str, kept_for: timedelta) -> bool:
        try:
            await self._changes.change(space_id, lambda space: recordings.expire(space, kept_for, self._clock()))
        except Exception:
            log.exception("the recording of Space %s is kept for too long; it goes in a later round", space_id)
            return False
        return True

    async def run_failures(self) -> None:
        """Tells in each Space that its recording fails, or goes on, for ever."""
        while True:
            news = await self._media.next_recording_news()
            self._untold[news.space_id] = news.failure
            await self._tell_failures()

    async def _tell_failures(self) -> None:
        """The newest word of each Space; what cannot be told now is told in a later round of `run_measuring`."""
        for space_id, failure in list(self._untold.items()):
            try:
                await self.take(space_id, failure)
            except refusals.SpaceNotFound:
                log.debug("a recording of a Space that is gone fails, or goes on")
            except Exception:
                log.exception("that the recording of Space %s fails, or goes on, is not told yet", space_id)
                continue
            if self._untold.get(space_id, failure) == failure:
                self._untold.pop(space_id, None)

    async def take(self, space_id: str, failure: str | None) -> None:
        """A recording fails, for this reason; None: it is written to."""
        current = self._airings.current(space_id)
        if failure is None and current is not None and not current.is_failing:
            return
        await self._changes.change(
            space_id,
            lambda space: (
                recordings.fail(space, failure, self._clock()) if failure else recordings.resume(space, self._clock())
            ),
        )
