"""People: what an account needs, and handles made for those who come from elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.people import HANDLE, Account, check_profile, check_sign_up, folded, handle_from, require_other
from app.domain.refusals import CannotTargetSelf, Refusal
from tests.domain.builders import NOW, person


def broken(handle: str = "ana", name: str = "Ana", password: str = "correct horse") -> list[tuple[str, str | None]]:
    try:
        check_sign_up(handle, name, password)
    except ExceptionGroup as group:
        return [(one.code, one.field) for one in group.exceptions if isinstance(one, Refusal)]
    return []


@pytest.mark.parametrize("handle", ["ana", "A_1", "_" * 15, "0123456789abcde"])
def test_handles_of_3_to_15_plain_characters_are_taken(handle: str) -> None:
    assert broken(handle=handle) == []


@pytest.mark.parametrize("handle", ["", "an", "a" * 16, "ana!", "ana maria", "añna", "ana\n", "@ana", "\uff41na"])
def test_any_other_handle_is_refused(handle: str) -> None:
    assert broken(handle=handle) == [("INVALID_HANDLE", "handle")]


@pytest.mark.parametrize(("name", "codes"), [("x", 0), ("x" * 50, 0), (" " + "x" * 50, 0), (" ", 1), ("x" * 51, 1)])
def test_a_display_name_has_1_to_50_characters(name: str, codes: int) -> None:
    assert broken(name=name) == [("INVALID_DISPLAY_NAME", "displayName")] * codes


@pytest.mark.parametrize(("length", "codes"), [(7, 1), (8, 0), (128, 0), (129, 1)])
def test_a_password_has_8_to_128_characters(length: int, codes: int) -> None:
    assert broken(password="x" * length) == [("INVALID_PASSWORD", "password")] * codes


def test_every_broken_rule_is_said_at_once() -> None:
    assert [code for code, _ in broken("!", "", "")] == ["INVALID_HANDLE", "INVALID_DISPLAY_NAME", "INVALID_PASSWORD"]


@given(st.text())
def test_any_text_makes_a_valid_handle_and_a_valid_one_stays(text: str) -> None:
    assert HANDLE.fullmatch(handle_from(text))
    assert handle_from(handle_from(text)) == handle_from(text)


def test_a_space_shows_an_account_by_id_and_names() -> None:
    assert Account("ana", "ana", "Ana", NOW, password_hash="secret").person == person("ana")


def test_what_is_done_to_others_is_not_done_to_oneself() -> None:
    require_other("ana", "bob")
    with pytest.raises(CannotTargetSelf) as caught:
        require_other("ana", "ana")
    assert caught.value.field == "userId"


@pytest.mark.parametrize(("name", "bio"), [(None, None), ("Ana", "x" * 160), (None, "")])
def test_a_profile_within_the_rules(name: str | None, bio: str | None) -> None:
    check_profile(name, bio)


def test_every_broken_rule_of_a_profile_is_said_at_once() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        check_profile(" ", "x" * 161)
    broken = [(one.code, one.field, one.limit) for one in caught.value.exceptions if isinstance(one, Refusal)]
    assert broken == [("INVALID_DISPLAY_NAME", "displayName", 50), ("INVALID_BIO", "bio", 160)]


@pytest.mark.parametrize(("one", "other"), [("ANA", "ana"), ("Stra\u00dfe", "STRASSE"), ("e\u0301", "\u00c9")])
def test_names_are_compared_without_case_and_forms(one: str, other: str) -> None:
    assert folded(one) == folded(other)
