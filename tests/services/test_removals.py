"""Removals: one act that puts someone out, keeps them out, and is completed wherever the server dies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from app.domain import refusals
from app.domain.moderation import Measure
from app.domain.personal import RemovedFromSpace
from app.domain.removals import RemovalAction
from app.domain.reports import Complaint, ReportCategory, ReportState, TargetKind
from app.domain.roster import Person, Role
from app.services.media_engine import MediaRefused
from app.services.pages import Window
from app.services.ports import Snapshot
from app.services.stores import ReportFilter
from tests.services.test_audio import SDP, token_in
from tests.services.test_reminders import scheduled
from tests.services.world import DRAFT, Process, World

REMOVE, BLOCK, REPORT = RemovalAction.REMOVE, RemovalAction.BLOCK, RemovalAction.REPORT
ABUSE = Complaint(ReportCategory.ABUSE, "Insults")


async def room(world: World, process: Process) -> tuple[str, Person, Person]:
    """A live Space, its host, and someone else."""
    host, ana = await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    process.media.recorded[space_id] = 60_000
    return space_id, host, ana


async def logged(world: World, space_id: str) -> list[tuple[Measure, str, str, str | None]]:
    log = await world.log.of_space(space_id, Window(99))
    removals = (Measure.REMOVED, Measure.BLOCKED, Measure.READMITTED)
    return [(one.measure, one.actor.id, one.target.id, one.reason) for one in log if one.measure in removals]


async def notices(world: World, person_id: str) -> int:
    """How often someone was told that they were removed."""
    received = await world.stores.inboxes.received_after(person_id, 0) or []
    return sum(isinstance(one.event, RemovedFromSpace) for one in received)


async def test_seat_attendance_and_sound_go_at_once_and_the_log_says_why() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await process.seat(host, ana, space_id)
    await process.stage.set_muted(ana, space_id, False)
    assert process.media.heard(space_id) == {ana}
    space = await process.removals.remove(host, space_id, "ana", REMOVE, reason="Rude")
    assert space.seat("ana") is None
    assert not await process.attendance.is_in("ana", space_id)
    assert process.media.heard(space_id) == set()
    assert await logged(world, space_id) == [(Measure.REMOVED, "hana", "ana", "Rude")]
    assert await notices(world, "ana") == 1
    await process.count()
    assert await world.audience(space_id) == (0, 0)
    assert await process.blocks.blocked_by("hana", ["ana"]) == set()
    assert await world.stores.removals.unfinished() == []


async def test_a_raised_hand_and_an_invitation_go_and_listeners_and_strangers_are_kept_out_too() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    asking, stranger = await world.person("rob"), await world.person("lea")
    await process.attendance.join(asking, space_id)
    await process.stage.request_to_speak(asking, space_id)
    await process.stage.invite(host, space_id, "ana", Role.SPEAKER)
    for person in (ana, asking, stranger):
        await process.removals.remove(host, space_id, person.id, REMOVE)
        with pytest.raises(refusals.RemovedFromSpace):
            await process.attendance.join(person, space_id)
    space = await world.space(space_id)
    assert (space.requests, space.invitations) == ((), ())


async def test_every_door_is_closed_to_who_was_removed() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    cohost = await world.person("cora")
    await process.seat(host, cohost, space_id, Role.COHOST)
    await process.attendance.join(ana, space_id)
    await process.removals.remove(cohost, space_id, "ana", REMOVE)
    commands: dict[str, Callable[[], Awaitable[object]]] = {
        "join": lambda: process.attendance.join(ana, space_id),
        "ask": lambda: process.stage.request_to_speak(ana, space_id),
        "accept": lambda: process.stage.accept_invitation(ana, space_id, "any"),
        "speak": lambda: process.stage.set_muted(ana, space_id, False),
        "clip": lambda: process.clips.create(ana, space_id, start_ms=None, duration_ms=None),
        "feedback": lambda: process.feedback.submit(ana, space_id, 1, ""),
        "host invites": lambda: process.stage.invite(host, space_id, "ana", Role.SPEAKER),
        "co-host invites": lambda: process.stage.invite(cohost, space_id, "ana", Role.SPEAKER),
    }
    before = await world.space(space_id)
    for name, command in commands.items():
        with pytest.raises(refusals.RemovedFromSpace):
            await command()
        assert await world.space(space_id) == before, name
        assert not await process.attendance.is_in("ana", space_id), name
    with pytest.raises(refusals.NotAParticipant):
        await process.reactions.send(ana, space_id, "👏")
    for enter in (process.streams.space_events("ana", space_id, None), process.streams.reactions("ana", space_id)):
        with pytest.raises(refusals.RemovedFromSpace):
            async with enter:
                raise AssertionError("nothing may be streamed")


async def test_an_old_address_opens_nothing_to_who_was_removed() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await process.seat(host, ana, space_id)
    addresses = await process.audio.addresses("ana", await world.space(space_id))
    assert addresses
    listen, speak = token_in(addresses.hls_url), token_in(addresses.whip_url)
    assert await process.audio.live_playlist(listen)
    await process.removals.remove(host, space_id, "ana", REMOVE)
    assert await process.audio.addresses("ana", await world.space(space_id)) is None
    uses: list[Awaitable[object]] = [
        process.audio.live_playlist(listen),
        process.replays.resource(listen, "0.m4s"),
        process.audio.offer(speak, SDP),
    ]
    for use in uses:
        with pytest.raises(MediaRefused) as caught:
            await use
        assert caught.value.status == 403
    await process.spaces.end(host, space_id)
    with pytest.raises(MediaRefused):
        await process.replays.playlist(listen)
    assert await process.audio.addresses(None, await world.space(space_id))


async def test_streams_close_with_the_reason_and_others_go_on() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    await process.attendance.join(ana, space_id)
    async with (
        process.streams.space_events("ana", space_id, None) as events,
        process.streams.reactions("ana", space_id) as batches,
        process.streams.space_events(None, space_id, None) as others,
    ):
        assert isinstance(await anext(events), Snapshot)
        assert isinstance(await anext(others), Snapshot)
        await process.removals.remove(host, space_id, "ana", BLOCK)
        for stream in (events, batches):
            with pytest.raises(refusals.RemovedFromSpace):
                await anext(stream)
        await process.count()
        assert await anext(others)


async def test_to_block_or_report_with_it_is_the_same_act() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    cohost, bob = await world.person("cora"), await world.person("bob")
    await process.seat(host, cohost, space_id, Role.COHOST)
    await process.follows.follow(ana, "hana")
    await process.removals.remove(host, space_id, "ana", BLOCK)
    assert await process.blocks.blocked_by("hana", ["ana"]) == {"ana"}
    assert await process.follows.followed_by("ana", ["hana"]) == set()
    await process.removals.remove(cohost, space_id, "bob", REPORT, complaint=ABUSE)
    assert await process.blocks.blocked_by("cora", ["bob"]) == set()
    [report] = await world.stores.reports.page(ReportFilter(), Window(9))
    assert (report.reporter, report.target.kind, report.target.id) == (cohost, TargetKind.USER, bob.id)
    assert (report.category, report.text, report.space_id) == (ABUSE.category, ABUSE.text, space_id)
    assert report.state is ReportState.OPEN
    assert await logged(world, space_id) == [
        (Measure.REMOVED, "cora", "bob", None),
        (Measure.BLOCKED, "hana", "ana", None),
    ]


async def test_done_twice_is_done_once_and_another_action_is_added() -> None:
    world = World()
    process = Process(world)
    space_id, host, _ = await room(world, process)
    for _ in range(2):
        await process.removals.remove(host, space_id, "ana", REPORT, complaint=ABUSE)
    assert len(await logged(world, space_id)) == 1
    assert len(await world.stores.reports.page(ReportFilter(), Window(9))) == 1
    assert await notices(world, "ana") == 1
    world.clock.advance(timedelta(seconds=1))
    await process.removals.remove(host, space_id, "ana", BLOCK)
    assert await process.blocks.blocked_by("hana", ["ana"]) == {"ana"}
    assert [one[0] for one in await logged(world, space_id)] == [Measure.BLOCKED, Measure.REMOVED]


async def test_what_is_refused_changes_nothing() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    cohost = await world.person("cora")
    await process.seat(host, cohost, space_id, Role.COHOST)
    await process.attendance.join(ana, space_id)
    hidden = (await process.spaces.create(host, DRAFT, [])).id
    cases: list[tuple[type[refusals.Refusal], Awaitable[object]]] = [
        (refusals.NotPermitted, process.removals.remove(ana, space_id, "cora", REMOVE)),
        (refusals.CannotTargetHost, process.removals.remove(cohost, space_id, "hana", REMOVE)),
        (refusals.CannotTargetSelf, process.removals.remove(host, space_id, "hana", REMOVE)),
        (refusals.ReportRequired, process.removals.remove(host, space_id, "ana", REPORT)),
        (refusals.UserNotFound, process.removals.remove(host, space_id, "nobody", REMOVE)),
        (refusals.SpaceNotFound, process.removals.remove(host, "nowhere", "ana", REMOVE)),
        (refusals.SpaceNotFound, process.removals.remove(ana, hidden, "cora", REMOVE)),
    ]
    for refusal, command in cases:
        with pytest.raises(refusal):
            await command
    assert await world.stores.removals.among([(space_id, one) for one in ("ana", "cora", "hana")]) == frozenset()
    assert await process.attendance.is_in("ana", space_id)
    assert await logged(world, space_id) == []


async def test_who_is_let_in_again_may_come() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    cohost = await world.person("cora")
    await process.seat(host, cohost, space_id, Role.COHOST)
    await process.removals.remove(host, space_id, "ana", REMOVE)
    for nobody in (ana, cohost):
        with pytest.raises(refusals.NotPermitted):
            await process.removals.readmit(nobody, space_id, "ana")
    [removal] = await process.removals.page("cora", await world.space(space_id), Window(9)) or []
    assert (removal.person, removal.by) == (ana, host)
    assert await process.removals.page("ana", await world.space(space_id), Window(9)) is None
    world.clock.advance(timedelta(seconds=1))
    for _ in range(2):
        await process.removals.readmit(host, space_id, "ana")
    await process.attendance.join(ana, space_id)
    assert [one[0] for one in await logged(world, space_id)] == [Measure.READMITTED, Measure.REMOVED]
    with pytest.raises(refusals.NotPermitted):
        await process.removals.readmit(ana, space_id, "ana")


async def test_a_cohost_who_removes_someone_after_the_host_cannot_let_them_in() -> None:
    world = World()
    process = Process(world)
    space_id, host, _ = await room(world, process)
    cohost, bob = await world.person("cora"), await world.person("bob")
    await process.seat(host, cohost, space_id, Role.COHOST)
    await process.removals.remove(host, space_id, "ana", REMOVE)
    for _ in range(2):
        await process.removals.remove(cohost, space_id, "ana", REMOVE)
    with pytest.raises(refusals.NotPermitted):
        await process.removals.readmit(cohost, space_id, "ana")
    await process.removals.remove(cohost, space_id, bob.id, REMOVE)
    await process.removals.readmit(cohost, space_id, bob.id)
    await process.attendance.join(bob, space_id)


async def test_who_is_removed_before_the_start_is_not_reminded_of_it() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await scheduled(process, host)
    await process.reminders.add(ana, space_id)
    await process.removals.remove(host, space_id, "ana", REMOVE)
    assert await process.reminders.of_person("ana", [space_id]) == set()
    with pytest.raises(refusals.RemovedFromSpace):
        await process.reminders.add(ana, space_id)
