"""Reactions: the configured set, and batches that add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import refusals
from app.domain.reactions import NAMED_PER_BATCH, Reaction, ReactionTally, check_emoji, merge, tally
from tests.domain.builders import person

SENT = st.lists(st.builds(Reaction, st.sampled_from("👏🔥💯"), st.sampled_from([person(one) for one in "abcdefgh"])))


def test_a_batch_counts_by_emoji_in_order_of_first_appearance() -> None:
    ana, ben = person("ana"), person("ben")
    batch = tally([Reaction("🔥", ana), Reaction("👏", ben), Reaction("🔥", ana), Reaction("🔥", ben)])
    assert batch == (ReactionTally("🔥", 3, (ana, ben)), ReactionTally("👏", 1, (ben,)))
    assert tally([]) == ()


@given(SENT)
def test_nothing_sent_is_lost_and_at_most_5_people_are_named_once_each(sent: list[Reaction]) -> None:
    batch = tally(sent)
    assert sum(one.count for one in batch) == len(sent)
    for one in batch:
        senders = list(dict.fromkeys(reaction.person for reaction in sent if reaction.emoji == one.emoji))
        assert list(one.people) == senders[:NAMED_PER_BATCH]


@given(st.lists(SENT))
def test_batches_of_several_processes_merge_to_the_batch_of_all(parts: list[list[Reaction]]) -> None:
    assert merge(one for part in parts for one in tally(part)) == tally(one for part in parts for one in part)


def test_only_the_configured_set_is_sent() -> None:
    check_emoji("👏", {"👏"})
    with pytest.raises(refusals.UnknownReaction) as caught:
        check_emoji("x" * 10_000, {"👏"})
    assert caught.value.field == "emoji"
    assert len(caught.value.text) < 100
