"""The contract of `RateStore`: a limit over all who count at the same time."""

import asyncio
from datetime import timedelta

from app.services.stores import RateStore
from tests.domain_values import NOW

MINUTE = timedelta(minutes=1)


async def test_as_many_as_the_limit_however_many_count_at_once(rates: RateStore) -> None:
    counted = await asyncio.gather(*(rates.take("ann", 1, limit=5, window=MINUTE, now=NOW) for _ in range(20)))
    assert sorted(counted) == [False] * 15 + [True] * 5


async def test_several_are_counted_together_or_not_at_all(rates: RateStore) -> None:
    assert await rates.take("ann", 3, limit=5, window=MINUTE, now=NOW)
    assert not await rates.take("ann", 3, limit=5, window=MINUTE, now=NOW)
    assert await rates.take("ann", 2, limit=5, window=MINUTE, now=NOW)
    assert not await rates.take("bob", 6, limit=5, window=MINUTE, now=NOW)


async def test_keys_are_counted_apart_and_what_is_a_window_ago_no_longer(rates: RateStore) -> None:
    assert await rates.take("bob", 5, limit=5, window=MINUTE, now=NOW)
    for seconds in (0, 30):
        assert await rates.take("ann", 2, limit=4, window=MINUTE, now=NOW + timedelta(seconds=seconds))
    assert not await rates.take("ann", 1, limit=4, window=MINUTE, now=NOW + timedelta(seconds=59))
    assert await rates.take("ann", 2, limit=4, window=MINUTE, now=NOW + MINUTE)
    assert not await rates.take("ann", 1, limit=4, window=MINUTE, now=NOW + MINUTE)
