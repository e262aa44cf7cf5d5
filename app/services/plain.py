"""Domain values as plain data and back, exactly: what documents, and messages between processes, are made of.

A dataclass is a dict of its fields, a tuple a list, an enum its value; None, bool, int, float and str are themselves.
A time is a `datetime`, or text of RFC 3339 where it comes back from JSON; it has whole milliseconds, because MongoDB
keeps no finer ones. One dataclass out of several (a union) carries its name as `type`. A field that is missing takes
its default, so that documents of before a new field can be read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Convert = Callable[[Any], Any]


@dataclasses.dataclass(frozen=True, slots=True)
class _Codec:
    encode: Convert
    decode: Convert


class Plain(Generic[T]):
    """Translates the values of one dataclass."""

    def __init__(self, kind: type[T]) -> None:
        self._kind: Any = kind

    def encode(self, value: T) -> dict[str, Any]:
        """Plain data. Raises `ValueError` for a time finer than a millisecond or without a time zone."""
        data: dict[str, Any] = _codec(self._kind).encode(value)
        return data

    def encode_changes(self, before: T, after: T) -> dict[str, Any]:
        """Those fields of `after` that are not as `before`, as plain data."""
        return {
            name: field.encode(getattr(after, name))
            for name, field in _fields(self._kind).items()
            if getattr(after, name) != getattr(before, name)
        }

    def decode(self, data: Mapping[str, Any]) -> T:
        """The value again. Raises `KeyError`, `ValueError` or `TypeError` for what is no data of this type."""
        value: T = _codec(self._kind).decode(data)
        return value


@cache
def _codec(kind: Any) -> _Codec:
    if kind in (bool, int, float, str, NoneType):
        return _Codec(_same, _same)
    if kind is datetime:
        return _Codec(_encode_time, _decode_time)
    if get_origin(kind) is tuple:
        return _list_codec(_codec(get_args(kind)[0]))
    if get_origin(kind) in (Union, UnionType):
        return _union_codec(get_args(kind))
    if dataclasses.is_dataclass(kind):
        return _dataclass_codec(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _Codec(lambda value: value.value, kind)
    raise TypeError(f"{kind} has no form as plain data")


def _same(value: Any) -> Any:
    return value


def _encode_time(at: datetime) -> datetime:
    if at.tzinfo is None or at.microsecond % 1000:
        raise ValueError(f"a time has a zone and whole milliseconds, not as {at.isoformat()}")
    return at


def _decode_time(data: datetime | str) -> datetime:
    at = datetime.fromisoformat(data) if isinstance(data, str) else data
    return at.astimezone(UTC)


def _list_codec(item: _Codec) -> _Codec:
    return _Codec(
        lambda values: [item.encode(value) for value in values],
        lambda data: tuple(item.decode(value) for value in data),
    )


def _union_codec(kinds: tuple[Any, ...]) -> _Codec:
    others = [kind for kind in kinds if kind is not NoneType]
    if len(others) == 1:
        return _optional_codec(_codec(others[0]))
    codecs = {kind.__name__: _dataclass_codec(kind) for kind in others}
    named = _Codec(
        lambda value: {"type": type(value).__name__, **codecs[type(value).__name__].encode(value)},
        lambda data: codecs[data["type"]].decode(data),
    )
    return _optional_codec(named) if NoneType in kinds else named


def _optional_codec(some: _Codec) -> _Codec:
    return _Codec(
        lambda value: None if value is None else some.encode(value),
        lambda data: None if data is None else some.decode(data),
    )


def _dataclass_codec(kind: Any) -> _Codec:
    def encode(value: Any) -> dict[str, Any]:
        return {name: field.encode(getattr(value, name)) for name, field in _fields(kind).items()}

    def decode(data: Mapping[str, Any]) -> Any:
        return kind(**{name: field.decode(data[name]) for name, field in _fields(kind).items() if name in data})

    return _Codec(encode, decode)


@cache
def _fields(kind: Any) -> dict[str, _Codec]:
    hints = get_type_hints(kind)
    return {field.name: _codec(hints[field.name]) for field in dataclasses.fields(kind)}
