"""Plain data: any domain value comes back exactly, through BSON and through JSON."""

from datetime import datetime
from typing import Any

import bson
import orjson
import pytest
from bson.codec_options import CodecOptions
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attendance import Attendance
from app.domain.clips import Clip
from app.domain.events import Numbered, SpaceStarted
from app.domain.messages import DirectMessage
from app.domain.people import Account
from app.domain.posts import Post
from app.domain.reactions import ReactionTally
from app.domain.spaces import Space
from app.services.plain import Plain
from tests.domain_values import NOW, space, values

KINDS: list[type[Any]] = [Space, Numbered, Account, Attendance, Clip, ReactionTally, Post, DirectMessage]
TZ_AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), values(kind))))
def test_every_value_survives_a_document(pair: tuple[type[Any], Any]) -> None:
    kind, value = pair
    document = bson.decode(bson.encode(Plain(kind).encode(value)), TZ_AWARE)
    assert Plain(kind).decode(document) == value


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), values(kind))))
def test_every_value_survives_a_message(pair: tuple[type[Any], Any]) -> None:
    kind, value = pair
    message = orjson.dumps(Plain(kind).encode(value))
    assert Plain(kind).decode(orjson.loads(message)) == value


@given(values(Space), values(Space))
def test_the_changes_between_two_states_make_the_later_one(before: Space, after: Space) -> None:
    plain = Plain(Space)
    changes = plain.encode_changes(before, after)
    assert plain.decode(plain.encode(before) | changes) == after
    assert plain.encode_changes(after, after) == {}


def test_an_event_carries_its_name() -> None:
    data = Plain(Numbered).encode(Numbered(7, SpaceStarted(at=NOW)))
    assert data == {"version": 7, "event": {"type": "SpaceStarted", "at": NOW}}


def test_a_field_that_is_newer_than_a_document_takes_its_default() -> None:
    data = Plain(Space).encode(space())
    del data["anonymous"]
    assert Plain(Space).decode(data) == space()


def test_a_field_without_a_default_must_be_there() -> None:
    data = Plain(Space).encode(space())
    del data["title"]
    with pytest.raises(TypeError, match="title"):
        Plain(Space).decode(data)


@pytest.mark.parametrize("at", [NOW.replace(microsecond=1), datetime(2030, 1, 1)])
def test_a_time_that_no_document_could_give_back_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError, match="a zone and whole milliseconds"):
        Plain(SpaceStarted).encode(SpaceStarted(at=at))
