"""Domain values for tests: hypothesis strategies of every shape, and short ways to make plain ones."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from app.domain.roster import Person, SpeakPolicy
from app.domain.spaces import Schedule, Space, SpaceState

NOW = datetime(2030, 1, 1, tzinfo=UTC)

_times = st.datetimes(
    min_value=datetime(1970, 1, 1),
    max_value=datetime(9999, 1, 1),
    timezones=st.sampled_from([UTC, timezone(-timedelta(hours=5, minutes=30))]),
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))

# What BSON and JSON can hold: 64-bit integers, also the sum of two; finite floats; text without lone surrogates.
_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-(2**62), 2**62 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    datetime: _times,
    NoneType: st.none(),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Every value of a type that domain values are made of."""
    if kind in _SCALARS:
        return _SCALARS[kind]
    if get_origin(kind) is tuple:
        return st.lists(values(get_args(kind)[0]), max_size=3).map(tuple)
    if get_origin(kind) in (Union, UnionType):
        return st.one_of([values(one) for one in get_args(kind)])
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: values(hints[field.name]) for field in fields(kind)})
    return st.sampled_from(kind)


def person(name: str) -> Person:
    """A person called so in every way."""
    return Person(id=f"id-{name}", handle=name, display_name=name.title())


def space(space_id: str = "a-space", *, host: str = "host", state: SpaceState = SpaceState.LIVE) -> Space:
    """A Space just made, started a moment later if it is live."""
    return Space(
        id=space_id,
        version=1,
        host=person(host),
        title="A Space",
        topics=(),
        language=None,
        recording_enabled=False,
        clipping_allowed=True,
        speak_policy=SpeakPolicy.EVERYONE,
        state=state,
        created_at=NOW,
        started_at=NOW + timedelta(seconds=1) if state in (SpaceState.LIVE, SpaceState.ENDED) else None,
    )


def scheduled(space_id: str = "a-space", *, host: str = "host", start: datetime = NOW + timedelta(days=1)) -> Space:
    """A Space just scheduled."""
    planned = Schedule(start, "Europe/Berlin", chosen_at=NOW, changed_at=NOW)
    return replace(space(space_id, host=host, state=SpaceState.SCHEDULED), schedule=planned)
