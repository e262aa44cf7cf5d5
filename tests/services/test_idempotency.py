"""Commands that clients repeat."""

import itertools

import pytest

from app.domain import refusals
from app.services.idempotency import Idempotency
from tests.domain_values import NOW
from tests.fakes.idempotency import MemoryIdempotencyStore


@pytest.fixture
def idempotency() -> Idempotency:
    numbers = itertools.count(1)
    return Idempotency(MemoryIdempotencyStore(), new_id=lambda: str(next(numbers)), clock=lambda: NOW)


async def test_without_a_key_every_call_is_a_new_one(idempotency: Idempotency) -> None:
    assert await idempotency.id_for("ann", "post", None) != await idempotency.id_for("ann", "post", None)
    assert await idempotency.is_first("ann", "react", None)
    assert await idempotency.is_first("ann", "react", None)


async def test_with_one_the_first_call_stands(idempotency: Idempotency) -> None:
    assert await idempotency.id_for("ann", "post", "k") == await idempotency.id_for("ann", "post", "k")
    assert await idempotency.is_first("ann", "react", "k")
    assert not await idempotency.is_first("ann", "react", "k")
    assert await idempotency.is_first("bob", "react", "k")


@pytest.mark.parametrize("key", ["", "k" * 65])
async def test_a_key_has_1_to_64_characters(idempotency: Idempotency, key: str) -> None:
    for call in (idempotency.id_for("ann", "post", key), idempotency.is_first("ann", "react", key)):
        with pytest.raises(refusals.InvalidIdempotencyKey) as refused:
            await call
        assert (refused.value.field, refused.value.limit, refused.value.current) == ("idempotencyKey", 64, len(key))
