"""Everything followed in this process: one channel for each Space, one sweep, one way out to the other processes."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Sequence
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from app.domain.events import Numbered
from app.domain.reactions import Reaction, ReactionTally, merge, tally
from app.domain.spaces import Space
from app.domain.transcripts import Phrase
from app.domain.voices import SILENCE, Voices
from app.feeds.channel import RETRY_SECONDS, Bus, Channel
from app.feeds.keeping import Followed, Keeping
from app.feeds.messages import Message, encode
from app.feeds.passing import BATCH_SECONDS
from app.feeds.telling import Telling
from app.services.ports import FeedItem
from app.services.stores import ReactionStore, SpaceStore

HEARTBEAT_SECONDS: Final = 10.0
"""How often all followed Spaces' versions are read; what the bus lost is found after this time at the latest."""
WAITING_MESSAGES: Final = 1024
"""Messages that wait for a bus that is slow; the oldest give way, and the sweep of every process finds them."""

TOGETHER_SECONDS: Final = 0.01
"""When the bus may have lost something it says so of one channel after the other: they are looked up together."""

Item = TypeVar("Item")

log = logging.getLogger(__name__)


class LiveFeeds:
    """The `Feeds` port: streams of Spaces and their reactions, for use inside `async with LiveFeeds(...) as feeds:`.

    Leaving the block ends all streams, after the reactions so far have been counted.
    """

    def __init__(
        self,
        spaces: SpaceStore,
        reactions: ReactionStore,
        bus: Bus,
        *,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._spaces = spaces
        self._reaction_store = reactions
        self._bus = bus
        self._telling = Telling(bus, "what happens in Spaces")
        self._telling_voices = Telling(bus, "who speaks")
        self._heartbeat_seconds = heartbeat_seconds
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()
        self._followed: dict[str, Followed] = {}
        self._keeping = Keeping(self._followed, self._channel, self._spawn)
        self._outgoing: asyncio.Queue[tuple[str, Message]] = asyncio.Queue(WAITING_MESSAGES)
        self._unsent: dict[str, tuple[ReactionTally, ...]] = {}
        self._uncounted: dict[str, Counter[str]] = {}
        self._on_air: dict[str, Voices] = {}
        self._unspoken: dict[str, Voices] = {}
        self._doubted: set[str] = set()
        self._in_doubt = asyncio.Event()
        self._to_speak = asyncio.Event()
        self._to_send = asyncio.Event()
        self._to_count = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        for work in (self._publish, self._sweep, self._settle, self._send_reactions, self._count_reactions):
            self._spawn(work())
        self._spawn(self._send_voices())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for followed in self._followed.values():
            followed.channel.end()
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)
        await self._count()

    @asynccontextmanager
    async def follow(self, space_id: str, after: int | None) -> AsyncIterator[AsyncIterator[FeedItem]]:
        """See `Feeds.follow`. Raises what the store raises when the Space cannot be read."""
        async with self._channel(space_id) as channel, aclosing(channel.follow(after)) as items:
            yield items

    @asynccontextmanager
    async def reactions(self, space_id: str) -> AsyncIterator[AsyncIterator[tuple[ReactionTally, ...]]]:
        """See `Feeds.reactions`."""
        async with self._channel(space_id) as channel:
            with channel.passing.reactions() as batches:
                async with aclosing(_each(batches)) as items:
                    yield items

    @asynccontextmanager
    async def captions(self, space_id: str) -> AsyncIterator[AsyncIterator[Phrase]]:
        """See `Feeds.captions`."""
        async with self._channel(space_id) as channel:
            with channel.passing.captions() as phrases:
                async with aclosing(_each(phrases)) as items:
                    yield items

    def caption(self, phrase: Phrase) -> None:
        """See `Feeds.caption`."""
        self._tell(phrase.space_id, Message(phrases=(phrase,)))

    async def announce(self, space_id: str, events: Sequence[Numbered]) -> None:
        """See `Feeds.announce`: followers here have the events at once, the bus takes them in its own time."""
        if followed := self._followed.get(space_id):
            followed.channel.offer(events)
        self._tell(space_id, Message(events=tuple(events)))

    def react(self, space_id: str, reaction: Reaction) -> None:
        """See `Feeds.react`."""
        self._unsent[space_id] = merge((*self._unsent.get(space_id, ()), *tally([reaction])))
        self._uncounted.setdefault(space_id, Counter())[reaction.emoji] += 1
        self._to_send.set()
        self._to_count.set()

    @asynccontextmanager
    async def voices(self, space_id: str) -> AsyncIterator[AsyncIterator[Voices]]:
        """See `Feeds.voices`."""
        async with self._channel(space_id) as channel:
            if space_id in self._on_air:
                channel.passing.hear(self._on_air[space_id])
            async with aclosing(channel.voices_told()) as items:
                yield items

    def speak(self, space_id: str, voices: Voices) -> None:
        """See `Feeds.speak`."""
        if voices.heard:
            self._on_air[space_id] = voices
        else:
            self._on_air.pop(space_id, None)
        if followed := self._followed.get(space_id):
            followed.channel.passing.hear(voices)
        self._unspoken[space_id] = voices
        self._to_speak.set()

    def speaking(self, space_id: str) -> Voices:
        """See `Feeds.speaking`."""
        if space_id in self._on_air:
            return self._on_air[space_id]
        followed = self._followed.get(space_id)
        return followed.channel.passing.voices if followed else SILENCE

    def known(self, space_id: str) -> Space | None:
        """See `Feeds.known`."""
        followed = self._followed.get(space_id)
        if followed is None:
            return None
        followed.is_wanted = True
        return followed.channel.known

    async def caught_up(self, space_id: str) -> Space | None:
        """See `Feeds.caught_up`."""
        if not self._keeping.ask(space_id) and space_id not in self._followed:
            return None
        try:
            async with self._channel(space_id) as channel:
                self._followed[space_id].is_wanted = True
                return await channel.caught_up()
        except Exception as error:
            log.warning("Space %s is not kept up with: %r", space_id, error)
            return None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @asynccontextmanager
    async def _channel(self, space_id: str) -> AsyncIterator[Channel]:
        """The Space's channel, which runs while anyone is in here."""
        followed = self._followed.get(space_id)
        if followed is None:
            channel = Channel(
                space_id,
                self._spaces,
                self._bus,
                on_air=lambda: self._on_air.get(space_id, SILENCE),
                doubt=lambda: self._doubt(space_id),
            )
            followed = self._followed[space_id] = Followed(channel, self._spawn(channel.run()))
        followed.followers += 1
        try:
            await followed.channel.opened()
            yield followed.channel
        finally:
            followed.followers -= 1
            if not followed.followers:
                del self._followed[space_id]
                followed.task.cancel()

    def _tell(self, space_id: str, message: Message) -> None:
        if self._outgoing.full():
            dropped, _ = self._outgoing.get_nowait()
            log.warning("the bus is too slow: a message about Space %s was dropped", dropped)
        self._outgoing.put_nowait((space_id, message))

    async def _publish(self) -> None:
        while True:
            space_id, message = await self._outgoing.get()
            await self._telling.tell(space_id, encode(message))

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_seconds)
            self._speak_again()
            channels = {space_id: followed.channel for space_id, followed in self._followed.items()}
            try:
                versions = await self._spaces.versions(channels) if channels else {}
            except Exception as error:
                log.warning("no heartbeat, the versions of Spaces cannot be read: %r", error)
                continue
            for space_id, channel in channels.items():
                channel.check(versions.get(space_id))

    def _doubt(self, space_id: str) -> None:
        self._doubted.add(space_id)
        self._in_doubt.set()

    async def _settle(self) -> None:
        """Looks up, together, the versions of Spaces of which something may have been missed."""
        while True:
            await self._in_doubt.wait()
            await asyncio.sleep(TOGETHER_SECONDS)
            self._in_doubt.clear()
            doubted, self._doubted = self._doubted, set()
            channels = {one: followed.channel for one in doubted if (followed := self._followed.get(one))}
            try:
                versions = await self._spaces.versions(channels) if channels else {}
            except Exception as error:
                log.warning("what was missed of Spaces cannot be looked up, their streams wait: %r", error)
                self._doubted |= doubted
                await asyncio.sleep(RETRY_SECONDS)
                self._in_doubt.set()
                continue
            for space_id, channel in channels.items():
                # Who is in doubt again is looked up again.
                if space_id not in self._doubted:
                    channel.settle(versions.get(space_id))

    async def _send_reactions(self) -> None:
        while True:
            await self._to_send.wait()
            self._to_send.clear()
            unsent, self._unsent = self._unsent, {}
            for space_id, tallies in unsent.items():
                self._tell(space_id, Message(reactions=tallies))
            await asyncio.sleep(BATCH_SECONDS)

    def _speak_again(self) -> None:
        """For processes that follow only now, or were told nothing for a while."""
        self._unspoken = {**self._on_air, **self._unspoken}
        if self._unspoken:
            self._to_speak.set()

    async def _send_voices(self) -> None:
        """Sends the newest of each Space, as fast as the bus takes them."""
        while True:
            await self._to_speak.wait()
            self._to_speak.clear()
            unspoken, self._unspoken = self._unspoken, {}
            for space_id, voices in unspoken.items():
                await self._telling_voices.tell(space_id, encode(Message(voices=voices)))

    async def _count_reactions(self) -> None:
        while True:
            await self._to_count.wait()
            self._to_count.clear()
            await self._count()
            await asyncio.sleep(BATCH_SECONDS)

    async def _count(self) -> None:
        """Writes the counts down; those the store does not take now wait for the next time."""
        for space_id in list(self._uncounted):
            counts = self._uncounted.pop(space_id)
            try:
                await self._reaction_store.add(space_id, counts)
            except Exception as error:
                log.warning("reactions in Space %s are not counted yet: %r", space_id, error)
                self._uncounted.setdefault(space_id, Counter()).update(counts)
                self._to_count.set()


async def _each(queue: asyncio.Queue[Item]) -> AsyncGenerator[Item, None]:
    while True:
        yield await queue.get()
