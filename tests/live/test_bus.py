"""The bus's promises, kept by memory and by a real Redis alike; and what a Redis that fails does to it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis import asyncio as redis

import app.bus.redis
from app.bus.backends import MAILBOX_SIZE, BusUnavailable
from app.bus.bus import Bus
from tests.live.redis_server import RedisServer, running_redis
from tests.waiting import DEADLINE, until


async def receive(messages: AsyncIterator[bytes | None]) -> bytes | None:
    async with asyncio.timeout(DEADLINE):
        return await anext(messages)


async def receive_until(messages: AsyncIterator[bytes | None], last: bytes) -> list[bytes | None]:
    received = [await receive(messages)]
    while received[-1] != last:
        received.append(await receive(messages))
    return received


async def test_every_subscription_of_a_space_gets_its_messages_in_order(bus: Bus) -> None:
    sent = [str(number).encode() for number in range(100)]
    async with bus.subscribe("a") as first, bus.subscribe("a") as second, bus.subscribe("b") as other:
        for message in sent:
            await bus.publish("a", message)
        await bus.publish("b", b"another Space")
        assert [await receive(first) for _ in sent] == sent
        assert [await receive(second) for _ in sent] == sent
        assert await receive(other) == b"another Space"


async def test_any_bytes_pass(bus: Bus) -> None:
    async with bus.subscribe("a") as messages:
        await bus.publish("a", bytes(range(256)))
        assert await receive(messages) == bytes(range(256))


async def test_what_is_published_right_after_entering_is_heard_by_all_who_come_first_at_once(bus: Bus) -> None:
    async def hear(space_id: str, message: bytes) -> None:
        async with bus.subscribe(space_id) as messages:
            await bus.publish(space_id, message)
            assert message in await receive_until(messages, message)

    async with asyncio.timeout(DEADLINE), asyncio.TaskGroup() as group:
        for number in range(60):
            group.create_task(hear(f"space {number % 5}", str(number).encode()))


async def test_a_space_left_and_entered_again_is_heard_again(bus: Bus) -> None:
    for number in range(20):
        message = str(number).encode()
        async with bus.subscribe("a") as messages:
            await bus.publish("a", message)
            assert await receive(messages) == message


async def test_subscriptions_cancelled_at_any_point_leave_the_others_whole(bus: Bus) -> None:
    async def subscribe_for_ever() -> None:
        async with bus.subscribe("a") as messages:
            async for _ in messages:
                pass

    async with bus.subscribe("a") as messages:
        for turns in range(12):
            task = asyncio.create_task(subscribe_for_ever())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await bus.publish("a", b"still there")
        assert await receive(messages) == b"still there"


async def test_a_subscriber_that_falls_behind_is_told_and_goes_on(bus: Bus) -> None:
    async with bus.subscribe("a") as slow, bus.subscribe("a") as fast:
        for number in range(MAILBOX_SIZE + 1):
            message = str(number).encode()
            await bus.publish("a", message)
            assert await receive(fast) == message
        assert await receive(slow) is None
        await bus.publish("a", b"next")
        assert await receive(slow) == b"next"


async def test_two_processes_hear_each_other_through_redis(redis_server: RedisServer) -> None:
    async with Bus(redis_server.url) as one, Bus(redis_server.url) as two, two.subscribe("a") as messages:
        await one.publish("a", b"from the other process")
        assert await receive(messages) == b"from the other process"


async def test_after_a_redis_that_was_killed_every_subscription_knows_of_the_gap_and_goes_on() -> None:
    async with (
        running_redis() as server,
        Bus(server.url) as bus,
        bus.subscribe("a") as first,
        bus.subscribe("b") as second,
    ):
        await server.kill()
        assert [await receive(first), await receive(second)] == [None, None], "it is lost"
        with pytest.raises(BusUnavailable, match="did not take a message: the connection is lost"):
            await bus.publish("a", b"lost")
        await server.start()
        await until(lambda: bus.is_up, "the bus is back")
        await bus.publish("a", b"again")
        await bus.publish("b", b"again")
        assert None in await receive_until(first, b"again"), "what was published until now is missing"
        assert None in await receive_until(second, b"again")


async def test_while_redis_is_away_those_who_subscribe_are_not_held_up_and_look_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app.bus.redis, "HEARD_SECONDS", 1000)
    monkeypatch.setattr(app.bus.redis, "AWAY_SECONDS", 0.05)
    monkeypatch.setattr(app.bus.redis, "RECONNECT_SECONDS", 0.05)
    async with running_redis() as server, Bus(server.url) as bus:
        await server.kill()
        async with asyncio.timeout(DEADLINE), bus.subscribe("a") as messages:
            assert [await receive(messages) for _ in range(3)] == [None] * 3
            assert not bus.is_up
            async with bus.subscribe("b") as late:
                await server.start()
                await until(lambda: bus.is_up, "the bus is back")
                for heard, channel in ((messages, "a"), (late, "b")):
                    await bus.publish(channel, b"heard")
                    assert None in await receive_until(heard, b"heard")


async def allow_publishing(operator: redis.Redis, sign: str) -> None:
    """What a Redis that is short of memory does, or a proxy: it delivers, and takes nothing (-), or does again (+)."""
    await operator.execute_command("ACL", "SETUSER", "default", f"{sign}publish")  # type: ignore[no-untyped-call]


async def test_what_redis_did_not_take_is_known_to_those_who_hear_all_else(redis_server: RedisServer) -> None:
    async with (
        Bus(redis_server.url) as one,
        Bus(redis_server.url) as two,
        two.subscribe("a") as told,
        two.subscribe("b") as other,
        redis.Redis.from_url(redis_server.url) as operator,
    ):
        await allow_publishing(operator, "-")
        with pytest.raises(BusUnavailable, match="no permissions"):
            await one.publish("a", b"lost")
        assert (one.is_up, two.is_up) == (True, True)
        await allow_publishing(operator, "+")
        assert await receive(told) is None
        await one.publish("b", b"nothing is missing here")
        assert await receive(other) == b"nothing is missing here"


async def test_of_too_many_losses_everyone_is_told(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.bus.redis, "OWED", 1)
    monkeypatch.setattr(app.bus.redis, "RECONNECT_SECONDS", 0.05)
    async with (
        Bus(redis_server.url) as bus,
        bus.subscribe("a") as told,
        redis.Redis.from_url(redis_server.url) as operator,
    ):
        await allow_publishing(operator, "-")
        for space_id in ("b", "c", "d"):
            with pytest.raises(BusUnavailable):
                await bus.publish(space_id, b"lost")
        await allow_publishing(operator, "+")
        assert await receive(told) is None


async def test_a_redis_that_hangs_at_the_start_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.bus.redis, "REDIS_SECONDS", 0.2)
    async with running_redis() as server:
        server.freeze()
        with pytest.raises(BusUnavailable, match=r"cannot be used: no answer for 0\.2 s"):
            async with Bus(server.url):
                pass


async def test_a_redis_that_hangs_is_found_out_and_waits_for_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(app.bus.redis, "PING_SECONDS", 0.1)
    monkeypatch.setattr(app.bus.redis, "REDIS_SECONDS", 0.2)
    async with running_redis() as server, Bus(server.url) as bus, bus.subscribe("a") as messages:
        server.freeze()
        with pytest.raises(BusUnavailable, match=r"no answer for 0\.2 s|the connection is lost"):
            await bus.publish("a", b"lost")
        assert await receive(messages) is None
        assert "no answer to a ping" in caplog.text
        async with bus.subscribe("b"):
            assert not bus.is_up
        server.thaw()
        await until(lambda: bus.is_up, "the bus is back")
        assert "Redis is back" in caplog.text
        await bus.publish("a", b"again")
        assert None in await receive_until(messages, b"again")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("amqp://localhost", "must start with memory:// or redis://"),
        ("redis://127.0.0.1:1", r"Redis at BROADCAST_URL cannot be used: .*127\.0\.0\.1:1"),
    ],
)
async def test_a_bus_that_cannot_be_is_one_clear_sentence(url: str, sentence: str) -> None:
    with pytest.raises(BusUnavailable, match=sentence):
        async with Bus(url):
            pass
