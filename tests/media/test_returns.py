"""Returns: each ear gets everyone else, encoded no more often than there is something else to hear."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from media.loss import PROVING_TICKS, Losses
from media.microphone import Microphone
from media.mixer import Mixer
from media.opus import TICK, Sound, open_decoder
from media.returns import HANGOVER_TICKS, SETTLED_TICKS, Returns
from tests.media.sounds import amplitude_at, decibels, noise, speech, tone

REPORT_TICKS = 250
PAUSE = 2
"""Ticks: the mixer holds back the last 5 ms of what was said."""
TONES = {"ann": 400.0, "ben": 1000.0, "cleo": 1700.0}


@dataclass(eq=False)
class Recorded:
    """An ear that keeps what it is sent."""

    person_id: str
    may_lose: bool = True
    packets: list[bytes] = field(default_factory=list)

    missed: int = 0

    def send(self, payload: bytes) -> None:
        self.packets.append(payload)

    def miss(self) -> None:
        self.missed += 1

    def sound(self) -> Sound:
        """All of it, decoded."""
        decoder = open_decoder()
        return np.concatenate([decoder.decode(packet) for packet in self.packets])


class Wireless(Recorded):
    """An ear whose network begins to lose packets, which its client reports every 5 s, as browsers do."""

    def __init__(self) -> None:
        super().__init__("")
        self.client, self.losses, self.chance = Microphone(), Losses(), np.random.default_rng(1)
        self.client.open = True
        self.loss, self.ticks, self.lost = 0.0, 0, 0

    def send(self, payload: bytes) -> None:
        super().send(payload)
        if self.chance.random() < self.loss:
            self.lost += 1
        else:
            self.client.receive(payload, self.ticks * TICK, self.ticks, 1)
        self.client.tick()
        self.ticks += 1
        self.losses.tick()
        if self.ticks % REPORT_TICKS == 0:
            self.losses.reported(self.lost / REPORT_TICKS)
            self.lost = 0
        self.may_lose = self.losses.likely


class Room:
    """A mixer and its returns, driven tick by tick; the ears' people talk in tones."""

    def __init__(self, *people: str, may_lose: bool = True) -> None:
        self.mixer, self.returns, self.ticks = Mixer(), Returns(), 0
        self.ears = [Recorded(person, may_lose) for person in people]
        self.returns.ears.update(self.ears)

    def talk(self, ticks: int, *people: str) -> int:
        """So many ticks with these talking; answers the most encoders that were at work at once."""
        most = 0
        for _ in range(ticks):
            moment = slice(self.ticks * TICK, (self.ticks + 1) * TICK)
            self.returns.send(self.mixer.mix({person: SOUNDS[person][moment] for person in people}))
            self.ticks += 1
            most = max(most, self.returns.encoders)
        return most


SOUNDS = {person: tone(hz, 9.0, 0.25) for person, hz in TONES.items()}


both_ways = pytest.mark.parametrize("may_lose", [True, False])


@both_ways
def test_three_speakers_hear_the_other_two_and_themselves_60_db_down(may_lose: bool) -> None:
    room = Room(*TONES, "", "dora", may_lose=may_lose)
    room.talk(150, *TONES)
    for ear in room.ears:
        heard = ear.sound()[25 * TICK :]
        levels = {person: amplitude_at(heard, hz) for person, hz in TONES.items()}
        own = levels.pop(ear.person_id, None)
        assert all(0.2 < level < 0.3 for level in levels.values()), (ear.person_id, levels)
        if own is not None:
            assert decibels(own / min(levels.values())) < -60, ear.person_id


def test_whoever_hears_the_same_gets_the_same_packet() -> None:
    room = Room("ann", "ben", "", "dora")
    assert room.talk(20, "cleo") == 1
    assert len({tuple(ear.packets) for ear in room.ears}) == 1
    assert room.talk(20, "ann") == 2
    ann, ben, anonymous, dora = room.ears
    assert ben.packets == anonymous.packets == dora.packets != ann.packets


def test_one_encoder_for_all_and_one_for_each_who_is_heard_and_hears() -> None:
    room = Room("ann", "ben")
    assert room.talk(10) == 1
    assert room.talk(10, "ann") == 2
    assert room.talk(10, "ann", "ben", "cleo") == 3, "cleo has no ear"
    room.talk(HANGOVER_TICKS + 2)
    assert room.returns.encoders == 1
    room.returns.ears.clear()
    room.talk(1, "ann")
    assert room.returns.encoders == 0, "nobody listens"


@both_ways
def test_beginning_and_ceasing_to_talk_lets_nothing_of_oneself_through(may_lose: bool) -> None:
    room = Room("ann", may_lose=may_lose)
    for _ in range(6):
        room.talk(20, "ben")
        room.talk(20, "ann", "ben")
    heard = room.ears[0].sound()[10 * TICK :]
    alone = Room("dora", may_lose=may_lose)
    alone.talk(240, "ben")
    reference = alone.ears[0].sound()[10 * TICK :]
    assert amplitude_at(heard, TONES["ben"]) == pytest.approx(amplitude_at(reference, TONES["ben"]), rel=0.02)
    assert decibels(amplitude_at(heard, TONES["ann"]) / amplitude_at(heard, TONES["ben"])) < -60


def with_fec(packets: list[bytes]) -> int:
    """How many of them are of the speech coder, which alone has FEC (RFC 6716, table 2)."""
    return sum(packet[0] >> 3 < 16 for packet in packets)


