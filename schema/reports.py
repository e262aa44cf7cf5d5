"""Reports: telling the operators what is wrong, and what they make of it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, TypeAlias

import strawberry
from strawberry import relay

from schema.clips import Clip
from schema.context import Info
from schema.payloads import Payload
from schema.people import User
from schema.posts import Post
from schema.spaces import Space


@strawberry.enum(description="What is wrong.")
class ReportCategory(Enum):
    """What is wrong."""

    ABUSE = strawberry.enum_value("ABUSE", description="Insults, threats, harassment.")
    HATE = strawberry.enum_value("HATE", description="Attacks on people for what they are.")
    VIOLENCE = strawberry.enum_value("VIOLENCE", description="Violence, or calls for it.")
    CHILD_SAFETY = strawberry.enum_value("CHILD_SAFETY", description="A child is in danger or exploited.")
    SELF_HARM = strawberry.enum_value("SELF_HARM", description="Someone may harm themselves, or is told to.")
    SEXUAL_CONTENT = strawberry.enum_value("SEXUAL_CONTENT", description="Sexual content where it is not wanted.")
    PRIVACY = strawberry.enum_value("PRIVACY", description="Private things of someone are made public.")
    IMPERSONATION = strawberry.enum_value("IMPERSONATION", description="Someone passes for someone else.")
    SPAM = strawberry.enum_value("SPAM", description="Advertising, fraud, repetition.")
    OTHER = strawberry.enum_value("OTHER", description="Something else: say what.")


@strawberry.enum(description="Whether operators have dealt with a report.")
class ReportState(Enum):
    """Whether operators have dealt with a report."""

    OPEN = strawberry.enum_value("OPEN", description="It waits for an operator.")
    RESOLVED = strawberry.enum_value("RESOLVED", description="An operator has closed it.")


@strawberry.enum(description="What operators found.")
class ReportResolution(Enum):
    """What operators found."""

    ACTION_TAKEN = strawberry.enum_value("ACTION_TAKEN", description="It was right, and something was done.")
    NO_VIOLATION = strawberry.enum_value("NO_VIOLATION", description="Nothing was wrong.")
    DUPLICATE = strawberry.enum_value("DUPLICATE", description="Another report is about the same.")


@strawberry.enum(description="What can be reported.")
class ReportTargetKind(Enum):
    """What can be reported."""

    SPACE = strawberry.enum_value("SPACE", description="A Space.")
    USER = strawberry.enum_value("USER", description="A person.")
    CLIP = strawberry.enum_value("CLIP", description="A clip.")
    POST = strawberry.enum_value("POST", description="A Post.")


ReportTarget: TypeAlias = Annotated[
    Space | User | Clip | Post, strawberry.union("ReportTarget", description="What a report is about.")
]


@strawberry.type(description="A report, as its reporter gets it back.")
class FiledReport:
    """A report, as its reporter gets it back."""

    id: relay.GlobalID = strawberry.field(description="The report's id, by which operators know it.")
    category: ReportCategory = strawberry.field(description="What is wrong.")
    text: str = strawberry.field(description="In the reporter's words; empty if in none.")
    reported_at: datetime = strawberry.field(description="When it was first reported.")


@strawberry.type(description="A report, as operators read it.")
class Report(relay.Node):
    """A report, as operators read it."""

    key: relay.NodeID[str]
    reporter: User = strawberry.field(description="Who reported. Told to operators alone.")
    category: ReportCategory = strawberry.field(description="What is wrong.")
    text: str = strawberry.field(description="In the reporter's words; empty if in none.")
    reported_at: datetime = strawberry.field(description="When.")
    target_kind: ReportTargetKind = strawberry.field(description="What kind of thing it is about.")
    target_id: relay.GlobalID = strawberry.field(description="What it is about, also where that is gone.")
    state: ReportState = strawberry.field(description="Whether operators have dealt with it.")
    resolution: ReportResolution | None = strawberry.field(description="What they found; null while open.")
    note: str | None = strawberry.field(description="What the operator noted for others; null while open.")
    resolved_by: User | None = strawberry.field(description="The operator who closed it; null while open.")
    resolved_at: datetime | None = strawberry.field(description="When it was closed; null while open.")
    space_key: strawberry.Private[str | None]

    @strawberry.field(description="What it is about; null if that is gone, or not open to the viewer yet.")
    async def target(self, info: Info) -> ReportTarget | None:
        target_key = self.target_id.node_id
        match self.target_kind:
            case ReportTargetKind.SPACE:
                return await info.context.space(target_key)
            case ReportTargetKind.USER:
                return await info.context.find_user(target_key)
            case ReportTargetKind.CLIP:
                return await info.context.clip(target_key)
            case ReportTargetKind.POST:
                return await info.context.post(target_key)

    @strawberry.field(description="The Space from which the person was removed with this report; null if none.")
    async def space(self, info: Info) -> Space | None:
        return await info.context.space(self.space_key) if self.space_key else None


@strawberry.input(description="Which reports; what is left out is not asked for.")
class ReportFilter:
    """Which reports."""

    state: ReportState | None = strawberry.field(description="Open or resolved ones.", default=None)
    category: ReportCategory | None = strawberry.field(description="Those that say that this is wrong.", default=None)
    target_kind: ReportTargetKind | None = strawberry.field(description="Those about this kind.", default=None)


@strawberry.input(description="What to report of someone who is removed.")
class ReportDetailsInput:
    """What to report."""

    category: ReportCategory = strawberry.field(description="What is wrong.")
    text: str = strawberry.field(description="In the viewer's words, up to 1000 characters.", default="")


@strawberry.input
class FileReportInput(ReportDetailsInput):
    """What every report says."""

    idempotency_key: str | None = strawberry.field(
        description="A key of the client's own: the same key again within a day answers the first call's report.",
        default=None,
    )


@strawberry.type
class FileReportPayload(Payload):
    """What mutations answer that report something."""

    report: FiledReport | None = strawberry.field(
        description="The viewer's report of it, the first one; null where a rule said no.", default=None
    )


@strawberry.input(description="Which Space to report, and why.")
class ReportSpaceInput(FileReportInput):
    """Which Space to report, and why."""

    space_id: relay.GlobalID = strawberry.field(description="The Space.")


@strawberry.type(description="What `reportSpace` answers.")
class ReportSpacePayload(FileReportPayload):
    """What `reportSpace` answers."""


@strawberry.input(description="Whom to report, and why.")
class ReportUserInput(FileReportInput):
    """Whom to report, and why."""

    user_id: relay.GlobalID = strawberry.field(description="The person.")


@strawberry.type(description="What `reportUser` answers.")
class ReportUserPayload(FileReportPayload):
    """What `reportUser` answers."""


@strawberry.input(description="Which clip to report, and why.")
class ReportClipInput(FileReportInput):
    """Which clip to report, and why."""

    clip_id: relay.GlobalID = strawberry.field(description="The clip.")


@strawberry.type(description="What `reportClip` answers.")
class ReportClipPayload(FileReportPayload):
    """What `reportClip` answers."""


@strawberry.input(description="Which Post to report, and why.")
class ReportPostInput(FileReportInput):
    """Which Post to report, and why."""

    post_id: relay.GlobalID = strawberry.field(description="The Post.")


@strawberry.type(description="What `reportPost` answers.")
class ReportPostPayload(FileReportPayload):
    """What `reportPost` answers."""


@strawberry.input(description="How an operator closes a report.")
class ResolveReportInput:
    """How an operator closes a report."""

    report_id: relay.GlobalID = strawberry.field(description="The report.")
    resolution: ReportResolution = strawberry.field(description="What was found.")
    note: str = strawberry.field(description="For other operators, up to 1000 characters.", default="")


@strawberry.type(description="What `resolveReport` answers.")
class ResolveReportPayload(Payload):
    """What `resolveReport` answers."""

    report: Report | None = strawberry.field(
        description="The report as it is now; null where a rule said no.", default=None
    )
