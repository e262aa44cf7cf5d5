"""The contract of `RemovalStore`: one removal for each person and Space, marked until all of it is done."""

from dataclasses import replace
from datetime import timedelta

from app.domain.evictions import Removal, RemovalAction
from app.domain.reports import Complaint, ReportCategory
from app.services.pages import Window
from app.services.stores import RemovalStore
from tests.domain_values import NOW, person


def removal(name: str, space_id: str = "a", *, seconds: int = 0, by: str = "host") -> Removal:
    return Removal(
        space_id,
        person(name),
        person(by),
        NOW + timedelta(seconds=seconds),
        RemovalAction.REPORT,
        Complaint(ReportCategory.SPAM, "Buy this"),
        "Advertising",
    )


async def test_a_removal_is_found_by_space_and_person(removals: RemovalStore) -> None:
    await removals.put(removal("ann"))
    assert await removals.get("a", "id-ann") == removal("ann")
    assert await removals.get("b", "id-ann") is None
    asked = [("a", "id-ann"), ("a", "id-bob"), ("b", "id-ann")]
    assert await removals.among(asked) == {("a", "id-ann")}
    assert await removals.among([]) == frozenset()


async def test_it_is_unfinished_until_it_is_said_to_be_finished(removals: RemovalStore) -> None:
    await removals.put(removal("ann"))
    await removals.put(removal("bob"))
    await removals.finished(removal("ann"))
    assert await removals.unfinished() == [removal("bob")]
    assert await removals.get("a", "id-ann") == removal("ann")


async def test_a_later_one_takes_its_place_and_is_finished_and_deleted_by_itself_alone(removals: RemovalStore) -> None:
    first, later = removal("ann"), removal("ann", seconds=1, by="cora")
    await removals.put(first)
    await removals.put(later)
    await removals.finished(first)
    assert not await removals.delete(first)
    assert await removals.unfinished() == [later]
    assert [await removals.delete(later) for _ in range(2)] == [True, False]
    assert await removals.get("a", "id-ann") is None
    assert await removals.unfinished() == []


async def test_who_was_removed_by_pages_newest_first(removals: RemovalStore) -> None:
    for number, name in enumerate(["ann", "bob", "cid"]):
        await removals.put(removal(name, seconds=number))
    await removals.put(removal("dan", seconds=2))
    await removals.put(removal("ann", "b"))
    found = await removals.page("a", Window(2))
    assert [one.person.handle for one in found] == ["dan", "cid"]
    last = found[-1]
    rest = await removals.page("a", Window(9, after=(last.at, last.person.id)))
    assert [one.person.handle for one in rest] == ["bob", "ann"]


async def test_a_deleted_space_forgets_those_that_are_done(removals: RemovalStore) -> None:
    for one in (removal("ann"), removal("bob"), removal("ann", "b")):
        await removals.put(one)
    for one in (removal("ann"), removal("ann", "b")):
        await removals.finished(one)
    await removals.forget("a")
    assert await removals.among([("a", "id-ann"), ("a", "id-bob"), ("b", "id-ann")]) == {
        ("a", "id-bob"),
        ("b", "id-ann"),
    }
    assert await removals.unfinished() == [removal("bob")]


async def test_not_every_removal_has_a_reason_or_a_report(removals: RemovalStore) -> None:
    bare = replace(removal("ann"), complaint=None, reason=None)
    await removals.put(bare)
    assert await removals.get("a", "id-ann") == bare
