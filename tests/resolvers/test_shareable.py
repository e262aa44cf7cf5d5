"""Shareable: executed once for many is only what is marked, where it is defined, as the same for all."""

from __future__ import annotations

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, parse, validate

from resolvers.broadcasts import BEGINS
from resolvers.operations import Api
from resolvers.shareable import mark_of, shareable

EVENTS = "subscription($id: ID!, $after: Int) {{ spaceEvents(spaceId: $id, after: $after) {{ {} }} }}"


def test_in_a_type_that_can_be_shared_every_field_is_decided(api: Api) -> None:
    undecided = []
    for named in api._schema.type_map.values():
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType) and named is not api._schema.subscription_type:
            marks = {name: mark_of(named, name) for name in named.fields if name != "id"}
            if any(marks.values()):
                undecided += [f"{named.name}.{name}" for name, mark in marks.items() if mark is None]
    assert undecided == []


def test_every_stream_that_is_shared_has_a_way_to_begin(api: Api) -> None:
    root = api._schema.subscription_type
    assert root
    assert {name for name in root.fields if mark_of(root, name)} == set(BEGINS)


@pytest.mark.parametrize(
    ("document", "is_so"),
    [
        (EVENTS.format("version"), True),
        (EVENTS.format("__typename at ... on SpaceSnapshot { space { id title host { bio } } }"), True),
        (
            EVENTS.format("v: version ...F ...F") + "fragment F on SpaceEvent { ... on SeatGranted { at } version }",
            True,
        ),
        (EVENTS.format("... on PostShared { sharedPost { post { text author { handle } } } }"), True),
        (EVENTS.format("... on SpaceSnapshot { space { sharedPosts(first: 3) { edges { cursor } } } }"), True),
        (EVENTS.format("... on SpaceSnapshot { space { ... on Node { id } } }"), True),
        (EVENTS.format("version @skip(if: true)"), True),
        ("subscription S($id: ID!) { ...R } fragment R on Subscription { speaking(spaceId: $id) { level } }", True),
        ("subscription($id: ID!) { reactions(spaceId: $id) { from { handle } } }", True),
        ("subscription($id: ID!) { captions(spaceId: $id) { speaker { handle } } }", True),
        ("subscription($id: ID!) { spaceEvents(spaceId: $id, after: null) { version } }", True),
        # Of the viewer, however deep.
        (EVENTS.format("... on SpaceSnapshot { space { viewerRole } }"), False),
        (EVENTS.format("...F") + "fragment F on SpaceSnapshot { space { host { viewerFollows } } }", False),
        (EVENTS.format("... on PostShared { sharedPost { post { card { __typename } } } }"), False),
        (EVENTS.format("... on SpaceSnapshot { space { audio { hlsUrl } } }"), False),
        ("subscription($id: ID!) { reactions(spaceId: $id) { from { viewerMutes } } }", False),
        ("subscription($id: ID!) { captions(spaceId: $id) { space { title } } }", False),
        ("subscription { viewerEvents { version } }", False),
        ("subscription { spaceBarUpdated { __typename } }", False),
        ("query($id: ID!) { node(id: $id) { id } }", False),
        # Where it continues is not a variable of its own.
        ("subscription($id: ID!) { spaceEvents(spaceId: $id, after: 3) { version } }", False),
        ("subscription($id: ID!, $n: Int!) { spaceEvents(spaceId: $id, after: $n) { version } }", False),
        (
            "subscription($id: ID!, $n: Int) { spaceEvents(spaceId: $id, after: $n) { ... on SpaceSnapshot { "
            "space { sharedPosts(first: $n) { pageInfo { hasNextPage } } } } } }",
            False,
        ),
        # It is not known what the root is, or which operation.
        ("subscription($id: ID!, $no: Boolean!) { speaking(spaceId: $id) @skip(if: $no) { level } }", False),
        ("subscription A($id: ID!) { speaking(spaceId: $id) { level } } query B { topics }", False),
    ],
)
def test_a_document_is_shared_if_all_it_asks_for_is_the_same_for_all(api: Api, document: str, *, is_so: bool) -> None:
    parsed = parse(document)
    wrong = [one for one in validate(api._schema, parsed) if "root" not in one.message.lower()]
    assert wrong == [] or not is_so
    assert (shareable(api._schema, parsed, None) is not None) is is_so


def test_the_operation_is_the_one_that_is_named(api: Api) -> None:
    parsed = parse("subscription A($id: ID!) { speaking(spaceId: $id) { level } } query B { topics }")
    assert shareable(api._schema, parsed, "A")
    assert not shareable(api._schema, parsed, "B")
    assert not shareable(api._schema, parsed, "C")
