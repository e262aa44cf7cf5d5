"""The contract of `AttendanceStore`: one record for each person and Space, leases, and pages."""

import asyncio
from datetime import datetime, timedelta

from app.domain.attendance import Attendance
from app.services.pages import Window
from app.services.stores import AttendanceStore
from tests.domain_values import NOW, person


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def join(store: AttendanceStore, name: str, *, at: float = 0, until: float = 30, space_id: str = "a") -> None:
    await store.join(space_id, person(name), now=after(at), until=after(until))


async def test_joining_is_found_and_left_once(attendance: AttendanceStore) -> None:
    joined = await attendance.join("a", person("ann"), now=NOW, until=after(30))
    assert joined == Attendance("a", person("ann"), NOW, after(30))
    assert await attendance.get("a", "id-ann") == joined
    assert await attendance.get("b", "id-ann") is None
    assert await attendance.leave("a", "id-ann")
    assert not await attendance.leave("a", "id-ann")
    assert await attendance.get("a", "id-ann") is None


async def test_joining_again_prolongs_the_lease_only(attendance: AttendanceStore) -> None:
    await join(attendance, "ann", at=0, until=30)
    again = await attendance.join("a", person("ann"), now=after(10), until=after(40))
    assert again == Attendance("a", person("ann"), NOW, after(40))
    overtaken = await attendance.join("a", person("ann"), now=after(5), until=after(35))
    assert overtaken.seen_until == after(40)


async def test_joining_many_times_at_once_is_one_attendance(attendance: AttendanceStore) -> None:
    await asyncio.gather(*(join(attendance, "ann", at=number) for number in range(20)))
    assert await attendance.count("a", without=[]) == 1


async def test_leases_of_those_who_are_in_are_renewed_together(attendance: AttendanceStore) -> None:
    await join(attendance, "ann")
    await join(attendance, "bob", space_id="b", until=50)
    await attendance.renew([("a", "id-ann"), ("b", "id-bob"), ("a", "id-gone")], until=after(40))
    ann, bob = await attendance.get("a", "id-ann"), await attendance.get("b", "id-bob")
    assert ann is not None
    assert ann.seen_until == after(40)
    assert bob is not None
    assert bob.seen_until == after(50)
    assert await attendance.get("a", "id-gone") is None


async def test_lapsed_leases_are_found_the_longest_over_first(attendance: AttendanceStore) -> None:
    for name, until in [("ann", 20), ("bob", 10), ("cid", 30), ("dan", 31)]:
        await join(attendance, name, until=until)
    over = await attendance.lapsed(after(30), limit=10)
    assert [one.person.handle for one in over] == ["bob", "ann", "cid"]
    assert [one.person.handle for one in await attendance.lapsed(after(30), limit=1)] == ["bob"]


async def test_whoever_comes_back_in_time_stays(attendance: AttendanceStore) -> None:
    await join(attendance, "ann", until=10)
    await join(attendance, "bob", until=10)
    assert len(await attendance.lapsed(after(20), limit=10)) == 2
    await join(attendance, "ann", at=20, until=50)
    assert not await attendance.leave_lapsed("a", "id-ann", after(20))
    assert await attendance.leave_lapsed("a", "id-bob", after(20))
    assert not await attendance.leave_lapsed("a", "id-bob", after(20))
    assert await attendance.count("a", without=[]) == 1


async def test_pages_go_in_order_of_joining_and_leave_the_stage_out(attendance: AttendanceStore) -> None:
    for name, at in [("dan", 1), ("cid", 2), ("bob", 1), ("host", 0), ("ann", 3)]:
        await join(attendance, name, at=at)
    await join(attendance, "elsewhere", space_id="b")
    stage = ["id-host"]
    pages = await attendance.pages({"a": stage, "b": [], "none": []}, Window(3))
    first = pages["a"]
    assert ([one.person.handle for one in pages["b"]], pages["none"]) == (["elsewhere"], [])
    assert [one.person.handle for one in first] == ["bob", "dan", "cid"]
    last = (first[-1].joined_at, first[-1].person.id)
    [rest] = (await attendance.pages({"a": stage}, Window(3, after=last))).values()
    assert [one.person.handle for one in rest] == ["ann"]
    assert await attendance.count("a", without=stage) == 4


async def test_closing_a_space_empties_it_alone(attendance: AttendanceStore) -> None:
    await join(attendance, "ann")
    await join(attendance, "bob", space_id="b")
    await attendance.set_anonymous("a", "node 1", 5, until=after(30))
    await attendance.set_anonymous("b", "node 1", 2, until=after(30))
    await attendance.close("a")
    assert await attendance.count("a", without=[]) == 0
    assert await attendance.count("b", without=[]) == 1
    assert await attendance.anonymous("a", NOW) == 0
    assert await attendance.anonymous("b", NOW) == 2


async def test_anonymous_listeners_add_up_over_the_processes_that_live(attendance: AttendanceStore) -> None:
    await attendance.set_anonymous("a", "node 1", 5, until=after(10))
    await attendance.set_anonymous("a", "node 2", 7, until=after(30))
    assert await attendance.anonymous("a", after(9)) == 12
    assert await attendance.anonymous("a", after(10)) == 7
    await attendance.set_anonymous("a", "node 2", 0, until=after(40))
    assert await attendance.anonymous("a", after(10)) == 0


async def test_who_is_there_among_some(attendance: AttendanceStore) -> None:
    await join(attendance, "ann")
    await join(attendance, "bob", space_id="b")
    assert await attendance.among("a", ["id-ann", "id-bob", "id-cid"]) == {"id-ann"}
    assert await attendance.among("a", []) == frozenset()


async def test_a_visit_outlives_leaving_and_the_end_but_not_the_deletion(attendance: AttendanceStore) -> None:
    for space_id in ("a", "b", "c"):
        await join(attendance, "ann", space_id=space_id)
    await attendance.leave("a", "id-ann")
    await attendance.close("b")
    await attendance.forget("c")
    assert await attendance.visited("id-ann", ["a", "b", "c", "d"]) == {"a", "b"}
    assert await attendance.visited("id-bob", ["a"]) == frozenset()
    assert await attendance.get("c", "id-ann") is None


async def test_where_people_are_and_in_which_of_many_spaces_one_is(attendance: AttendanceStore) -> None:
    for name, space_id in [("ann", "a"), ("ann", "b"), ("bob", "b"), ("cid", "c")]:
        await join(attendance, name, space_id=space_id)
    found = await attendance.of_people(["id-ann", "id-bob", "id-nobody"])
    assert {(one.person.id, one.space_id) for one in found} == {("id-ann", "a"), ("id-ann", "b"), ("id-bob", "b")}
    assert await attendance.in_any_of("id-ann", ["a", "b", "c", "d"]) == {"a", "b"}
    assert await attendance.in_any_of("id-nobody", ["a"]) == await attendance.in_any_of("id-ann", []) == frozenset()
