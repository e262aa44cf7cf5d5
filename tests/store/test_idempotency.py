"""What every store of promised ids keeps to."""

import asyncio

from app.services.stores import IdempotencyStore
from tests.domain_values import NOW


async def test_the_first_claim_stands_for_its_person_operation_and_key(idempotency: IdempotencyStore) -> None:
    assert await idempotency.claim("ann", "createPost", "k", "1", NOW) == "1"
    assert await idempotency.claim("ann", "createPost", "k", "2", NOW) == "1"
    assert await idempotency.claim("ann", "createClip", "k", "3", NOW) == "3"
    assert await idempotency.claim("bob", "createPost", "k", "4", NOW) == "4"
    assert await idempotency.claim("ann", "createPost", "l", "5", NOW) == "5"


async def test_of_many_at_once_one_is_the_first(idempotency: IdempotencyStore) -> None:
    claims = [idempotency.claim("ann", "createPost", "k", str(one), NOW) for one in range(20)]
    assert len(set(await asyncio.gather(*claims))) == 1
