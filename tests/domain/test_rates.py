"""Rates: a sliding window per key, in bounded memory."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import rates, refusals
from app.domain.rates import Rates
from tests.domain.builders import NOW

SECOND = timedelta(seconds=1)


def test_the_window_slides() -> None:
    two_a_second = Rates(2, SECOND)
    two_a_second.take("ana", NOW)
    two_a_second.take("ana", NOW + SECOND / 2)
    with pytest.raises(refusals.RateLimited) as caught:
        two_a_second.take("ana", NOW + SECOND * 0.99)
    assert (caught.value.limit, caught.value.current) == (2, 2)
    two_a_second.take("ben", NOW + SECOND * 0.99)
    two_a_second.take("ana", NOW + SECOND)
    with pytest.raises(refusals.RateLimited):
        two_a_second.take("ana", NOW + SECOND * 1.4)
    two_a_second.take("ana", NOW + SECOND * 1.5)


@given(st.lists(st.integers(0, 700)), st.integers(1, 5))
def test_no_window_has_more_than_the_limit_and_refusals_do_not_count(gaps_ms: list[int], limit: int) -> None:
    counted, now = Rates(limit, SECOND), NOW
    taken: list[datetime] = []
    for gap in gaps_ms:
        now += timedelta(milliseconds=gap)
        free = sum(now - one < SECOND for one in taken) < limit
        try:
            counted.take("ana", now)
        except refusals.RateLimited:
            assert not free
        else:
            assert free
            taken.append(now)


def test_memory_is_bounded_by_forgetting_the_key_longest_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "KEYS_KEPT", 2)
    one_a_second = Rates(1, SECOND)
    one_a_second.take("ana", NOW)
    one_a_second.take("ben", NOW)
    with pytest.raises(refusals.RateLimited):
        one_a_second.take("ana", NOW)
    one_a_second.take("cem", NOW)
    one_a_second.take("ben", NOW)
    with pytest.raises(refusals.RateLimited):
        one_a_second.take("cem", NOW)
