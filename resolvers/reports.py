"""Reports: filing them, and what operators do about them."""

from __future__ import annotations

from typing import Annotated, TypeVar

import strawberry

from app.domain import reports
from app.domain.refusals import Refusal
from app.domain.reports import Complaint, ReportTarget, TargetKind
from app.services import stores
from resolvers import mapping
from resolvers.arguments import connection, cursor, key, moment_key, window
from resolvers.context import Info
from resolvers.faults import Refused
from resolvers.payloads import outcome
from schema.clips import Clip
from schema.pages import After, Before, Connection, First, Last, Page
from schema.people import User
from schema.posts import Post
from schema.reports import (
    FileReportInput,
    FileReportPayload,
    Report,
    ReportClipInput,
    ReportClipPayload,
    ReportDetailsInput,
    ReportFilter,
    ReportPostInput,
    ReportPostPayload,
    ReportSpaceInput,
    ReportSpacePayload,
    ReportUserInput,
    ReportUserPayload,
    ResolveReportInput,
    ResolveReportPayload,
)
from schema.spaces import Space

Filed = TypeVar("Filed", bound=FileReportPayload)


def complaint(input: ReportDetailsInput) -> Complaint:
    """What an input says is wrong."""
    return Complaint(reports.ReportCategory[input.category.name], input.text)


@strawberry.type
class ReportQuery:
    """What operators read."""

    @strawberry.field(
        description="What people reported, the newest first. For operators: others get an error with the code "
        "NOT_PERMITTED."
    )
    async def reports(
        self,
        info: Info,
        filter: Annotated[ReportFilter | None, strawberry.argument(description="Which; null: all.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Report] | None:
        page = Page(first, after, last, before)
        try:
            found = await info.context.use_cases.reports.page(
                info.context.authenticated, _wanted(filter or ReportFilter()), window(page, moment_key)
            )
        except Refusal as refusal:
            raise Refused(refusal) from None
        return connection(found, page, node=mapping.report, cursor_of=lambda one: cursor(one.reported_at, one.id))


@strawberry.type
class ReportMutation:
    """Telling the operators what is wrong."""

    @strawberry.mutation(
        description="Tells the operators of the server what is wrong with a Space. Reporting it again changes nothing."
    )
    async def report_space(
        self, info: Info, input: Annotated[ReportSpaceInput, strawberry.argument(description="Which, and why.")]
    ) -> ReportSpacePayload:
        target = ReportTarget(TargetKind.SPACE, key(Space, input.space_id, "spaceId"))
        return await _filed(info, ReportSpacePayload, target, input)

    @strawberry.mutation(
        description="Tells the operators what is wrong with a person, who is not told. Reporting them again changes "
        "nothing."
    )
    async def report_user(
        self, info: Info, input: Annotated[ReportUserInput, strawberry.argument(description="Whom, and why.")]
    ) -> ReportUserPayload:
        target = ReportTarget(TargetKind.USER, key(User, input.user_id, "userId"))
        return await _filed(info, ReportUserPayload, target, input)

    @strawberry.mutation(
        description="Tells the operators what is wrong with a clip. Reporting it again changes nothing."
    )
    async def report_clip(
        self, info: Info, input: Annotated[ReportClipInput, strawberry.argument(description="Which, and why.")]
    ) -> ReportClipPayload:
        target = ReportTarget(TargetKind.CLIP, key(Clip, input.clip_id, "clipId"))
        return await _filed(info, ReportClipPayload, target, input)

    @strawberry.mutation(
        description="Tells the operators what is wrong with a Post. Reporting it again changes nothing."
    )
    async def report_post(
        self, info: Info, input: Annotated[ReportPostInput, strawberry.argument(description="Which, and why.")]
    ) -> ReportPostPayload:
        target = ReportTarget(TargetKind.POST, key(Post, input.post_id, "postId"))
        return await _filed(info, ReportPostPayload, target, input)

    @strawberry.mutation(
        description="Closes a report. For operators; the first resolution stands: another one is REPORT_RESOLVED."
    )
    async def resolve_report(
        self, info: Info, input: Annotated[ResolveReportInput, strawberry.argument(description="Which, and how.")]
    ) -> ResolveReportPayload:
        report, errors = await outcome(
            info.context.use_cases.reports.resolve(
                info.context.authenticated,
                key(Report, input.report_id, "reportId"),
                reports.Resolution[input.resolution.name],
                input.note,
            )
        )
        return ResolveReportPayload(report=mapping.report(report) if report else None, user_errors=errors)


async def _filed(info: Info, payload: type[Filed], target: ReportTarget, input: FileReportInput) -> Filed:
    report, errors = await outcome(
        info.context.use_cases.reports.report(
            info.context.actor, target, complaint(input), idempotency_key=input.idempotency_key
        )
    )
    return payload(report=mapping.filed_report(report) if report else None, user_errors=errors)


def _wanted(filter: ReportFilter) -> stores.ReportFilter:
    return stores.ReportFilter(
        state=reports.ReportState[filter.state.name] if filter.state else None,
        category=reports.ReportCategory[filter.category.name] if filter.category else None,
        kind=TargetKind[filter.target_kind.name] if filter.target_kind else None,
    )
