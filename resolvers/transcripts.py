"""Transcripts: captions live, and finding what was said."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Annotated

import strawberry
from strawberry.relay import GlobalID

from app.domain import refusals
from app.domain.transcripts import MAX_TERMS, speaks, terms
from resolvers import mapping
from resolvers.arguments import connection, cursor, key, moment_key, window
from resolvers.context import Info
from resolvers.faults import BadInput, Refused
from schema.marks import FOR_ALL
from schema.pages import After, Before, Connection, First, Last, Page
from schema.spaces import Space
from schema.transcripts import Phrase


@strawberry.type
class TranscriptQuery:
    """Finding what was said."""

    @strawberry.field(
        description="What was said in recorded Spaces, the newest first: phrases that have every word of the query, in "
        "whatever case. Without Spaces that the viewer is kept out of. `createClip` takes `startOffsetMs` "
        "and `durationMs` as they are."
    )
    async def search_transcripts(
        self,
        info: Info,
        query: Annotated[str, strawberry.argument(description=f"Whole words, 1 to {MAX_TERMS} different ones.")],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Phrase]:
        page = Page(first, after, last, before)
        found = await info.context.use_cases.transcripts.search(
            info.context.viewer_id, _terms(query), window(page, moment_key)
        )
        return connection(found, page, node=mapping.phrase, cursor_of=lambda one: cursor(one.at, one.id))


@strawberry.type
class CaptionSubscription:
    """Captions live."""

    @strawberry.subscription(
        description="What is said in a live Space, phrase by phrase, as soon as it is understood: a moment after the "
        "speaker's next pause. Captions are rough, and where the server is busy some are left out. There are none in a "
        "language that the server's transcriber does not understand, and none at all where it is turned off. Whoever "
        "reads too slowly misses some; what is kept of them is `Space.transcript`.",
        metadata=FOR_ALL,
    )
    async def captions(
        self,
        info: Info,
        space_id: Annotated[GlobalID, strawberry.argument(description="The Space to read along.")],
        language: Annotated[
            str | None,
            strawberry.argument(
                description="Only what is said in this language, a BCP 47 tag whose region does not matter; null: "
                "everything. Nothing is translated."
            ),
        ] = None,
    ) -> AsyncGenerator[Phrase, None]:
        context, space_key = info.context, key(Space, space_id, "spaceId")
        try:
            async with context.streams.captions(context.viewer_id, space_key) as phrases:
                async for phrase in phrases:
                    if language is None or speaks(phrase, language):
                        yield mapping.phrase(phrase)
        except refusals.Refusal as refusal:
            raise Refused(refusal) from None


def _terms(query: str) -> Sequence[str]:
    found = terms(query)
    if not 1 <= len(found) <= MAX_TERMS:
        raise BadInput("query", f"has {len(found)} different words, but must have 1 to {MAX_TERMS}.")
    return found
