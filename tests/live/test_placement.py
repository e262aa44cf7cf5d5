"""Placement: the next Space goes where the least is to be done."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.live.placement import Load, least_loaded

loads = st.builds(Load, st.booleans(), st.integers(0, 50), st.integers(0, 600), st.integers(0, 500))


def test_the_least_loaded_takes_it_and_of_equals_the_first() -> None:
    assert least_loaded([Load(True)]) == 0
    assert least_loaded([Load(True, 1, 1), Load(True), Load(True)]) == 1
    assert least_loaded([Load(True, 1, 13), Load(True, 4, 4)]) == 0, "a Space weighs as much as three microphones"
    assert least_loaded([Load(True, 1, 1, 100), Load(True, 2, 2)]) == 1, "ears count, a little"


def test_one_that_is_down_takes_none_while_another_is_up() -> None:
    assert least_loaded([Load(False), Load(True, 9, 99)]) == 1
    assert least_loaded([Load(False, 2, 2), Load(False, 1, 1)]) == 1


@given(st.lists(loads, min_size=1, max_size=8))
def test_nobody_who_is_up_has_less(those: list[Load]) -> None:
    chosen = those[least_loaded(those)]
    assert all(chosen.weight <= one.weight for one in those if one.is_up)
    assert chosen.is_up == any(one.is_up for one in those)


@given(st.integers(1, 8), st.integers(1, 64))
def test_spaces_that_come_alike_are_spread_evenly(size: int, spaces: int) -> None:
    held: Counter[int] = Counter()
    for _ in range(spaces):
        held[least_loaded([Load(True, held[number], held[number]) for number in range(size)])] += 1
    counts = [held[number] for number in range(size)]
    assert max(counts) - min(counts) <= 1
