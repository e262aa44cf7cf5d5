"""How much a bench does: enough for figures, or only enough to show that it works."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Size:
    """What each bench is given; `rounds` is how many figures each median is of."""

    rounds: int
    speech_seconds: float  # of sound that is worked through as fast as it goes
    live_seconds: float  # of sound in real time
    proves: bool  # wait until FEC is off because nothing gets lost
    recording_seconds: int  # a multiple of 10
    bursts: int  # sounds sent to a listener
    joins: int  # listeners who come meanwhile
    listeners: int  # low-latency ones, at a time
    subscribers: int
    events: int  # changes of a Space that the subscribers are told of, in each round
    crowd: int  # subscribers, where they are many
    crowd_events: int
    beside_floor: int  # events told by this server and by the floor in turn
    stalled: int  # of those who listen, who read nothing any more
    stall_seconds: float  # for which they are watched
    hall: int  # listeners of the whole server at once
    hall_seconds: float
    peers: bool  # whether servers that need Node.js are measured too
    guests: int  # on stage beside the host, of a Space that is queried
    requests: int  # queries, and saves, in each round
    posts: tuple[int, ...]  # in the databases that timelines are read from
    spaces: tuple[int, ...]  # in the databases that are searched, each with twice as many people


FULL: Final = Size(
    rounds=3,
    speech_seconds=20,
    live_seconds=4,
    proves=True,
    recording_seconds=36_000,
    bursts=24,
    joins=30,
    listeners=100,
    subscribers=200,
    events=40,
    crowd=5000,
    crowd_events=50,
    beside_floor=300,
    stalled=200,
    stall_seconds=30,
    hall=10_000,
    hall_seconds=30,
    peers=True,
    guests=12,
    requests=100,
    posts=(20_000, 400_000),
    spaces=(1_000, 10_000, 100_000),
)
TINY: Final = Size(
    rounds=1,
    speech_seconds=1,
    live_seconds=0.5,
    proves=False,
    recording_seconds=180,
    bursts=1,
    joins=1,
    listeners=2,
    subscribers=3,
    events=2,
    crowd=3,
    crowd_events=2,
    beside_floor=2,
    stalled=1,
    stall_seconds=0.2,
    hall=4,
    hall_seconds=0.2,
    peers=False,
    guests=1,
    requests=3,
    posts=(100,),
    spaces=(60,),
)
