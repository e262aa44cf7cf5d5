"""All benches by name, in the order in which they run."""

from collections.abc import Awaitable, Callable, Mapping

from tests.bench import (
    calls,
    captions,
    events,
    fan_out,
    finding,
    full_house,
    hostile,
    janus,
    jitter,
    latency,
    listeners,
    microphones,
    outages,
    quality,
    queries,
    recordings,
    returns,
    saves,
    side_by_side,
    sound,
    stalled,
    timelines,
    treatment,
    workers,
)
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Table

Bench = Callable[[Size, Place], Awaitable[list[Table]]]

BENCHES: Mapping[str, Bench] = {
    "sound": sound.measure,
    "microphones": microphones.measure,
    "jitter": jitter.measure,
    "janus": janus.measure,
    "treatment": treatment.measure,
    "quality": quality.measure,
    "latency": latency.measure,
    "listeners": listeners.measure,
    "returns": returns.measure,
    "workers": workers.measure,
    "calls": calls.measure,
    "captions": captions.measure,
    "recordings": recordings.measure,
    "saves": saves.measure,
    "events": events.measure,
    "fan_out": fan_out.measure,
    "outages": outages.measure,
    "stalled": stalled.measure,
    "full_house": full_house.measure,
    "side_by_side": side_by_side.measure,
    "queries": queries.measure,
    "hostile": hostile.measure,
    "timelines": timelines.measure,
    "finding": finding.measure,
}
