"""The audience: people who come, follow the events, react and go."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass

from app.demo import operations
from app.demo.client import Client, unique_handle
from app.demo.roster import Gap, Roster

SIGNING_UP_AT_ONCE = 4
STAY_SECONDS = (8.0, 60.0)
REACTION_SECONDS = (2.0, 20.0)


@dataclass
class Tally:
    """What the audience saw and did, for the closing line."""

    joined: int = 0
    left: int = 0
    events: int = 0
    reactions: int = 0


class Audience:
    """So many listeners; a fifth of them goes and comes back. Any error of theirs ends the demo."""

    def __init__(self, anyone: Client, space_id: str, run: str, size: int, chance: random.Random) -> None:
        self._anyone = anyone
        self._space_id = space_id
        self._run = run
        self._size = size
        self._chance = chance
        self._doors = asyncio.Semaphore(SIGNING_UP_AT_ONCE)
        self._emoji: list[str] = []
        self.tally = Tally()

    async def attend(self) -> None:
        """Everyone comes, a few at a time, and stays until cancelled. Raises `ApiError` or `Gap`."""
        roster = await self._anyone.call(operations.ROSTER, spaceId=self._space_id)
        self._emoji = roster["availableReactions"]
        async with asyncio.TaskGroup() as people:
            for number in range(self._size):
                people.create_task(self._listener(number), name=f"listener {number}")

    async def _listener(self, number: int) -> None:
        async with self._doors:
            person = await sign_up(self._anyone, "Listener", f"Listener {number + 1}", self._run)
        while True:
            await self._visit(person, restless=number % 5 == 0)
            await asyncio.sleep(self._chance.uniform(1, 5))

    async def _visit(self, person: Client, *, restless: bool) -> None:
        await person.call(operations.JOIN_SPACE, spaceId=self._space_id)
        self.tally.joined += 1
        with suppress(TimeoutError):
            async with asyncio.timeout(self._chance.uniform(*STAY_SECONDS) if restless else None):
                async with asyncio.TaskGroup() as doing:
                    doing.create_task(self._follow(person))
                    doing.create_task(self._react(person))
        await person.call(operations.LEAVE_SPACE, spaceId=self._space_id)
        self.tally.left += 1

    async def _follow(self, person: Client) -> None:
        version: int | None = None
        async with person.subscribe(operations.VERSIONS, spaceId=self._space_id) as events:
            async for event in events:
                self.tally.events += 1
                follows = event["version"] - (version if version is not None else event["version"])
                if follows not in (0, 1) and event["__typename"] != "SpaceSnapshot":
                    raise Gap(f"a listener saw version {event['version']} after {version}")
                version = event["version"]

    async def _react(self, person: Client) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(*REACTION_SECONDS))
            emoji = self._chance.choice(self._emoji)
            await person.call(operations.SEND_REACTION, spaceId=self._space_id, emoji=emoji)
            self.tally.reactions += 1


async def sign_up(anyone: Client, stem: str, name: str, run: str) -> Client:
    """A new account under a handle of this run's own."""
    session = await anyone.call(
        operations.SIGN_UP, handle=unique_handle(stem, run), displayName=name, password=f"password-{run}"
    )
    return anyone.as_person(session["token"])


async def watch(person: Client, space_id: str, roster: Roster) -> None:
    """Keeps the roster by events until the Space ends. Raises `Gap` or `ApiError`."""
    async with person.subscribe(operations.SPACE_EVENTS, spaceId=space_id) as events:
        async for event in events:
            roster.apply(event)
