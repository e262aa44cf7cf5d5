"""The contract of `SpaceStore.listed` and `sightings`: every filter in every order, and what it costs to read."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

from app.domain.events import AudienceChanged, EndReason, SpaceDeleted, SpaceEnded, SpaceRenamed
from app.domain.listings import ORDERS, Listing, Order, matches, place
from app.domain.roster import Role, Seat
from app.domain.space_bar import Sighting
from app.domain.spaces import Schedule, Space, SpaceState
from app.services.pages import Place, Window, part
from app.services.stores import SpaceStore
from app.store.database import Database
from app.store.spaces import MongoSpaceStore, make_findable, new_document
from tests.domain_values import NOW, person, space

STATES = (*ORDERS, SpaceState.PREPARING)
TITLES = ("Jazz tonight", "More jazz", "News", "Café talk tonight", "夜の音楽")
AT_NOON = Schedule(NOW, "Europe/Berlin", chosen_at=NOW, changed_at=NOW)
STATE_OF = {order: state for state, orders in reversed(ORDERS.items()) for order in orders}
CHOICES: dict[str, Sequence[Any]] = {
    "host_id": (None, "id-ana", "id-bob"),
    "topics": ((), ("Music",), ("Art", "Music"), ("Chess",)),
    "language": (None, "pt", "en-GB"),
    "words": (frozenset(), frozenset({"jazz"}), frozenset({"tonight", "cafe"}), frozenset({"夜"})),
}


def some_spaces(count: int) -> list[Space]:
    """Spaces of every kind, always the same ones."""
    chance = random.Random(7)
    return [
        replace(
            space(f"{number:03}", host=chance.choice(["ana", "bob"]), state=chance.choice(STATES)),
            title=chance.choice(TITLES),
            topics=tuple(chance.sample(["Music", "Art", "News"], chance.randrange(3))),
            language=chance.choice([None, "pt-BR", "pt", "en-gb"]),
            started_at=NOW + timedelta(seconds=chance.randrange(9)),
            schedule=replace(AT_NOON, start=NOW + timedelta(seconds=chance.randrange(9))),
            listeners=chance.randrange(4),
            anonymous=chance.randrange(4),
        )
        for number in range(count)
    ]


async def test_every_filter_in_every_order_finds_what_matches(spaces: SpaceStore) -> None:
    given = some_spaces(60)
    for one in given:
        await spaces.add(one)
    for state, orders in ORDERS.items():
        for order, values in product(orders, product(*CHOICES.values())):
            listing = Listing(state, order, **dict(zip(CHOICES, values, strict=True)))
            matching = [one for one in given if matches(one, listing)]
            matching.sort(key=partial(place, order=order), reverse=order.newest_first)
            assert await spaces.listed(listing, Window(100)) == matching, listing


async def test_every_page_from_either_end(spaces: SpaceStore) -> None:
    given = some_spaces(80)
    for one in given:
        await spaces.add(one)
    for order, topics in product(Order, [(), ("Music",), ("Music", "Art")]):
        listing = Listing(STATE_OF[order], order, topics=topics)
        matching = sorted((one for one in given if matches(one, listing)), key=partial(place, order=order))
        apart = list({place(one, order)[0]: place(one, order) for one in matching}.values())
        assert len(apart) > 2
        keys: list[Place | None] = [None, apart[0], apart[len(apart) // 2], apart[-1]]
        for after, before, limit, last in product(keys, keys, (1, 4), (False, True)):
            if after is not None and after == before:
                continue
            window = Window(limit, after, before, last)
            expected = part(matching, window, key_of=partial(place, order=order), newest_first=order.newest_first)
            assert await spaces.listed(listing, window) == expected, (listing, window)


async def test_lists_follow_what_happens_to_a_space(spaces: SpaceStore) -> None:
    quiet, one = replace(space("quiet"), listeners=2), replace(space("one"), title="Jazz", topics=("Music",))
    await spaces.add(quiet)
    await spaces.add(one)
    jazz, blues, crowd = (
        Listing(words=frozenset({"jazz"})),
        Listing(words=frozenset({"blues"})),
        Listing(order=Order.LISTENERS),
    )

    async def ids(listing: Listing) -> list[str]:
        return [found.id for found in await spaces.listed(listing, Window(9))]

    assert (await ids(jazz), await ids(blues), await ids(crowd)) == (["one"], [], ["quiet", "one"])
    one, _ = await spaces.save(one, [SpaceRenamed(at=NOW, title="Blues")])
    assert (await ids(jazz), await ids(blues)) == ([], ["one"])
    one, _ = await spaces.save(one, [AudienceChanged(at=NOW, listeners=1, anonymous=2)])
    assert await ids(crowd) == ["one", "quiet"]
    one, _ = await spaces.save(one, [SpaceEnded(at=NOW, reason=EndReason.HOST)])
    assert (await ids(blues), await ids(crowd)) == ([], ["quiet"])
    assert await ids(replace(blues, state=SpaceState.ENDED)) == ["one"]
    await spaces.save(one, [SpaceDeleted(at=NOW)])
    assert await ids(replace(blues, state=SpaceState.ENDED)) == []


async def test_a_page_goes_on_after_a_space_that_has_ended_meanwhile(spaces: SpaceStore) -> None:
    for seconds, space_id in enumerate("abc"):
        await spaces.add(replace(space(space_id), started_at=NOW + timedelta(seconds=seconds)))
    last = (await spaces.listed(Listing(), Window(2)))[-1]
    await spaces.save(last, [SpaceEnded(at=NOW, reason=EndReason.HOST)])
    rest = await spaces.listed(Listing(), Window(2, after=place(last, Order.STARTED_AT)))
    assert [one.id for one in rest] == ["a"]


async def test_the_live_spaces_on_whose_stage_someone_is(spaces: SpaceStore) -> None:
    for seconds, (space_id, names, state) in enumerate(
        [
            ("a", ["ann", "bob"], SpaceState.LIVE),
            ("b", ["bob"], SpaceState.LIVE),
            ("c", ["ann"], SpaceState.PREPARING),
            ("d", ["cid"], SpaceState.LIVE),
        ]
    ):
        seats = tuple(Seat(person(name), Role.SPEAKER, True, NOW) for name in names)
        started_at = NOW + timedelta(seconds=seconds)
        await spaces.add(replace(space(space_id, state=state), started_at=started_at, stage=seats))
    found = await spaces.sightings(["id-bob", "id-ann"])
    assert sorted(found, key=lambda one: one.space_id) == [
        Sighting("a", NOW, frozenset({"id-ann", "id-bob"})),
        Sighting("b", NOW + timedelta(seconds=1), frozenset({"id-bob"})),
    ]
    assert await spaces.sightings(["id-host"]) == await spaces.sightings([]) == []


WANTED: Sequence[dict[str, Any]] = (
    {},
    {"topics": ("Music",)},
    {"topics": ("Music", "Art")},
    {"words": frozenset({"jazz"})},
    {"host_id": "id-host0"},
    {"words": frozenset({"jazz", "rare7"}), "topics": ("Music", "Art"), "language": "pt"},
)


def numbered(number: int, state: SpaceState) -> Space:
    """One of many Spaces that have words, topics and hosts in common."""
    return replace(
        space(f"{state} {number:03}", host=f"host{number % 3}", state=state),
        title=f"Jazz rare{number // 6} and more",
        topics=(("Music",), ("Art",), ("News",))[number // 3 % 3],
        language="pt-BR",
        started_at=NOW + timedelta(seconds=number // 2),
        schedule=replace(AT_NOON, start=NOW + timedelta(seconds=number // 2)),
        listeners=number // 2,
    )


async def test_a_page_anywhere_examines_little_more_than_it_answers(database: Database) -> None:
    store = MongoSpaceStore(database)
    for state in set(STATE_OF.values()):
        await database["spaces"].insert_many([new_document(numbered(number, state)) for number in range(300)])
    for order, wanted in product(Order, WANTED):
        listing = Listing(STATE_OF[order], order, **wanted)
        found = await store.listed(listing, Window(100))
        middle = place(found[len(found) // 2], order)
        await database.command("profile", 2)
        pages = [Window(5), Window(5, after=middle), Window(5, before=middle, last=True)]
        answered = [len(await store.listed(listing, window)) for window in pages]
        await database.command("profile", 0)
        seen = [one async for one in database["system.profile"].find({"op": "query", "ns": f"{database.name}.spaces"})]
        await database.drop_collection("system.profile")
        assert len(seen) == len(pages)
        for one, count in zip(seen, answered, strict=True):
            assert one["docsExamined"] <= count + 5, (listing, one["planSummary"], one["docsExamined"], count)
            assert not one.get("hasSortStage"), (listing, one["planSummary"])


async def test_spaces_kept_before_there_were_facets_are_found_too(database: Database) -> None:
    store = MongoSpaceStore(database)
    given = some_spaces(20)
    for one in given:
        await store.add(one)
    unset = {"$unset": {"facets": True, "audience": True}}
    for one in given[:15]:
        await database["spaces"].update_one({"_id": one.id}, unset)
    for _ in range(2):
        await make_findable(database)
    for listing in (Listing(words=frozenset({"jazz"})), Listing(order=Order.LISTENERS)):
        expected = [one for one in given if matches(one, listing)]
        expected.sort(key=lambda one: place(one, listing.order), reverse=True)
        assert expected
        assert await store.listed(listing, Window(50)) == expected