def test_all_have_fec_while_one_may_lose_packets_and_none_when_nobody_may() -> None:
    room = Room("ann", "ben", "", may_lose=False)
    room.talk(50, "ann", "ben")
    assert not any(with_fec(ear.packets) for ear in room.ears)
    room.ears[-1].may_lose = True
    room.talk(50, "ann", "ben")
    assert all(with_fec(ear.packets[-50:]) == 50 for ear in room.ears), "private streams as well"
    room.ears[-1].may_lose = False
    room.talk(5, "ann", "ben")
    assert room.returns.protected
    room.talk(PAUSE)
    assert not room.returns.protected, "a pause came"
    room.talk(20, "ann", "ben")
    assert not any(with_fec(ear.packets[-20:]) for ear in room.ears)


def test_an_ear_that_comes_brings_fec_with_its_first_packet() -> None:
    room = Room("ann", may_lose=False)
    room.talk(20, "ben")
    room.returns.ears.add(newcomer := Recorded(""))
    room.talk(20, "ben")
    assert with_fec(newcomer.packets) == 20


def test_nobody_hears_themselves_when_fec_begins_and_ends() -> None:
    room = Room(*TONES, "", may_lose=False)
    for may_lose in (False, True, False):
        room.ears[-1].may_lose = may_lose
        room.talk(PAUSE)
        assert room.returns.protected == may_lose
        room.talk(140, *TONES)
    for ear in room.ears[:-1]:
        heard = ear.sound()
        for start in range(0, room.ticks, 140 + PAUSE):
            part = heard[(start + 10) * TICK : (start + 138) * TICK]
            levels = {person: amplitude_at(part, hz) for person, hz in TONES.items()}
            own = levels.pop(ear.person_id)
            # The speech coder's own noise at complexity 1 depends on the phase of the tones.
            limit = -50 if start == 140 + PAUSE else -60
            assert decibels(own / min(levels.values())) < limit, (ear.person_id, start)


def test_silence_is_not_encoded_for_ever_and_ends_at_once() -> None:
    room = Room("ann")
    room.talk(SETTLED_TICKS + 50)
    (ear,) = room.ears
    assert len(set(ear.packets[-40:])) == 1
    room.talk(50, "ben")
    sound = ear.sound()
    assert np.abs(sound[: (SETTLED_TICKS + 50) * TICK]).max() < 1e-3
    assert amplitude_at(sound[-25 * TICK :], TONES["ben"]) == pytest.approx(0.25, rel=0.1)


def test_a_fault_of_an_encoder_costs_a_tick_and_no_ear(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room("ann", "")
    room.talk(5, "ben")

    def fail(self: object, block: Sound) -> bytes:
        raise RuntimeError("libopus cannot encode")

    with monkeypatch.context() as broken:
        broken.setattr("media.opus_encoder.LibopusEncoder.encode", fail)
        room.talk(1, "ben")
    room.talk(5, "ben")
    assert [len(ear.packets) for ear in room.ears] == [10, 10]


def test_a_tick_that_comes_too_late_is_missed_and_not_made_up_for() -> None:
    room = Room("ann")
    room.talk(5, "ben")
    room.returns.send(room.mixer.mix({}), in_time=False)
    room.talk(5, "ben")
    assert (len(room.ears[0].packets), room.ears[0].missed) == (10, 1)


@both_ways
def test_noise_of_thirteen_is_never_louder_than_full_scale_in_any_return(may_lose: bool) -> None:
    people = [f"person-{number}" for number in range(13)]
    mixer, returns, ears = Mixer(), Returns(), [Recorded(person, may_lose) for person in people]
    returns.ears.update(ears)
    voices = {person: noise(1.0, 1.0, number) for number, person in enumerate(people)}
    for start in range(0, 48_000, TICK):
        returns.send(mixer.mix({person: voice[start : start + TICK] for person, voice in voices.items()}))
    assert returns.encoders == 14
    assert all(np.abs(ear.sound()).max() <= 1.0 for ear in ears)


def test_what_gets_lost_on_the_way_is_recovered_from_the_next_packet() -> None:
    room = Room("ann", "")
    voice = speech("Nobody shall miss a word of what is said here, whatever becomes of it on the way to them. " * 2)
    for start in range(0, len(voice) - TICK, TICK):
        room.returns.send(room.mixer.mix({"ben": voice[start : start + TICK]}))
    chance, client = np.random.default_rng(1), Microphone()
    client.open = True
    for number, packet in enumerate(room.ears[0].packets):
        if chance.random() > 0.05:
            client.receive(packet, number * TICK, number, 1)
        client.tick()
    lost = client.stats.recovered_samples + client.stats.concealed_samples
    assert client.stats.recovered_samples > 0.6 * lost > 0


def test_loss_that_begins_later_is_recovered_from_the_first_report_on() -> None:
    room, ear = Room(), Wireless()
    room.returns.ears.add(ear)
    voice = speech("Nobody shall miss a word of what is said here, whatever becomes of it on the way to them. " * 3)
    blocks = np.split(voice[: len(voice) // TICK * TICK], range(TICK, len(voice) // TICK * TICK, TICK))

    def say(ticks: int) -> float:
        """The share of what was lost meanwhile that was recovered."""
        before = ear.client.stats
        for _ in range(ticks):
            room.returns.send(room.mixer.mix({"ben": blocks[room.ticks % len(blocks)]}))
            room.ticks += 1
        after = ear.client.stats
        recovered = after.recovered_samples - before.recovered_samples
        concealed = after.concealed_samples - before.concealed_samples
        return recovered / max(1, recovered + concealed)

    ear.loss = 0.05
    assert say(PROVING_TICKS) > 0.6, "also at the very beginning"
    ear.loss = 0.0
    say(2000)
    assert not room.returns.protected
    ear.loss = 0.05
    assert say(REPORT_TICKS) == 0
    say(1)
    assert with_fec(ear.packets[-2:]) == 1, "with the first packet after the report"
    assert say(4 * REPORT_TICKS) > 0.6
