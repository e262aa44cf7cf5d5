"""Renditions: asked for once, taken up again when left, given up after a while."""

from datetime import timedelta

import pytest

from app.domain import refusals, renditions
from app.domain.renditions import LEASE, MOST_TRIES, MOST_WAITING, ClipRendition, RenditionKind, RenditionState
from tests.domain_values import NOW

MP3 = RenditionKind.MP3


def asked() -> ClipRendition:
    """One that somebody asked for."""
    wanted = renditions.ask(None, MP3, NOW, waiting=0)
    assert wanted
    return wanted


def test_what_is_asked_for_is_due_at_once() -> None:
    assert asked() == ClipRendition(MP3, RenditionState.PENDING, NOW)
    assert asked().is_due(NOW)


def test_what_is_there_or_being_made_is_not_begun_again_and_what_failed_is() -> None:
    running = renditions.taken_up(asked(), NOW)
    for known in (asked(), running, renditions.ready(running, 48, -16.0)):
        assert renditions.ask(known, MP3, NOW, waiting=MOST_WAITING) is None
    assert renditions.ask(renditions.failed(running, "No."), MP3, NOW, waiting=0) == asked()


def test_with_as_many_waiting_as_may_no_more_is_begun() -> None:
    with pytest.raises(refusals.RenderingBusy) as refused:
        renditions.ask(None, MP3, NOW, waiting=MOST_WAITING)
    assert (refused.value.limit, refused.value.current) == (MOST_WAITING, MOST_WAITING)


def test_one_that_is_being_made_is_due_again_when_nothing_was_heard_of_it() -> None:
    running = renditions.taken_up(asked(), NOW)
    assert (running.state, running.tries) == (RenditionState.RUNNING, 1)
    assert not running.is_due(NOW + LEASE - timedelta(seconds=1))
    assert running.is_due(NOW + LEASE)
    later = NOW + timedelta(seconds=20)
    alive = renditions.advanced(running, 0.5, later)
    assert alive.progress == 0.5
    assert not alive.is_due(NOW + LEASE)
    assert renditions.advanced(alive, 0.2, later).progress == 0.5, "progress never goes back"


def test_a_server_that_stops_leaves_it_as_it_was_and_one_that_dies_costs_a_try() -> None:
    running = renditions.taken_up(asked(), NOW)
    assert renditions.released(running, NOW) == asked()
    for _ in range(MOST_TRIES - 1):
        running = renditions.taken_up(running, NOW)
    assert (running.state, running.tries) == (RenditionState.RUNNING, MOST_TRIES)
    over = renditions.taken_up(running, NOW)
    assert (over.state, over.is_over) == (RenditionState.FAILED, True)
    assert over.failure


def test_what_is_ready_says_how_long_and_how_loud_it_is() -> None:
    done = renditions.ready(renditions.taken_up(asked(), NOW), 48_000, -16.1)
    assert (done.state, done.progress, done.samples, done.lufs) == (RenditionState.READY, 1.0, 48_000, -16.1)
    assert done.is_over
    assert not done.is_due(NOW + timedelta(days=9))


def test_only_the_plain_mp3_is_as_loud_as_the_clip() -> None:
    assert {one for one in RenditionKind if not one.is_normalized} == {MP3}
    assert len({one.file_name for one in RenditionKind}) == len(RenditionKind)
