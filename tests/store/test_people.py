"""The contract of `PersonStore`: one account for each handle in any case, and for each outside subject."""

import asyncio
from dataclasses import replace

import pytest

from app.domain.defaults import SpaceDefaults
from app.domain.drafts import SettingsEdit
from app.domain.people import Account, found_key
from app.domain.roster import SpeakPolicy
from app.services.pages import Window
from app.services.stores import HandleExists, PersonStore
from app.store.database import Database
from app.store.people import MongoPersonStore
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


async def test_a_profile_changes_alone_and_what_is_not_given_stays(people: PersonStore) -> None:
    ann = account("ann")
    await people.add(ann)
    assert await people.update("id-ann", display_name="Ann B", bio=None) == replace(ann, display_name="Ann B")
    changed = replace(ann, display_name="Ann B", bio="Tides")
    assert await people.update("id-ann", display_name=None, bio="Tides") == changed
    assert await people.update("id-ann", display_name=None, bio=None) == await people.get("id-ann") == changed
    assert await people.update("nobody", display_name="N", bio="") is None


async def test_defaults_change_as_far_as_named(people: PersonStore) -> None:
    ann = account("ann")
    await people.add(ann)
    assert ann.space_defaults == SpaceDefaults()
    first = await people.update_space_defaults("id-ann", SettingsEdit(clipping_allowed=False, language="en"))
    assert first
    assert first.space_defaults == SpaceDefaults(clipping_allowed=False, language="en")
    edit = SettingsEdit(language=None, speak_policy=SpeakPolicy.INVITED_ONLY)
    second = replace(ann, space_defaults=SpaceDefaults(clipping_allowed=False, speak_policy=SpeakPolicy.INVITED_ONLY))
    assert await people.update_space_defaults("id-ann", edit) == second
    assert await people.update_space_defaults("id-ann", SettingsEdit()) == await people.get("id-ann") == second
    assert await people.update_space_defaults("nobody", edit) is None


async def test_an_account_of_before_there_were_defaults_has_the_servers(database: Database) -> None:
    people = MongoPersonStore(database)
    await people.add(account("ann"))
    await database["people"].update_one({"_id": "id-ann"}, {"$unset": {"space_defaults": True}})
    assert await people.get("id-ann") == account("ann")
    changed = await people.update_space_defaults("id-ann", SettingsEdit(recording_enabled=True))
    assert changed
    assert changed.space_defaults == SpaceDefaults(recording_enabled=True)


async def named(people: PersonStore, handle: str, name: str) -> None:
    await people.add(replace(account(handle), display_name=name))


async def test_people_are_found_by_handle_and_then_by_name_in_any_case_page_by_page(people: PersonStore) -> None:
    await named(people, "Anna", "Zoe")
    await named(people, "anb", "Anton")
    await named(people, "zed", "AN\u00c9MONE")
    await named(people, "yan", "anders")
    await named(people, "xan", "Anders")
    await named(people, "bob", "Ivan")
    expected = ["anb", "Anna", "xan", "yan", "zed"]
    assert [one.handle for one in await people.search("An", Window(10))] == expected
    for size in (1, 2, 3):
        found: list[str] = []
        after = before = None
        while page := await people.search("aN", Window(size, after=after)):
            found, after = found + [one.handle for one in page], found_key(page[-1], "aN")
        assert found == expected
        found = []
        while page := await people.search("aN", Window(size, before=before, last=True)):
            found, before = [one.handle for one in page] + found, found_key(page[0], "aN")
        assert found == expected
    assert await people.search(".*", Window(1)) == []


async def test_a_new_name_is_found_and_the_old_one_is_not(people: PersonStore) -> None:
    await named(people, "bob", "Anna")
    await people.update("id-bob", display_name="Zoe", bio=None)
    assert await people.search("ann", Window(1)) == []
    assert [one.handle for one in await people.search("zo", Window(1))] == ["bob"]


async def test_a_search_reads_what_it_answers_and_no_more(database: Database) -> None:
    people = MongoPersonStore(database)
    for number in range(200):
        await named(people, f"ann{number}", f"Zoe {number}")
    begins = {"$gte": "zoe", "$lt": "zoe\U0010ffff"}
    query = {"folded_name": begins, "folded_handle": {"$not": begins}}
    found = database["people"].find(query, sort=[("folded_name", 1), ("_id", 1)], limit=5)
    examined = (await found.explain())["executionStats"]
    assert (examined["totalDocsExamined"], examined["totalKeysExamined"]) == (5, 5)


async def test_who_lets_others_see_where_they_listen(people: PersonStore) -> None:
    for name in ("ann", "bob", "cid"):
        await people.add(account(name))
    assert await people.set_listening_visible("id-ann", True) == replace(account("ann"), listening_visible=True)
    await people.set_listening_visible("id-cid", True)
    assert await people.listening_visible(["id-ann", "id-bob", "nobody"]) == {"id-ann"}
    await people.set_listening_visible("id-ann", False)
    assert await people.listening_visible(["id-ann", "id-bob", "id-cid"]) == {"id-cid"}
    assert await people.set_listening_visible("nobody", True) is None
