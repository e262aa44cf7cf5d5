"""Reports: telling the operators what is wrong, and what they make of it."""

from __future__ import annotations

from collections.abc import Collection

from app.domain import refusals, reports
from app.domain.evictions import Removal
from app.domain.permissions import may_see, require_operator
from app.domain.reports import Complaint, Report, ReportTarget, Resolution, TargetKind, Verdict
from app.domain.roster import Person
from app.services.clips import Clips
from app.services.idempotency import Idempotency
from app.services.pages import Moment, Window
from app.services.people import require_account
from app.services.ports import Clock, NewId
from app.services.posts import Posts
from app.services.stores import PersonStore, ReportFilter, ReportStore, SpaceStore
from app.services.viewers import Viewer


class Reports:
    """Anyone reports, operators read. Nobody else is told who reported, or that anyone did."""

    def __init__(
        self,
        store: ReportStore,
        spaces: SpaceStore,
        people: PersonStore,
        clips: Clips,
        posts: Posts,
        idempotency: Idempotency,
        *,
        new_id: NewId,
        clock: Clock,
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._people = people
        self._clips = clips
        self._posts = posts
        self._idempotency = idempotency
        self._new_id = new_id
        self._clock = clock

    async def report(
        self, reporter: Person, target: ReportTarget, complaint: Complaint, *, idempotency_key: str | None = None
    ) -> Report:
        """The report; where this person reported this before, or anything under this key, that one, as it was.

        Raises `CannotTargetSelf` for what is their own, `TextTooLong`, `InvalidIdempotencyKey`; `SpaceNotFound`,
        `UserNotFound`, `ClipNotFound`, `PostNotFound`.
        """
        report_id = await self._idempotency.id_for(reporter.id, "report", idempotency_key)
        if idempotency_key is not None and (known := await self._store.get(report_id)):
            return known
        owner_id = await self._owner(reporter, target)
        filed = reports.report(target, reporter, complaint, report_id=report_id, owner_id=owner_id, now=self._clock())
        return await self._store.add(filed)

    async def file_removed(self, removal: Removal, complaint: Complaint) -> None:
        """Reports whom a moderator removed, and from where; once, however often this is called."""
        target = ReportTarget(TargetKind.USER, removal.person.id)
        filed = reports.report(
            target,
            removal.by,
            complaint,
            report_id=self._new_id(),
            owner_id=removal.person.id,
            now=removal.at,
            space_id=removal.space_id,
        )
        await self._store.add(filed)

    async def _owner(self, reporter: Person, target: ReportTarget) -> str:
        match target.kind:
            case TargetKind.SPACE:
                space = await self._spaces.get(target.id)
                if space is None or not may_see(space, reporter.id):
                    raise refusals.SpaceNotFound(field="spaceId")
                return space.host.id
            case TargetKind.USER:
                return (await require_account(self._people, target.id)).id
            case TargetKind.CLIP:
                clip = await self._clips.get(reporter.id, target.id)
                if clip is None:
                    raise refusals.ClipNotFound(field="clipId")
                return clip.creator_id
            case TargetKind.POST:
                return (await self._posts.require(reporter, target.id)).author.id

    async def page(self, viewer: Viewer, wanted: ReportFilter, window: Window[Moment]) -> list[Report]:
        """Reports for operators, the newest first. Raises `NotPermitted`."""
        require_operator(viewer.is_operator)
        return await self._store.page(wanted, window)

    async def get_many(self, viewer: Viewer | None, report_ids: Collection[str]) -> list[Report]:
        """Those of the reports that there are, for operators; none for anyone else."""
        if viewer is None or not viewer.is_operator:
            return []
        return await self._store.get_many(report_ids)

    async def resolve(self, viewer: Viewer, report_id: str, resolution: Resolution, note: str) -> Report:
        """An operator closes a report; the first resolution stands.

        Raises `NotPermitted`, `ReportNotFound`, `ReportResolved`, `TextTooLong`.
        """
        require_operator(viewer.is_operator)
        verdict = Verdict(resolution, viewer.person, self._clock(), note)
        known = await self._known(report_id)
        resolved = reports.resolve(known, verdict)
        if resolved == known or await self._store.resolve(resolved):
            return resolved
        # Another operator was faster.
        return reports.resolve(await self._known(report_id), verdict)

    async def _known(self, report_id: str) -> Report:
        report = await self._store.get(report_id)
        if report is None:
            raise refusals.ReportNotFound(field="reportId")
        return report
