"""The schema as a document: committed, described, and in step with the domain."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

from app.domain import actions, events, moderation, personal, refusals, removals, reports, roster, spaces
from resolvers.operations import Api
from schema import personal as schema_personal
from schema import stage as schema_stage
from schema.capabilities import Capability
from schema.errors import ErrorCode
from schema.moderation import ModerationAction
from schema.removals import RemovalAction
from schema.reports import ReportCategory, ReportResolution, ReportState, ReportTargetKind
from schema.spaces import EndReason, SpaceState

COMMITTED = Path(__file__).parents[2] / "schema" / "schema.graphql"


def test_the_committed_schema_is_the_printed_one(api: Api) -> None:
    assert COMMITTED.read_text() == api.as_str() + "\n", "run `make sdl`"


def _undescribed() -> Iterator[str]:
    for name, kind in build_schema(COMMITTED.read_text()).type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            yield name
        if isinstance(kind, GraphQLEnumType):
            yield from (f"{name}.{value}" for value, definition in kind.values.items() if not definition.description)
        if isinstance(kind, GraphQLInputObjectType):
            yield from (f"{name}.{field}" for field, definition in kind.fields.items() if not definition.description)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field, definition in kind.fields.items():
                if not definition.description:
                    yield f"{name}.{field}"
                yield from (f"{name}.{field}({arg})" for arg, one in definition.args.items() if not one.description)


def test_everything_has_a_description() -> None:
    assert list(_undescribed()) == []


def test_scalars_say_where_they_are_specified() -> None:
    kinds = build_schema(COMMITTED.read_text()).type_map.values()
    own = [kind for kind in kinds if isinstance(kind, GraphQLScalarType) and not is_specified_scalar_type(kind)]
    assert [kind.name for kind in own] == ["DateTime"]
    assert all(kind.specified_by_url for kind in own)


def test_every_refusal_has_a_code_in_the_schema() -> None:
    kinds = [kind for _, kind in inspect.getmembers(refusals, inspect.isclass) if issubclass(kind, refusals.Refusal)]
    assert {code.name for code in ErrorCode} == {kind.code for kind in kinds if kind is not refusals.Refusal}


@pytest.mark.parametrize(
    ("domain", "schema"),
    [
        (roster.Role, schema_stage.Role),
        (roster.SpeakPolicy, schema_stage.SpeakPolicy),
        (roster.SeatEnd, schema_stage.SeatEnd),
        (roster.InvitationState, schema_personal.InvitationState),
        (roster.RequestOutcome, schema_personal.RequestOutcome),
        (personal.ReminderKind, schema_personal.ReminderKind),
        (spaces.SpaceState, SpaceState),
        (events.EndReason, EndReason),
        (actions.Action, Capability),
        (moderation.Measure, ModerationAction),
        (removals.RemovalAction, RemovalAction),
        (reports.TargetKind, ReportTargetKind),
        (reports.ReportCategory, ReportCategory),
        (reports.ReportState, ReportState),
        (reports.Resolution, ReportResolution),
    ],
)
def test_enums_are_those_of_the_domain(domain: type[enum.Enum], schema: type[enum.Enum]) -> None:
    assert [one.name for one in schema] == [one.name for one in domain if one is not spaces.SpaceState.DELETED]


def test_each_mutation_takes_one_input_and_answers_user_errors() -> None:
    mutations = build_schema(COMMITTED.read_text()).mutation_type
    assert mutations
    for name, field in mutations.fields.items():
        title = name[0].upper() + name[1:]
        assert {arg: str(one.type) for arg, one in field.args.items()} == {"input": f"{title}Input!"}
        assert str(field.type) == f"{title}Payload!"
        payload = field.type.of_type
        assert str(payload.fields["userErrors"].type) == "[UserError!]!"
