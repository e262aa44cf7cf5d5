"""Plans answer what graphql-core answers, whatever is asked and whatever there is to answer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from enum import Enum
from inspect import isawaitable
from typing import Any, Generic, TypeVar

import strawberry
from graphql import GraphQLError, execute, parse, print_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import queries
from strawberry import relay
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from resolvers.documents import Document
from resolvers.execution import Execution
from resolvers.lasting import MAX_ANSWERS, Lasting
from resolvers.operations import Api

Json = dict[str, Any]
T = TypeVar("T")


@strawberry.enum
class Mood(Enum):
    GLAD = "glad"
    SAD = "sad"


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Cat(Named):
    lives: int
    mood: Mood | None
    born: datetime


@strawberry.type
class Dog(Named, relay.Node):
    key: relay.NodeID[str]
    weight: float | None
    nickname: str | None
    friends: list[Dog | None] | None
    rival: Cat | None

    @strawberry.field
    def loud_name(self) -> str:
        return self.name.upper()

    @strawberry.field
    async def slow_name(self) -> str | None:
        await asyncio.sleep(0)
        return self.nickname


@strawberry.type
class Box(Generic[T]):
    content: T
    contents: list[T]


@strawberry.type
class Query:
    @strawberry.field
    def dog(self, info: strawberry.Info) -> Dog | None:
        return info.context["dog"]  # type: ignore[no-any-return]

    @strawberry.field
    async def pets(self, info: strawberry.Info) -> list[Cat | Dog]:
        return info.context["pets"]  # type: ignore[no-any-return]

    @strawberry.field
    def named(self, info: strawberry.Info) -> Named | None:
        return info.context["named"]  # type: ignore[no-any-return]

    @strawberry.field
    def box(self, info: strawberry.Info) -> Box[Dog]:
        return info.context["box"]  # type: ignore[no-any-return]


PETS = Api(query=Query, types=[Cat, Dog])
DOCUMENTS = queries(print_schema(PETS._schema), allow_null=True)
WRONG: list[Any] = [
    None, 1, 2**40, 1.5, float("nan"), True, "text", b"bytes", Mood.GLAD, "glad", [], [None], (1,), {}, object,
    ValueError("of the value itself"), GraphQLError("its own"), datetime(2031, 5, 1, tzinfo=UTC),
]  # fmt: skip


def dog(name: str = "Rex", **more: Any) -> Dog:
    usual: Json = {"key": name, "weight": 7.5, "nickname": None, "friends": None, "rival": None}
    return Dog(name=name, **(usual | more))


def cat(**more: Any) -> Cat:
    usual: Json = {"name": "Tom", "lives": 9, "mood": Mood.SAD, "born": datetime(2031, 5, 1, tzinfo=UTC)}
    return Cat(**(usual | more))


def wrong(kind: type, make: Any, attributes: list[str]) -> st.SearchStrategy[Any]:
    """An object with one attribute that may be anything."""
    return st.builds(lambda name, value: make(**{name: value}), st.sampled_from(attributes), st.sampled_from(WRONG))


CATS = st.just(cat()) | wrong(Cat, cat, ["name", "lives", "mood", "born"])
DOGS = (
    st.just(dog())
    | wrong(Dog, dog, ["key", "weight", "nickname", "friends", "rival"])
    | st.builds(
        lambda friends, rival: dog(friends=friends, rival=rival),
        st.lists(st.none() | st.just(dog("Pal")) | wrong(Dog, dog, ["nickname", "weight"]) | CATS, max_size=3),
        st.none() | CATS,
    )
)
WORLDS = st.fixed_dictionaries(
    {
        "dog": st.none() | DOGS,
        "pets": st.lists(CATS | DOGS | st.sampled_from([None, 3]), max_size=3),
        "named": st.none() | CATS | DOGS | st.just(Query()),
        "box": st.builds(
            lambda one, more, kind: Box(content=one, contents=kind(more)),
            DOGS | CATS,
            st.lists(DOGS, max_size=2),
            st.sampled_from([list, Lasting]),
        ),
    }
)


async def told(result: Any) -> Json:
    """A result, in text, so that NaN is itself."""
    result = await result if isawaitable(result) else result
    return {"data": repr(result.data), "errors": [one.formatted for one in result.errors or ()]}


async def as_graphql_core(document: Document, variables: Json, context: Any) -> Json:
    """The result without any plan."""
    return await told(
        execute(
            PETS._schema,
            document.ast,
            context_value=context,
            variable_values=variables,
            executor_class=StrawberryGraphQLCoreExecutionContext,
            operation_extensions=None,
        )
    )


async def as_planned(document: Document, variables: Json, context: Any) -> Json:
    """The result by the document's plan."""
    execution = Execution.build(
        PETS._schema, document.ast, context_value=context, raw_variable_values=variables, operation_extensions=None
    )
    assert isinstance(execution, Execution)
    execution.follow(document.plan(execution.operation, execution.variable_values.coerced))
    return await told(execution.execute_operation())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=DOCUMENTS, worlds=st.lists(WORLDS, min_size=2, max_size=3))
async def test_any_document_on_anything(text: str, worlds: list[Json]) -> None:
    document = Document(parse(text))
    for world in [*worlds, *worlds]:
        assert await as_planned(document, {}, world) == await as_graphql_core(document, {}, world)


DIRECTED = """
query Q($a: Boolean!, $b: Boolean = false) {
  first: dog { ...Both nickname @skip(if: $a) friends { name @include(if: $b) ... on Node { id } } }
  second: dog { rival { lives } rival { mood } ...Both @include(if: $a) }
  pets { __typename ... on Named { name } ... on Cat { is: mood born } ... on Dog @skip(if: $b) { weight id } }
  named { __typename name ... on Dog { friends { __typename key: id slowName loudName } } }
  box { content { name } contents { name rival { name } } }
}
fragment Both on Dog { title: name name ... @include(if: $b) { weight } }
"""


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=st.lists(st.tuples(st.booleans(), st.sampled_from([None, True, False]), WORLDS), min_size=2, max_size=4))
async def test_conditions_aliases_fragments_and_merging(asked: list[tuple[bool, bool | None, Json]]) -> None:
    document = Document(parse(DIRECTED))
    for a, b, world in asked:
        variables: Json = {"a": a} if b is None else {"a": a, "b": b}
        assert await as_planned(document, variables, world) == await as_graphql_core(document, variables, world)


async def test_what_is_known_needs_no_executor() -> None:
    world = {"dog": dog(friends=[dog("Pal")], rival=cat()), "pets": [], "named": None, "box": None}
    document = Document(parse("{ dog { id name friends { id rival { mood } } rival { lives mood born } } }"))
    await as_planned(document, {}, world)
    plan = document.plan(document.operations[None], {})
    assert len([one for one in plan._selections.values() if one]) == 4


async def test_a_lasting_list_is_read_once_for_each_selection() -> None:
    pals = Lasting([dog("Pal")])
    world = {"box": Box(content=dog(), contents=pals)}
    texts = ["{ box { contents { name } } }", "{ box { contents { id rival { name } } } }"]
    documents = [Document(parse(text)) for text in texts * MAX_ANSWERS]
    for _ in range(2):
        for document in documents:
            assert await as_planned(document, {}, world) == await as_graphql_core(document, {}, world)
    assert len(pals._answers) == MAX_ANSWERS
