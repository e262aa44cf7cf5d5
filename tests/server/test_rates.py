"""Rates: who asks too often is told when to come back, and nobody else notices."""

from __future__ import annotations

import asyncio

import httpx2
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app.services.people import Session
from app.web.rates import BURST_SECONDS, REMEMBERED, Rate, Rates, TooFast
from tests.server.conftest import Served


def taken(rate: Rate, key: str, now: float) -> int:
    """How many can be taken at once."""
    number = 0
    while True:
        try:
            rate.take(key, now)
        except TooFast:
            return number
        number += 1


def test_a_burst_and_then_so_many_a_second() -> None:
    rate = Rate(5)
    assert taken(rate, "a", 100) == 5 * BURST_SECONDS
    assert taken(rate, "b", 100) == 5 * BURST_SECONDS, "others have their own"
    assert taken(rate, "a", 101) == 5
    with pytest.raises(TooFast) as refused:
        rate.take("a", 101)
    assert refused.value.seconds == pytest.approx(0.2)
    assert taken(rate, "a", 10_000) == 5 * BURST_SECONDS


def test_the_memory_for_it_is_bounded() -> None:
    rate = Rate(1)
    for number in range(REMEMBERED + 10):
        rate.take(str(number), 0)
    assert len(rate._full_at) == REMEMBERED


def test_a_proxy_on_this_machine_is_not_everybody() -> None:
    rates = Rates.of(per_viewer=1, per_address=0.1)
    for _ in range(50):
        rates.take_address("127.0.0.1", 0)
        rates.take_address("::1", 0)
    rates.take_address("192.0.2.1", 0)
    with pytest.raises(TooFast):
        rates.take_address("192.0.2.1", 0)


async def test_a_viewer_who_asks_too_often_is_answered_429(served: Served, host: Session, guest: Session) -> None:
    # As if it had been a minute from now: until then nothing is left.
    taken(served.rates.viewer, host.account.id, asyncio.get_running_loop().time() + 60)
    refused = await ask(served, host)
    assert refused.status_code == 429
    assert 50 <= int(refused.headers["retry-after"]) <= 61
    assert refused.json()["errors"][0]["extensions"] == {"code": "TOO_MANY_REQUESTS"}
    assert (await ask(served, guest)).status_code == 200


async def test_over_a_socket_it_is_an_error_of_the_operation(served: Served, host: Session) -> None:
    taken(served.rates.viewer, host.account.id, asyncio.get_running_loop().time() + 60)
    async with connect(served.socket_url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(
            orjson.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {host.token}"}}).decode()
        )
        await socket.recv()
        await socket.send('{"id":"1","type":"subscribe","payload":{"query":"{ topics }"}}')
        refused = orjson.loads(await socket.recv())
        await socket.send('{"type":"ping"}')
        assert orjson.loads(await socket.recv())["type"] == "pong", "the socket is left alone"
    assert refused["type"] == "error"
    assert [one["extensions"]["code"] for one in refused["payload"]] == ["TOO_MANY_REQUESTS"]


async def ask(served: Served, who: Session) -> httpx2.Response:
    """Something easy."""
    return await served.http.post(
        served.url, json={"query": "{ topics }"}, headers={"Authorization": f"Bearer {who.token}"}
    )
