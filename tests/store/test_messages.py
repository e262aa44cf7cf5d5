"""The contract of `MessageStore`."""

from datetime import timedelta

from app.domain.messages import DirectMessage
from app.services.pages import Window
from app.services.stores import MessageStore
from tests.domain_values import NOW, person


def message(
    message_id: str, people: str = "ann bob", *, seconds: int = 0, space_id: str | None = None
) -> DirectMessage:
    sender, recipient = (person(name) for name in people.split())
    return DirectMessage(message_id, sender, recipient, "Hi.", space_id, NOW + timedelta(seconds=seconds))


async def test_messages_come_back_as_they_were_added(messages: MessageStore) -> None:
    await messages.add([message("a"), message("b", space_id="s")])
    assert sorted(await messages.get_many("abz"), key=lambda one: one.id) == [message("a"), message("b", space_id="s")]


async def test_a_message_that_is_kept_already_stays_as_it_is(messages: MessageStore) -> None:
    await messages.add([message("a")])
    await messages.add([message("a", seconds=9), message("b")])
    assert sorted(await messages.get_many("ab"), key=lambda one: one.id) == [message("a"), message("b")]


async def test_a_person_has_what_they_sent_and_received_in_one_list(messages: MessageStore) -> None:
    said = [
        message("a", "ann bob", seconds=1),
        message("b", "bob ann", seconds=2),
        message("c", "cid ann", seconds=2),
        message("d", "bob cid", seconds=3),
    ]
    await messages.add(said)
    a, b, c, d = said
    assert await messages.of_person("id-ann", Window(9)) == [c, b, a]
    assert await messages.of_person("id-ann", Window(1, after=c.place)) == [b]
    assert await messages.of_person("id-ann", Window(1, last=True)) == [a]
    assert await messages.of_person("id-cid", Window(9)) == [d, c]
    assert await messages.of_person("id-dan", Window(9)) == []


async def test_two_people_have_what_they_told_each_other(messages: MessageStore) -> None:
    said = [message("a", "ann bob", seconds=1), message("b", "bob ann", seconds=2), message("c", "cid ann", seconds=3)]
    await messages.add(said)
    for one, other in (("id-ann", "id-bob"), ("id-bob", "id-ann")):
        assert await messages.between(one, other, Window(9)) == [said[1], said[0]]
        assert await messages.between(one, other, Window(9, after=said[1].place)) == [said[0]]
    assert await messages.between("id-bob", "id-cid", Window(9)) == []
