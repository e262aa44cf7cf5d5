"""The contract of `PersonStore`: one account for each handle in any case, and for each outside subject."""

import asyncio

import pytest

from app.domain.people import Account
from app.services.ports import HandleExists, PersonStore
from tests.domain_values import NOW


def account(handle: str, *, subject: str | None = None) -> Account:
    return Account(
        id=f"id-{handle}", handle=handle, display_name=handle, created_at=NOW, subject=subject, password_hash="hash"
    )


async def test_an_account_is_found_by_id_handle_and_subject(people: PersonStore) -> None:
    ann = account("Ann_1", subject="provider|1")
    await people.add(ann)
    assert await people.get("id-Ann_1") == ann
    assert await people.by_handle("aNN_1") == ann
    assert await people.by_subject("provider|1") == ann
    assert await people.get("id-ann_1") is None
    assert await people.by_handle("ann") is None
    assert await people.by_subject("provider|2") is None


async def test_a_handle_in_another_case_is_taken(people: PersonStore) -> None:
    await people.add(account("ann"))
    with pytest.raises(HandleExists):
        await people.add(account("ANN"))
    assert await people.get("id-ANN") is None


async def test_a_subject_has_one_account_and_many_accounts_have_none(people: PersonStore) -> None:
    await people.add(account("ann", subject="provider|1"))
    await people.add(account("bob"))
    await people.add(account("cid"))
    with pytest.raises(HandleExists):
        await people.add(account("dan", subject="provider|1"))
    found = await people.get_many(["id-ann", "id-bob", "id-cid", "id-dan"])
    assert sorted(one.handle for one in found) == ["ann", "bob", "cid"]


async def test_of_many_who_want_one_handle_at_once_one_gets_it(people: PersonStore) -> None:
    wanted = ["ann", "Ann", "aNn", "anN", "ANN"]
    results = await asyncio.gather(*(people.add(account(one)) for one in wanted), return_exceptions=True)
    assert results.count(None) == 1
    assert sum(isinstance(result, HandleExists) for result in results) == len(wanted) - 1
