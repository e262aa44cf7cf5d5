"""Sharing: Posts shown to all in a Space, and telling others of one."""

from datetime import timedelta

import pytest

from app.domain import life, refusals
from app.domain.capabilities import require_share
from app.domain.events import PostShared, PostUnshared
from app.domain.evolution import evolve
from app.domain.moderation import Measure, log_entries
from app.domain.posts import Post, SharedPost
from app.domain.sharing import SHARED_POSTS, share_post, unshare_post, withdraw_post
from app.domain.spaces import Space, SpaceState
from app.domain.standing import Standing
from tests.domain.builders import LATER, NOW, after, person, space

POST = Post("p", person("writer"), "Tides rise.", None, NOW)


def room() -> Space:
    return space(cohosts=["cora"], speakers=["sam", "sia"])


def showing() -> Space:
    """A room that shows a Post which sam shared."""
    return after(room(), share_post(room(), person("sam"), POST, LATER))


def test_whoever_is_on_stage_shows_a_post_to_all() -> None:
    for name in ("hana", "cora", "sam"):
        shared = SharedPost("p", person(name), LATER)
        assert share_post(room(), person(name), POST, LATER) == [PostShared(at=LATER, post=POST, shared=shared)]
    with pytest.raises(refusals.NotPermitted):
        share_post(room(), person("lea"), POST, LATER)


def test_posts_are_shown_in_the_order_of_sharing_and_nothing_else_changes() -> None:
    before = state = room()
    for number in range(3):
        post = Post(f"p{number}", person("writer"), "x", None, NOW)
        state = after(state, share_post(state, person("sam"), post, NOW + timedelta(seconds=number)))
    assert [one.post_id for one in state.shared_posts] == ["p0", "p1", "p2"]
    assert (state.stage, state.requests, state.invitations, state.title) == (before.stage, (), (), before.title)
    assert state.version == before.version + 3


def test_showing_what_is_shown_changes_nothing() -> None:
    assert share_post(showing(), person("hana"), POST, LATER) == []


def test_a_space_shows_100_posts_at_most() -> None:
    full = space(shared_posts=tuple(SharedPost(f"p{number}", person("hana"), NOW) for number in range(SHARED_POSTS)))
    with pytest.raises(refusals.SharedPostLimitReached) as caught:
        share_post(full, person("hana"), POST, LATER)
    assert (caught.value.limit, caught.value.current) == (SHARED_POSTS, SHARED_POSTS)
    one_less = after(full, unshare_post(full, person("hana"), "p0", NOW))
    assert len(after(one_less, share_post(one_less, person("hana"), POST, LATER)).shared_posts) == SHARED_POSTS


@pytest.mark.parametrize("name", ["sam", "hana", "cora"])
def test_whoever_shared_it_or_moderates_takes_it_down(name: str) -> None:
    events = unshare_post(showing(), person(name), "p", LATER)
    assert events == [PostUnshared(at=LATER, post_id="p")]
    assert after(showing(), events).shared_posts == ()


@pytest.mark.parametrize("name", ["sia", "lea"])
def test_others_leave_it_where_it_is(name: str) -> None:
    with pytest.raises(refusals.NotPermitted):
        unshare_post(showing(), person(name), "p", LATER)


def test_what_is_not_shown_is_not_taken_down() -> None:
    with pytest.raises(refusals.PostNotFound):
        unshare_post(showing(), person("hana"), "other", LATER)
    assert withdraw_post(showing(), "other", LATER) == []


def test_taking_down_what_another_shared_is_in_the_log() -> None:
    _, numbered = evolve(showing(), unshare_post(showing(), person("cora"), "p", LATER))
    [entry] = log_entries(showing(), person("cora"), numbered)
    assert (entry.measure, entry.target) == (Measure.POST_UNSHARED, person("sam"))
    assert log_entries(showing(), person("sam"), numbered) == []


@pytest.mark.parametrize(
    ("state", "refusal"), [(SpaceState.PREPARING, refusals.SpaceNotLive), (SpaceState.ENDED, refusals.SpaceEnded)]
)
def test_posts_are_shown_while_it_is_live(state: SpaceState, refusal: type[refusals.Refusal]) -> None:
    shown = space(state, shared_posts=(SharedPost("p", person("hana"), NOW),))
    with pytest.raises(refusal):
        share_post(shown, person("hana"), POST, NOW)
    with pytest.raises(refusal):
        unshare_post(shown, person("hana"), "p", NOW)


def test_what_was_shown_at_the_end_stays_until_the_space_is_deleted() -> None:
    ended = after(showing(), life.end(showing(), person("hana"), LATER))
    assert [one.post_id for one in ended.shared_posts] == ["p"]
    assert withdraw_post(ended, "p", LATER) == []
    assert after(ended, life.delete(ended, person("hana"), LATER, confirmed=True)).shared_posts == ()


def test_a_deleted_post_is_taken_down() -> None:
    assert withdraw_post(showing(), "p", LATER) == [PostUnshared(at=LATER, post_id="p")]


@pytest.mark.parametrize(
    ("state", "name", "is_in", "refusal"),
    [
        (SpaceState.PREPARING, "hana", False, None),
        (SpaceState.PREPARING, "lea", True, refusals.NotPermitted),
        (SpaceState.LIVE, "hana", False, None),
        (SpaceState.LIVE, "lea", True, None),
        (SpaceState.LIVE, "lea", False, refusals.NotAParticipant),
        (SpaceState.ENDED, "lea", False, None),
    ],
)
def test_who_tells_others_of_a_space(
    state: SpaceState, name: str, is_in: bool, refusal: type[refusals.Refusal] | None
) -> None:
    viewer = Standing(name, is_in=is_in)
    if refusal is None:
        require_share(viewer, space(state))
        return
    with pytest.raises(refusal):
        require_share(viewer, space(state))
