"""What every store of reminders keeps to."""

from datetime import timedelta

from app.domain.reminders import Reminder
from app.services.pages import Moment, Window
from app.services.stores import ReminderStore
from tests.domain_values import NOW


def reminder(space_id: str, person_id: str, seconds: int = 0) -> Reminder:
    return Reminder(space_id, person_id, NOW + timedelta(seconds=seconds))


async def test_a_reminder_is_set_once_and_keeps_its_time(reminders: ReminderStore) -> None:
    await reminders.add(reminder("a", "ann"))
    await reminders.add(reminder("a", "ann", 9))
    assert await reminders.of_space("a", after="", limit=9) == [reminder("a", "ann")]
    await reminders.remove("a", ["ann", "nobody"])
    await reminders.remove("a", ["ann"])
    assert await reminders.of_space("a", after="", limit=9) == []


async def test_those_of_a_space_come_in_order_and_in_parts(reminders: ReminderStore) -> None:
    for name in ("cem", "ann", "dia", "ben"):
        await reminders.add(reminder("a", name))
        await reminders.add(reminder("b", f"other-{name}"))
    first = await reminders.of_space("a", after="", limit=3)
    assert [one.person_id for one in first] == ["ann", "ben", "cem"]
    assert await reminders.of_space("a", after="cem", limit=3) == [reminder("a", "dia")]
    await reminders.remove("a", [one.person_id for one in first])
    assert await reminders.of_space("a", after="", limit=3) == [reminder("a", "dia")]


async def test_what_a_person_wants_to_be_reminded_of(reminders: ReminderStore) -> None:
    for seconds, space_id in enumerate("abcd"):
        await reminders.add(reminder(space_id, "ann", seconds // 2))
    await reminders.add(reminder("a", "ben"))
    assert await reminders.among("ann", ["a", "d", "e"]) == {"a", "d"}
    assert await reminders.among("ben", ["b"]) == set()

    async def page(window: Window[Moment]) -> list[str]:
        return [one.space_id for one in await reminders.of_person("ann", window)]

    assert await page(Window(9)) == ["d", "c", "b", "a"]
    assert await page(Window(2, after=(NOW + timedelta(seconds=1), "c"))) == ["b", "a"]
    assert await page(Window(2, before=(NOW, "a"), last=True)) == ["c", "b"]


async def test_they_are_counted_for_many_spaces_at_once(reminders: ReminderStore) -> None:
    for space_id, name in (("a", "ann"), ("a", "ben"), ("b", "ann"), ("c", "ann")):
        await reminders.add(reminder(space_id, name))
    assert dict(await reminders.counts(["a", "b", "nowhere"])) == {"a": 2, "b": 1}
    assert dict(await reminders.counts([])) == {}
