"""The contract of `ReportStore`: one report for each reporter and target, resolved once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from app.domain.reports import (
    Report,
    ReportCategory,
    ReportState,
    ReportTarget,
    Resolution,
    TargetKind,
    Verdict,
    resolve,
)
from app.services.pages import Window
from app.services.stores import ReportFilter, ReportStore
from tests.domain_values import NOW, person

SPACE, USER = ReportTarget(TargetKind.SPACE, "x"), ReportTarget(TargetKind.USER, "x")


def report(number: int, by: str = "ann", target: ReportTarget = SPACE) -> Report:
    at = NOW + timedelta(seconds=number)
    return Report(f"r{number}", person(by), target, ReportCategory.SPAM, "Buy this", at)


def verdict(resolution: Resolution) -> Verdict:
    return Verdict(resolution, person("olga"), NOW + timedelta(hours=1), "Seen")


async def test_the_first_report_of_a_target_stays_however_many_come_at_once(reports: ReportStore) -> None:
    kept = await asyncio.gather(*(reports.add(report(number)) for number in range(5)))
    [first] = set(kept)
    assert await reports.add(report(9)) == first
    assert await reports.page(ReportFilter(), Window(9)) == [first]
    for other in (report(10, by="bob"), report(11, target=USER)):
        assert await reports.add(other) == other
    assert await reports.get(first.id) == first
    assert await reports.get("nothing") is None
    assert set(await reports.get_many([first.id, "r10", "nothing"])) == {first, report(10, by="bob")}


async def test_one_of_two_operators_resolves_it(reports: ReportStore) -> None:
    await reports.add(report(1))
    answers = [resolve(report(1), verdict(one)) for one in (Resolution.NO_VIOLATION, Resolution.ACTION_TAKEN)]
    done = await asyncio.gather(*(reports.resolve(one) for one in answers))
    assert sorted(done) == [False, True]
    assert await reports.get("r1") == answers[done.index(True)]


async def test_pages_newest_first_by_what_is_asked_for(reports: ReportStore) -> None:
    hate = replace(report(2, by="bob"), category=ReportCategory.HATE)
    everything = [report(4, by="dan"), report(3, target=USER), hate, report(1)]
    for one in everything:
        await reports.add(one)
    closed = resolve(report(1), verdict(Resolution.DUPLICATE))
    await reports.resolve(closed)
    everything[-1] = closed
    assert await reports.page(ReportFilter(), Window(9)) == everything
    assert await reports.page(ReportFilter(), Window(2, after=(hate.reported_at, hate.id))) == [closed]
    assert await reports.page(ReportFilter(state=ReportState.OPEN), Window(2)) == everything[:2]
    assert await reports.page(ReportFilter(state=ReportState.RESOLVED), Window(9)) == [closed]
    assert await reports.page(ReportFilter(category=ReportCategory.HATE), Window(9)) == [hate]
    assert await reports.page(ReportFilter(kind=TargetKind.USER), Window(9)) == [everything[1]]
    nothing = ReportFilter(ReportState.RESOLVED, ReportCategory.HATE, TargetKind.SPACE)
    assert await reports.page(nothing, Window(9)) == []
