"""Feedback: saying how a Space was, and reading what was said."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.relay import GlobalID

from app.domain.refusals import Refusal
from resolvers import mapping
from resolvers.arguments import connection, cursor, key, moment_key, window
from resolvers.context import Info
from resolvers.faults import Refused
from resolvers.payloads import changed
from schema.feedback import Feedback, SubmitFeedbackInput, SubmitFeedbackPayload
from schema.pages import After, Before, Connection, First, Last, Page
from schema.spaces import Space


@strawberry.type
class FeedbackQuery:
    """What was said of Spaces."""

    @strawberry.field(
        description="What people said of a Space, the newest first. For operators: others get an error with the code "
        "NOT_PERMITTED; the host has `Space.feedbackSummary`."
    )
    async def feedback(
        self,
        info: Info,
        space_id: Annotated[GlobalID, strawberry.argument(description="The Space.")],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Feedback] | None:
        page, space_key = Page(first, after, last, before), key(Space, space_id, "spaceId")
        try:
            found = await info.context.use_cases.feedback.page(
                info.context.authenticated, space_key, window(page, moment_key)
            )
        except Refusal as refusal:
            raise Refused(refusal) from None
        return connection(found, page, node=mapping.feedback, cursor_of=lambda one: cursor(one.at, one.person.id))


@strawberry.type
class FeedbackMutation:
    """Saying how a Space was."""

    @strawberry.mutation(
        description="Says how a Space is or was, for its host (the figures alone) and the operators. For whoever is or "
        "was in it; saying it again replaces what was said."
    )
    async def submit_feedback(
        self, info: Info, input: Annotated[SubmitFeedbackInput, strawberry.argument(description="How it was.")]
    ) -> SubmitFeedbackPayload:
        feedback, space_id = info.context.use_cases.feedback, key(Space, input.space_id, "spaceId")
        return await changed(
            info,
            SubmitFeedbackPayload,
            feedback.submit(info.context.actor, space_id, input.rating, input.text),
        )
