"""`python -m tests.bench.peers.strawberry_server GUESTS`: Strawberry's own ASGI application on uvicorn, as installed.

It serves the Space of `space.mjs`, and says and obeys the same on stdout and stdin.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Final

import strawberry
import uvicorn
from strawberry.asgi import GraphQL

from app.web.serving import bind

SPACE_ID: Final = "U3BhY2U6eA=="
AT: Final = "2031-05-01T18:00:00.000Z"


@strawberry.type
class User:
    id: strawberry.ID
    handle: str
    display_name: str


@strawberry.type
class Seat:
    user: User
    role: str
    is_muted: bool


@strawberry.type
class Space:
    id: strawberry.ID
    title: str
    state: str
    url: str
    version: int
    topics: list[str]
    listener_count: int
    anonymous_listener_count: int
    is_recording: bool
    host: User
    stage: list[Seat]


@strawberry.interface
class SpaceEvent:
    version: int
    at: str


@strawberry.type
class SpaceSnapshot(SpaceEvent):
    pass


@strawberry.type
class MicrophoneOpened(SpaceEvent):
    user_id: strawberry.ID


@strawberry.type
class MicrophoneClosed(SpaceEvent):
    user_id: strawberry.ID
    closed_by_id: strawberry.ID | None


class Stage:
    """The Space and who follows it: each with a queue, as Strawberry's documentation does it."""

    def __init__(self, guests: int) -> None:
        users = [
            User(id=strawberry.ID(f"VXNlcjppZDA{n}"), handle=f"user{n}", display_name=f"Guest {n}")
            for n in range(guests + 1)
        ]
        self.space = Space(
            id=strawberry.ID(SPACE_ID),
            title="A Space to measure",
            state="LIVE",
            url="http://127.0.0.1/spaces/x",
            version=1,
            topics=[],
            listener_count=0,
            anonymous_listener_count=0,
            is_recording=False,
            host=users[0],
            stage=[Seat(user=user, role="SPEAKER", is_muted=True) for user in users],
        )
        self.followers: dict[asyncio.Queue[SpaceEvent], None] = {}

    async def follow(self) -> AsyncIterator[SpaceEvent]:
        """The state, then each event."""
        coming: asyncio.Queue[SpaceEvent] = asyncio.Queue()
        self.followers[coming] = None
        try:
            yield SpaceSnapshot(version=self.space.version, at=AT)
            while True:
                yield await coming.get()
        finally:
            del self.followers[coming]

    def change(self) -> None:
        """The host's microphone is closed or opened, whichever it was not."""
        self.space.version += 1
        version, host = self.space.version, self.space.host.id
        event: SpaceEvent = MicrophoneOpened(version=version, at=AT, user_id=host)
        if version % 2 == 0:
            event = MicrophoneClosed(version=version, at=AT, user_id=host, closed_by_id=host)
        for one in self.followers:
            one.put_nowait(event)


def schema_of(stage: Stage) -> strawberry.Schema:
    """The schema whose resolvers answer with this Space."""

    @strawberry.type
    class Query:
        @strawberry.field
        def space(self, id: strawberry.ID) -> Space | None:
            return stage.space

    @strawberry.type
    class Subscription:
        @strawberry.subscription
        def space_events(self, space_id: strawberry.ID) -> AsyncIterator[SpaceEvent]:
            return stage.follow()

    return strawberry.Schema(
        Query, subscription=Subscription, types=[SpaceSnapshot, MicrophoneOpened, MicrophoneClosed]
    )


async def serve(guests: int) -> None:
    """Until stdin ends."""
    stage, loop = Stage(guests), asyncio.get_running_loop()
    config = uvicorn.Config(GraphQL(schema_of(stage)), log_level="warning", access_log=False, lifespan="off")
    with bind("127.0.0.1", 0) as listening:
        serving = asyncio.create_task(uvicorn.Server(config).serve([listening]))
        print(listening.getsockname()[1], SPACE_ID, flush=True)
        lines = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while line := await lines.readline():
            begun = loop.time()
            for _ in range(int(line)):
                stage.change()
            print(begun, flush=True)
        serving.cancel()
        await asyncio.wait([serving])


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
