"""Refusals: every broken rule has a code and a sentence of its own."""

import re

import pytest

from app.domain import refusals
from app.domain.refusals import Refusal

EVERY = [
    one for one in vars(refusals).values() if isinstance(one, type) and issubclass(one, Refusal) and one is not Refusal
]


@pytest.mark.parametrize("refusal", EVERY)
def test_a_refusal_has_a_code_named_after_its_class_and_a_sentence(refusal: type[Refusal]) -> None:
    assert refusal.code == re.sub(r"(?<!^)(?=[A-Z])", "_", refusal.__name__).upper()
    assert re.fullmatch(r"[A-Z].{10,}\.", refusal.message)


def test_no_two_refusals_share_a_code_or_a_sentence() -> None:
    assert len(EVERY) > 20
    assert len({one.code for one in EVERY}) == len(EVERY)
    assert len({one.message for one in EVERY}) == len(EVERY)


def test_a_refusal_says_what_its_rule_says_unless_told_otherwise() -> None:
    plain = refusals.SpeakerLimitReached(limit=10, current=10)
    assert (plain.text, str(plain)) == (refusals.SpeakerLimitReached.message, refusals.SpeakerLimitReached.message)
    assert (plain.field, plain.limit, plain.current) == (None, 10, 10)

    special = refusals.SpeakerLimitReached("Full.", field="userId")
    assert (special.text, str(special), special.field) == ("Full.", "Full.", "userId")
