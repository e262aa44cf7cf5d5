"""Costs: how the schema says what a field asks of the server, by IBM's cost directives.

https://ibm.github.io/graphql-specs/cost-spec.html
"""

from __future__ import annotations

import strawberry
from strawberry.schema_directive import Location

CONVENTIONAL_SIZE = 10
"""Of a list that says nothing of its size, and of a page that is asked for without one."""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="cost", description="What the field costs beside what it leads to."
)
class Cost:
    """What a field costs; an object 1 and a leaf nothing, where it is not said."""

    weight: str = strawberry.directive_field(name="weight")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="listSize", description="How many entries a list is taken to have."
)
class ListSize:
    """How many entries a list has: as many as an argument says, or so many."""

    assumed_size: int | None = strawberry.directive_field(name="assumedSize", default=None)
    slicing_arguments: list[str] | None = strawberry.directive_field(name="slicingArguments", default=None)
    sized_fields: list[str] | None = strawberry.directive_field(name="sizedFields", default=None)
    require_one_slicing_argument: bool = strawberry.directive_field(name="requireOneSlicingArgument", default=True)


PAGE = ListSize(
    assumed_size=CONVENTIONAL_SIZE,
    slicing_arguments=["first", "last"],
    sized_fields=["edges"],
    require_one_slicing_argument=False,
)
"""Of every field that is a page."""
STAGE = ListSize(assumed_size=13, require_one_slicing_argument=False)
"""Of a full stage."""
PASSWORD = Cost(weight="500")
"""A password is hashed, which takes as long as some hundred objects."""
