"""What every `RecordingStore` promises: one suite for the store in memory and the one on MongoDB."""

import asyncio
from dataclasses import replace

from app.domain.recorded import WHOLE, Measures, Recorded, Trim
from app.services.stores import RecordingStore

MEASURES = Measures(60_000, WHOLE, 500_000, -16.5, None)


async def test_what_a_recording_measures_is_kept_and_replaced(recordings: RecordingStore) -> None:
    assert await recordings.get_many(["a", "b"]) == []
    await recordings.measured("a", MEASURES)
    await recordings.measured("b", replace(MEASURES, loudness=None))
    await recordings.replayed("a")
    cut = replace(MEASURES, trim=Trim(1_000, 5_000), size=30_000)
    await recordings.measured("a", cut)
    found = {one.id: one for one in await recordings.get_many(["a", "b", "c"])}
    assert found == {"a": Recorded("a", cut, 1), "b": Recorded("b", replace(MEASURES, loudness=None))}


async def test_replays_that_are_counted_at_once_all_count(recordings: RecordingStore) -> None:
    await recordings.measured("a", MEASURES)
    await asyncio.gather(*(recordings.replayed("a") for _ in range(10)))
    [one] = await recordings.get_many(["a"])
    assert one.replays == 10


async def test_of_what_is_gone_nothing_is_counted_and_nothing_stays(recordings: RecordingStore) -> None:
    await recordings.measured("a", MEASURES)
    for _ in range(2):
        await recordings.forget("a")
    await recordings.replayed("a")
    assert await recordings.get_many(["a"]) == []
