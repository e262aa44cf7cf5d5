"""Reports: anyone makes them, once each, and operators alone read and close them."""

import pytest

from app.domain import refusals
from app.domain.reports import Complaint, Report, ReportCategory, ReportState, ReportTarget, Resolution, TargetKind
from app.domain.roster import Person
from app.services.pages import Window
from app.services.stores import ReportFilter
from tests.fakes.reports import MemoryReportStore
from tests.services.world import DRAFT, Process, World

SPAM = Complaint(ReportCategory.SPAM, "Buy this")


def about(kind: TargetKind, target_id: str) -> ReportTarget:
    return ReportTarget(kind, target_id)


async def room(world: World, process: Process) -> tuple[str, str, Person, Person]:
    """A live Space, a clip of it, its host, and someone else."""
    host, ana = await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    process.media.recorded[space_id] = 60_000
    clip = await process.clips.create(host, space_id, start_ms=None, duration_ms=1000)
    await process.clips.publish(host, clip.id, "Listen")
    return space_id, clip.id, host, ana


async def all_reports(world: World) -> list[Report]:
    return await world.stores.reports.page(ReportFilter(), Window(99))


async def test_a_space_a_person_a_clip_and_a_post_are_reported_once_each() -> None:
    world = World()
    process = Process(world)
    space_id, clip_id, host, ana = await room(world, process)
    post = await process.posts.create(host, "Tides rise")
    targets = [
        about(TargetKind.SPACE, space_id),
        about(TargetKind.USER, "hana"),
        about(TargetKind.CLIP, clip_id),
        about(TargetKind.POST, post.id),
    ]
    first = [await process.reports.report(ana, target, SPAM) for target in targets]
    again = [await process.reports.report(ana, one, Complaint(ReportCategory.HATE)) for one in targets]
    assert again == first
    assert [one.target for one in first] == targets
    assert {one.id for one in await all_reports(world)} == {one.id for one in first}


async def test_one_key_is_one_report() -> None:
    world = World()
    process = Process(world)
    space_id, clip_id, _, ana = await room(world, process)
    first = await process.reports.report(ana, about(TargetKind.SPACE, space_id), SPAM, idempotency_key="k")
    repeated = await process.reports.report(ana, about(TargetKind.CLIP, clip_id), SPAM, idempotency_key="k")
    assert repeated == first
    assert await all_reports(world) == [first]


async def test_one_reports_neither_ones_own_nor_what_one_may_not_know() -> None:
    world = World()
    process = Process(world)
    space_id, clip_id, host, ana = await room(world, process)
    hidden = (await process.spaces.create(host, DRAFT, [])).id
    draft = await process.clips.create(host, space_id, start_ms=None, duration_ms=1000)
    post = await process.posts.create(host, "Tides rise")
    own = await process.posts.create(ana, "Tides fall")
    eve = await world.person("eve")
    await process.blocks.block(host, "eve")
    cases: list[tuple[type[refusals.Refusal], Person, ReportTarget]] = [
        (refusals.CannotTargetSelf, host, about(TargetKind.SPACE, space_id)),
        (refusals.CannotTargetSelf, host, about(TargetKind.CLIP, clip_id)),
        (refusals.CannotTargetSelf, ana, about(TargetKind.USER, "ana")),
        (refusals.SpaceNotFound, ana, about(TargetKind.SPACE, hidden)),
        (refusals.SpaceNotFound, ana, about(TargetKind.SPACE, "nowhere")),
        (refusals.UserNotFound, ana, about(TargetKind.USER, "nobody")),
        (refusals.ClipNotFound, ana, about(TargetKind.CLIP, "nothing")),
        (refusals.ClipNotFound, ana, about(TargetKind.CLIP, draft.id)),
        (refusals.CannotTargetSelf, ana, about(TargetKind.POST, own.id)),
        (refusals.PostNotFound, ana, about(TargetKind.POST, "nothing")),
        (refusals.PostNotFound, eve, about(TargetKind.POST, post.id)),
    ]
    for refusal, reporter, target in cases:
        with pytest.raises(refusal):
            await process.reports.report(reporter, target, SPAM)
    assert await all_reports(world) == []


async def test_operators_read_and_close_them_and_nobody_else() -> None:
    world = World()
    process = Process(world)
    space_id, _, host, ana = await room(world, process)
    report = await process.reports.report(ana, about(TargetKind.SPACE, space_id), SPAM)
    olga = world.viewer(await world.person("olga"), is_operator=True)
    for person in (host, ana):
        nobody = world.viewer(person)
        with pytest.raises(refusals.NotPermitted):
            await process.reports.page(nobody, ReportFilter(), Window(9))
        with pytest.raises(refusals.NotPermitted):
            await process.reports.resolve(nobody, report.id, Resolution.NO_VIOLATION, "")
        assert await process.reports.get_many(nobody, [report.id]) == []
    assert await process.reports.get_many(None, [report.id]) == []
    assert await process.reports.page(olga, ReportFilter(state=ReportState.OPEN), Window(9)) == [report]
    assert await process.reports.get_many(olga, [report.id]) == [report]

    for _ in range(2):
        closed = await process.reports.resolve(olga, report.id, Resolution.ACTION_TAKEN, "Ended it")
        assert closed.verdict
        assert (closed.verdict.operator, closed.verdict.note) == (olga.person, "Ended it")
    with pytest.raises(refusals.ReportResolved):
        await process.reports.resolve(olga, report.id, Resolution.NO_VIOLATION, "")
    with pytest.raises(refusals.ReportNotFound):
        await process.reports.resolve(olga, "nothing", Resolution.NO_VIOLATION, "")
    assert await process.reports.page(olga, ReportFilter(state=ReportState.OPEN), Window(9)) == []


@pytest.mark.parametrize("faster", [Resolution.NO_VIOLATION, Resolution.ACTION_TAKEN])
async def test_the_faster_of_two_operators_is_right(faster: Resolution, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    process = Process(world)
    space_id, _, _, ana = await room(world, process)
    report = await process.reports.report(ana, about(TargetKind.SPACE, space_id), SPAM)
    olga, otto = [world.viewer(await world.person(name), is_operator=True) for name in ("olga", "otto")]
    kept = MemoryReportStore.resolve

    async def overtaken(store: MemoryReportStore, resolved: Report) -> bool:
        monkeypatch.setattr(MemoryReportStore, "resolve", kept)
        await process.reports.resolve(otto, report.id, faster, "First")
        return await store.resolve(resolved)

    monkeypatch.setattr(MemoryReportStore, "resolve", overtaken)
    if faster is Resolution.NO_VIOLATION:
        closed = await process.reports.resolve(olga, report.id, Resolution.NO_VIOLATION, "Second")
        assert closed.verdict
        assert closed.verdict.note == "First"
    else:
        with pytest.raises(refusals.ReportResolved):
            await process.reports.resolve(olga, report.id, Resolution.NO_VIOLATION, "Second")


async def test_a_report_outlives_its_space() -> None:
    world = World()
    process = Process(world)
    space_id, _, host, ana = await room(world, process)
    report = await process.reports.report(ana, about(TargetKind.SPACE, space_id), SPAM)
    await process.spaces.end(host, space_id)
    await process.deletion.delete(host, space_id, confirmed=True)
    assert await all_reports(world) == [report]
