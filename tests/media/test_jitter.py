"""The jitter buffer's rules, one packet at a time, and what holds whatever the network does."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from media.jitter import MAX_DEPTH, Conceal, JitterBuffer, Play, Recover, Silence, Step
from media.opus import SAMPLE_RATE, TICK


def payload_of(number: int) -> bytes:
    return number.to_bytes(4, "big")


class Sender:
    """Numbered packets of one length, handed to a buffer in whatever order; the counters may start anywhere."""

    def __init__(self, buffer: JitterBuffer, duration: int = TICK, timestamp: int = 1000, sequence: int = 500) -> None:
        self.buffer, self.duration, self.timestamp, self.sequence = buffer, duration, timestamp, sequence
        self.paused = 0  # samples in which nothing was sent

    def send(self, *numbers: int) -> None:
        for number in numbers:
            self.buffer.push(
                payload_of(number),
                (self.timestamp + self.paused + number * self.duration) % 2**32,
                (self.sequence + number) % 2**16,
                self.duration,
            )


def play(number: int) -> Play:
    return Play(payload_of(number))


def recover(number: int, samples: int = TICK) -> Recover:
    """The packets before `number` are lost."""
    return Recover(payload_of(number), samples)


def steps(buffer: JitterBuffer, count: int) -> list[Step]:
    return [buffer.pop() for _ in range(count)]


def playing(duration: int = TICK) -> tuple[JitterBuffer, Sender]:
    """A buffer that has just played packet 0 and holds packet 1."""
    buffer = JitterBuffer()
    sender = Sender(buffer, duration)
    sender.send(0, 1)
    assert buffer.pop() == play(0)
    return buffer, sender


def test_it_starts_with_two_ticks_held() -> None:
    buffer = JitterBuffer()
    sender = Sender(buffer)
    assert buffer.pop() == Silence()
    sender.send(0)
    assert buffer.pop() == Silence()
    sender.send(1)
    assert steps(buffer, 2) == [play(0), play(1)]


def test_short_packets_start_with_two_ticks_and_long_ones_with_two_packets() -> None:
    buffer = JitterBuffer()
    sender = Sender(buffer, duration=TICK // 2)
    sender.send(0, 1, 2)
    assert buffer.pop() == Silence()
    sender.send(3)
    assert buffer.pop() == play(0)

    buffer = JitterBuffer()
    sender = Sender(buffer, duration=3 * TICK)
    sender.send(0)
    assert buffer.pop() == Silence()
    sender.send(1)
    assert buffer.pop() == play(0)


def test_packets_out_of_order_play_in_order() -> None:
    buffer = JitterBuffer()
    Sender(buffer).send(2, 0, 3, 1)
    assert steps(buffer, 4) == [play(0), play(1), play(2), play(3)]
    assert (buffer.lost, buffer.late) == (0, 0)


def test_both_counters_wrap() -> None:
    buffer = JitterBuffer()
    sender = Sender(buffer, timestamp=2**32 - TICK, sequence=2**16 - 1)
    sender.send(1, 0, 2)
    assert steps(buffer, 3) == [play(0), play(1), play(2)]
    sender.send(4)
    assert steps(buffer, 2) == [recover(4), play(4)]
    assert buffer.lost == 1


def test_a_packet_that_comes_twice_plays_once() -> None:
    buffer, sender = playing()
    sender.send(1, 1, 0)
    assert steps(buffer, 2) == [play(1), Conceal(TICK)]
    assert buffer.late == 3


def test_a_lost_packet_is_recovered_from_the_next() -> None:
    buffer, sender = playing()
    sender.send(3, 4)
    assert steps(buffer, 4) == [play(1), recover(3), play(3), play(4)]
    assert buffer.lost == 1


def test_what_comes_after_its_turn_is_late() -> None:
    buffer, sender = playing()
    sender.send(3)
    assert steps(buffer, 2) == [play(1), recover(3)]
    sender.send(2)
    assert buffer.pop() == play(3)
    assert (buffer.lost, buffer.late) == (1, 1)


def test_a_delayed_packet_still_plays_after_concealment() -> None:
    buffer, sender = playing()
    assert steps(buffer, 3) == [play(1), Conceal(TICK), Conceal(TICK)]
    sender.send(2, 3)
    assert steps(buffer, 2) == [play(2), play(3)]
    assert (buffer.lost, buffer.late) == (0, 0)


def test_time_that_was_concealed_is_not_filled_again() -> None:
    buffer, sender = playing()
    assert steps(buffer, 2) == [play(1), Conceal(TICK)]
    sender.send(4)  # 2 and 3 are lost, and one tick of them has been heard already
    assert steps(buffer, 2) == [recover(4, TICK), play(4)]
    assert steps(buffer, 2) == [Conceal(TICK), Conceal(TICK)]
    sender.send(6)
    assert buffer.pop() == play(6)
    assert buffer.lost == 3


def test_concealment_fills_only_what_is_wanted() -> None:
    buffer, _ = playing(TICK // 2 * 3)
    assert buffer.pop() == play(1)
    assert buffer.pop(480) == Conceal(480)


def test_after_five_ticks_of_nothing_it_falls_silent_and_fills_anew() -> None:
    buffer, sender = playing()
    assert steps(buffer, 7) == [play(1), *[Conceal(TICK)] * 5, Silence()]
    sender.send(8)
    assert buffer.pop() == Silence()
    sender.send(9)
    assert steps(buffer, 2) == [play(8), play(9)]
    assert buffer.lost == 6


def test_a_pause_of_the_sender_is_jumped_and_nothing_is_lost() -> None:
    buffer, sender = playing()
    sender.paused = 3 * TICK + 77  # shorter than what would be concealed, but the sequence goes on
    sender.send(2, 3)
    assert steps(buffer, 3) == [play(1), play(2), play(3)]
    assert buffer.lost == 0


def test_a_long_gap_is_jumped() -> None:
    buffer, sender = playing()
    sender.send(9, 10)
    assert steps(buffer, 3) == [play(1), play(9), play(10)]
    assert buffer.lost == 7


def test_a_lone_packet_during_dtx_does_not_start_the_next_talk_spurt() -> None:
    buffer, sender = playing()
    steps(buffer, 7)
    sender.paused = 20 * TICK
    sender.send(2)
    assert buffer.pop() == Silence()
    sender.paused = 40 * TICK
    sender.send(3)
    assert buffer.pop() == Silence()
    sender.send(4)
    assert steps(buffer, 2) == [play(3), play(4)]


def test_no_more_than_half_a_second_is_held_and_the_newest_stays() -> None:
    buffer = JitterBuffer()
    sender = Sender(buffer)
    sender.send(*range(40))
    assert buffer.dropped == 15
    assert steps(buffer, 25) == [play(number) for number in range(15, 40)]
    assert buffer.lost == 0


def test_a_sender_that_starts_anew_far_back_is_heard() -> None:
    buffer = JitterBuffer()
    Sender(buffer, timestamp=9_000_000).send(0, 1)
    assert buffer.pop() == play(0)
    Sender(buffer, timestamp=5_000_000, sequence=9).send(7, 8)
    assert steps(buffer, 2) == [play(7), play(8)]
    assert (buffer.lost, buffer.late, buffer.dropped) == (0, 0, 1)


def test_a_restart_takes_any_new_time_line() -> None:
    buffer, sender = playing()
    buffer.restart()
    assert buffer.pop() == Silence()
    sender.timestamp -= 5 * TICK
    sender.send(2, 3)
    assert steps(buffer, 2) == [play(2), play(3)]


def test_what_three_seconds_never_needed_is_surplus() -> None:
    buffer = JitterBuffer()
    sender = Sender(buffer)
    sender.send(*range(4))
    for number in range(4, 153):
        assert buffer.surplus == 0
        buffer.pop()
        sender.send(number)
    buffer.pop()
    assert buffer.surplus == 2 * TICK  # three ticks are left after every tick, and one of them is needed
    buffer.left_out(TICK)
    assert buffer.surplus == TICK


def test_a_steady_stream_has_no_surplus_and_30_ms_of_delay() -> None:
    buffer = JitterBuffer()
    sender = Sender(buffer)
    sender.send(0)
    for number in range(1, 400):
        sender.send(number)
        assert buffer.pop() == play(number - 1)
        assert buffer.surplus == buffer.shortage == 0
    assert buffer.delay_ms == 30


def test_a_steady_stream_on_the_edge_of_running_dry_is_short_of_a_tick() -> None:
    buffer = JitterBuffer()
    sender = Sender(buffer)
    sender.send(0, 1)
    steps(buffer, 2)
    for number in range(2, 150):
        assert buffer.shortage == 0
        sender.send(number)
        assert buffer.pop() == play(number)
    assert buffer.shortage == TICK
    buffer.repeated(480)
    assert buffer.shortage == TICK - 480


def test_a_network_that_jitters_is_not_short() -> None:
    """It runs dry now and then, and is a tick deeper from then on."""
    buffer = JitterBuffer()
    sender = Sender(buffer)
    sender.send(0, 1)
    steps(buffer, 2)
    for number in range(2, 400, 2):
        sender.send(number, number + 1)
        steps(buffer, 2)
        assert buffer.shortage == 0


network = st.lists(
    st.tuples(st.integers(-6, 6), st.sampled_from([0, 1, 1, 1, 1, 2]), st.integers(0, 2)), min_size=1, max_size=120
)


@given(
    network,
    st.sampled_from([120, 480, TICK, 3 * TICK]),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**16 - 1),
)
def test_whatever_the_network_does(
    packets: list[tuple[int, int, int]], duration: int, timestamp: int, sequence: int
) -> None:
    """Each packet is displaced, lost or doubled, with up to two ticks popped in between: what plays is in order, never
    twice, never more than came; every packet has one fate; what is held is bounded; and the end is silence."""
    arrivals = sorted(
        (number + displaced, number) for number, (displaced, copies, _) in enumerate(packets) for _ in range(copies)
    )
    buffer = JitterBuffer()
    sender = Sender(buffer, duration, timestamp, sequence)
    done: list[Step] = []
    for index, (_, number) in enumerate(arrivals):
        sender.send(number)
        done += steps(buffer, packets[index % len(packets)][2])
        assert 0 <= buffer.held <= MAX_DEPTH
    done += steps(buffer, len(arrivals) + SAMPLE_RATE // 120 + 10)

    played = [int.from_bytes(step.payload, "big") for step in done if isinstance(step, Play)]
    assert played == sorted(set(played))
    assert set(played) <= {number for _, number in arrivals}
    assert len(played) + buffer.late + buffer.dropped + buffer.held // duration == len(arrivals)
    assert done[-1] == Silence()
    for step, following in pairwise(done):
        if isinstance(step, Recover):
            assert following == Play(step.next_payload)
            assert step.samples % 120 == 0
