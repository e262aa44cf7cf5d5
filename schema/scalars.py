"""Scalars: the values of the API that GraphQL itself does not know."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry
from strawberry.types.scalar import ScalarDefinition


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("A DateTime is written as RFC 3339 has it, with its offset: 2031-05-01T18:30:00Z.")
    return moment


DATE_TIME: ScalarDefinition = strawberry.scalar(
    name="DateTime",
    description="A moment, as RFC 3339 has it. Answered always in UTC, to the millisecond, such as "
    "`2031-05-01T18:30:00.000Z`; taken with any offset.",
    specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
    serialize=_written,
    parse_value=_read,
)
