"""The control channel: what is sent is received, and a broken line is named and survived."""

import asyncio
import socket
from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import control
from media.channel import MAX_LINE, Channel, ControlError, Frame, decode, encode
from media.refusals import RefusalCode
from media.words import Word

words = st.builds(Word, st.text(), st.integers(0, 2**53), st.integers(0, 2**53), st.floats(0, 1))
messages = st.one_of(
    st.builds(control.Open, st.text(), st.text(), st.booleans(), st.text()),
    st.builds(control.SetStage, st.text(), st.integers(0, 2**53), st.dictionaries(st.text(), st.booleans())),
    st.builds(control.Close, st.text()),
    st.builds(control.OfferMicrophone, st.text(), st.text(), st.text()),
    st.builds(control.JoinMicrophone, st.text(), st.text(), st.integers(0, 2**32 - 1)),
    st.builds(control.JoinListener, st.text(), st.text(), st.integers(0, 2**32 - 1)),
    st.builds(control.Joined, st.text()),
    st.builds(control.Trickle, st.text(), st.text(), st.text()),
    st.builds(control.HangUp, st.text(), st.text()),
    st.builds(control.GetStats),
    st.builds(control.Done),
    st.builds(control.Answered, st.text(), st.text()),
    st.builds(control.Stats, st.dictionaries(st.text(), st.dictionaries(st.text(), st.floats(-1e9, 1e9)))),
    st.builds(control.Refusal, st.sampled_from(RefusalCode), st.text()),
    st.builds(control.Ready),
    st.builds(control.MicrophoneConnected, st.text(), st.text()),
    st.builds(control.MicrophoneDisconnected, st.text(), st.text()),
    st.builds(control.RecordingFailed, st.text(), st.text()),
    st.builds(control.RecordingGoesOn, st.text()),
    st.builds(control.PhraseHeard, st.text(), st.text(), st.text(), st.integers(0, 2**53), st.lists(words)),
)


@given(messages, st.none() | st.integers(0, 2**53))
def test_every_message_is_one_line_and_comes_back_equal(message: control.Message, id: int | None) -> None:
    line = encode(Frame(message, id))
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == Frame(message, id)


@given(st.binary())
def test_any_other_line_is_a_control_error(line: bytes) -> None:
    with pytest.raises(ControlError):
        decode(line)


@pytest.mark.parametrize(
    "line",
    [
        b'{"id":7,"kind":"Nonsense","body":{}}',
        b'{"id":7,"kind":"Close","body":{}}',
        b'{"id":7,"kind":"Close","body":{"space_id":1}}',
        b'{"id":7,"kind":"Close","body":{"space_id":"a","more":1}}',
        b'{"id":7,"kind":"SetStage","body":{"space_id":"a","version":1,"microphones":{"b":"yes"}}}',
        b'{"id":7,"kind":"Refusal","body":{"code":"whatever","message":""}}',
    ],
)
def test_a_broken_request_is_named_by_its_id(line: bytes) -> None:
    with pytest.raises(ControlError) as broken:
        decode(line)
    assert broken.value.id == 7


def test_a_message_beyond_the_bound_is_not_sent() -> None:
    with pytest.raises(ControlError, match="longer"):
        encode(Frame(control.OfferMicrophone("a", "b", "x" * MAX_LINE)))


async def test_a_channel_survives_broken_and_endless_lines_and_sees_the_end() -> None:
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=theirs, limit=MAX_LINE)
    channel = Channel(reader, writer)
    _, raw = await asyncio.open_connection(sock=ours)
    raw.write(b"nonsense\n" + b"x" * (3 * MAX_LINE) + b"\n" + encode(Frame(control.Done(), 1)))
    received: list[Frame] = []
    errors = 0
    while not received:
        try:
            frame = await channel.receive()
        except ControlError:
            errors += 1
            continue
        assert frame is not None
        received.append(frame)
    assert received == [Frame(control.Done(), 1)]
    assert errors >= 2
    raw.close()
    await raw.wait_closed()
    assert await channel.receive() is None
    await channel.close()


def test_every_message_has_only_fields_the_codec_checks() -> None:
    checked = {str, int, bool, RefusalCode}
    for kind in get_args(control.Message):
        for field in fields(kind):
            assert field.type in checked or str(field.type).startswith(
                ("collections.abc.Mapping", "collections.abc.Sequence")
            ), f"{kind.__name__}.{field.name}"
