"""The contract of `ModerationStore`."""

from dataclasses import replace
from datetime import timedelta

from app.domain.moderation import LogEntry, Measure
from app.services.pages import Window
from app.services.stores import ModerationStore
from tests.domain_values import NOW, person


def entry(version: int, space_id: str = "a", reason: str | None = None) -> LogEntry:
    at = NOW + timedelta(seconds=version)
    return LogEntry(
        f"{space_id}:{version:010}", space_id, version, at, person("host"), person("ann"), Measure.MUTED, reason
    )


async def test_a_log_comes_in_pages_the_newest_first(moderation: ModerationStore) -> None:
    await moderation.append([entry(2), entry(3, reason="Shouting")])
    await moderation.append([])
    await moderation.append([entry(7), entry(7, "b")])
    assert await moderation.of_space("a", Window(2)) == [entry(7), entry(3, reason="Shouting")]
    assert await moderation.of_space("a", Window(2, after=(entry(3).at, entry(3).id))) == [entry(2)]
    assert await moderation.of_space("nowhere", Window(2)) == []


async def test_an_entry_is_kept_once_and_as_it_was_first(moderation: ModerationStore) -> None:
    await moderation.append([entry(2, reason="Shouting")])
    await moderation.append([entry(2), entry(3)])
    assert await moderation.of_space("a", Window(9)) == [entry(3), entry(2, reason="Shouting")]


async def test_entries_of_one_version_and_moment_are_told_apart_by_their_ids(moderation: ModerationStore) -> None:
    twin = replace(entry(2), id="a:removed")
    await moderation.append([entry(2), twin])
    assert await moderation.of_space("a", Window(9)) == [twin, entry(2)]
    assert await moderation.of_space("a", Window(9, after=(twin.at, twin.id))) == [entry(2)]
