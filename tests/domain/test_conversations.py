"""Conversations: what is unread, and up to where one may have read."""

from datetime import timedelta

import pytest

from app.domain import conversations, refusals
from app.domain.conversations import Conversation
from app.domain.messages import DirectMessage, Place, after
from app.domain.personal import ConversationRead, Delivery
from tests.domain_values import NOW, person

ANA, BEN = person("ana"), person("ben")


def at(seconds: int, message_id: str = "m") -> Place:
    return NOW + timedelta(seconds=seconds), message_id


@pytest.mark.parametrize(
    ("received", "read", "unread"),
    [
        (None, None, False),
        (at(1), None, True),
        (at(1), at(1), False),
        (at(1), at(2), False),
        (at(2), at(1), True),
        (at(1, "n"), at(1, "m"), True),
        (None, at(1), False),
    ],
)
def test_unread_is_what_came_after_what_was_read(received: Place | None, read: Place | None, unread: bool) -> None:
    assert Conversation(ANA.id, BEN.id, at(3), received, read).is_unread is unread


def test_a_message_is_of_its_two_people_whoever_sent_it() -> None:
    for message in (DirectMessage("m", ANA, BEN, "", None, NOW), DirectMessage("m", BEN, ANA, "", None, NOW)):
        assert conversations.require_in(ANA, BEN.id, message) is message
        for other in (ANA, BEN):
            with pytest.raises(refusals.MessageNotFound) as caught:
                conversations.require_in(other, "cem", message)
            assert caught.value.field == "messageId"
    with pytest.raises(refusals.MessageNotFound):
        conversations.require_in(ANA, BEN.id, None)
    with pytest.raises(refusals.CannotTargetSelf):
        conversations.require_in(ANA, ANA.id, None)


def test_a_message_stands_after_all_that_was_written_before_it() -> None:
    message = DirectMessage("m", BEN, ANA, "Hi.", None, NOW)
    for newest in (None, at(-1), at(0, "l")):
        assert after(newest, message) is message
    for newest in (at(0, "n"), at(0), at(5)):
        assert after(newest, message).place == (newest[0] + timedelta(milliseconds=1), "m")


def test_having_read_is_told_where_nothing_further_was_read() -> None:
    message = DirectMessage("m", BEN, ANA, "Hi.", None, NOW)
    told = ConversationRead(at=NOW, other_id=BEN.id, message_id="m")
    here, further = (Conversation(ANA.id, BEN.id, at(9), at(9), read) for read in (message.place, at(9)))
    assert conversations.read_told(here, message, NOW) == [Delivery(ANA.id, "read m", told)]
    assert conversations.read_told(further, message, NOW) == []
