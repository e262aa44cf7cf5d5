"""The stores in memory, for tests of the use cases; the same contract suite checks them and the real ones."""

from collections import Counter, deque
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.attendance import Attendance
from app.domain.clips import Clip
from app.domain.events import Numbered, SpaceEvent
from app.domain.moderation import LogEntry
from app.domain.people import Account, folded
from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState, evolve
from app.services.ports import HandleExists, Node, VersionConflict

RING_SIZE = 128


@dataclass
class StoredSpace:
    """A Space and its last events."""

    space: Space
    unpurged: bool = False
    ring: deque[Numbered] = field(default_factory=lambda: deque(maxlen=RING_SIZE))


class MemorySpaceStore:
    """`SpaceStore` in a dict."""

    def __init__(self) -> None:
        self._spaces: dict[str, StoredSpace] = {}

    async def add(self, space: Space) -> None:
        self._spaces[space.id] = StoredSpace(space)

    async def get(self, space_id: str) -> Space | None:
        stored = self._spaces.get(space_id)
        return stored.space if stored else None

    async def get_many(self, space_ids: Collection[str]) -> list[Space]:
        return [self._spaces[space_id].space for space_id in set(space_ids) & self._spaces.keys()]

    async def save(self, before: Space, events: Sequence[SpaceEvent]) -> tuple[Space, list[Numbered]]:
        after, numbered = evolve(before, events)
        if not numbered:
            return after, []
        stored = self._spaces.get(before.id)
        if stored is None or stored.space.version != before.version:
            raise VersionConflict
        stored.space = after
        stored.ring.extend(numbered)
        if after.state is SpaceState.DELETED:
            stored.unpurged = True
            stored.ring = deque(numbered[-1:], maxlen=RING_SIZE)
        return after, numbered

    async def unpurged(self) -> list[str]:
        return [space_id for space_id, stored in self._spaces.items() if stored.unpurged]

    async def purged(self, space_id: str) -> None:
        self._spaces[space_id].unpurged = False

    async def events_after(self, space_id: str, version: int) -> list[Numbered] | None:
        stored = self._spaces.get(space_id)
        if stored is None:
            return None
        missed = [one for one in stored.ring if one.version > version]
        return missed if len(missed) == stored.space.version - version else None

    async def versions(self, space_ids: Collection[str]) -> Mapping[str, int]:
        return {space.id: space.version for space in await self.get_many(space_ids)}

    async def live(self, *, limit: int, after: str | None = None) -> list[Space]:
        keyed = [(one.started_at, one.id, one) async for one in self.all_live() if one.started_at]
        newest = sorted(keyed, reverse=True)
        if after is not None:
            last = await self.get(after)
            if last is None or last.started_at is None:
                return []
            newest = [one for one in newest if one[:2] < (last.started_at, last.id)]
        return [space for _, _, space in newest[:limit]]

    async def all_live(self) -> AsyncIterator[Space]:
        for stored in list(self._spaces.values()):
            if stored.space.state is SpaceState.LIVE:
                yield stored.space

    async def open_of(self, host_id: str) -> list[Space]:
        own = [one.space for one in self._spaces.values() if one.space.host.id == host_id]
        return [space for space in own if space.state in (SpaceState.PREPARING, SpaceState.LIVE)]

    async def inviting(self, person_id: str) -> list[Space]:
        found = [one.space for one in self._spaces.values() if one.space.invitation(person_id)]
        return sorted(found, key=lambda space: (space.created_at, space.id), reverse=True)


class MemoryPersonStore:
    """`PersonStore` in a dict."""

    def __init__(self) -> None:
        self._people: dict[str, Account] = {}

    async def add(self, account: Account) -> None:
        taken = await self.by_handle(account.handle)
        if taken or (account.subject is not None and await self.by_subject(account.subject)):
            raise HandleExists(account.handle)
        self._people[account.id] = account

    async def get(self, person_id: str) -> Account | None:
        return self._people.get(person_id)

    async def get_many(self, person_ids: Collection[str]) -> list[Account]:
        return [self._people[person_id] for person_id in set(person_ids) & self._people.keys()]

    async def by_handle(self, handle: str) -> Account | None:
        return next((one for one in self._people.values() if one.handle.casefold() == handle.casefold()), None)

    async def by_subject(self, subject: str) -> Account | None:
        return next((one for one in self._people.values() if one.subject == subject), None)

    async def update(self, person_id: str, *, display_name: str | None, bio: str | None) -> Account | None:
        account = self._people.get(person_id)
        if account is None:
            return None
        name = account.display_name if display_name is None else display_name
        self._people[person_id] = replace(account, display_name=name, bio=account.bio if bio is None else bio)
        return self._people[person_id]

    async def search(self, prefix: str, *, limit: int, after: str | None = None) -> list[Account]:
        def place(account: Account) -> tuple[bool, str, str]:
            by_handle = folded(account.handle).startswith(folded(prefix))
            return not by_handle, folded(account.handle if by_handle else account.display_name), account.id

        last = self._people.get(after) if after is not None else None
        if after is not None and last is None:
            return []
        names = [one for one in self._people.values() if folded(one.handle).startswith(folded(prefix))]
        names += [one for one in self._people.values() if folded(one.display_name).startswith(folded(prefix))]
        found = sorted({place(one): one for one in names}.items())
        return [one for key, one in found if last is None or key > place(last)][:limit]

    def count_follow(self, by: str, of: str, change: int) -> None:
        """What a `FollowStore` does to the accounts that there are."""
        if account := self._people.get(of):
            self._people[of] = replace(account, follower_count=account.follower_count + change)
        if account := self._people.get(by):
            self._people[by] = replace(account, following_count=account.following_count + change)


class MemoryAttendanceStore:
    """`AttendanceStore` in two dicts."""

    def __init__(self) -> None:
        self._present: dict[tuple[str, str], Attendance] = {}
        self._anonymous: dict[tuple[str, str], tuple[int, datetime]] = {}

    async def join(self, space_id: str, person: Person, *, now: datetime, until: datetime) -> Attendance:
        key = (space_id, person.id)
        self._present.setdefault(key, Attendance(space_id, person, now, until))
        await self.renew([key], until=until)
        return self._present[key]

    async def leave(self, space_id: str, person_id: str) -> bool:
        return self._present.pop((space_id, person_id), None) is not None

    async def get(self, space_id: str, person_id: str) -> Attendance | None:
        return self._present.get((space_id, person_id))

    async def renew(self, attendances: Iterable[tuple[str, str]], *, until: datetime) -> None:
        for key in set(attendances) & self._present.keys():
            there = self._present[key]
            self._present[key] = replace(there, seen_until=max(there.seen_until, until))

    async def lapsed(self, now: datetime, *, limit: int) -> list[Attendance]:
        over = [one for one in self._present.values() if one.seen_until <= now]
        return sorted(over, key=lambda one: one.seen_until)[:limit]

    async def leave_lapsed(self, space_id: str, person_id: str, now: datetime) -> bool:
        there = self._present.get((space_id, person_id))
        return there is not None and there.seen_until <= now and await self.leave(space_id, person_id)

    async def count(self, space_id: str, *, without: Collection[str]) -> int:
        return len(self._in_space(space_id, without))

    async def page(
        self, space_id: str, *, without: Collection[str], limit: int, after: tuple[datetime, str] | None = None
    ) -> list[Attendance]:
        keyed = sorted((one.joined_at, one.person.id, one) for one in self._in_space(space_id, without))
        return [one for *key, one in keyed if after is None or tuple(key) > after][:limit]

    async def close(self, space_id: str) -> None:
        self._present = {key: one for key, one in self._present.items() if key[0] != space_id}
        self._anonymous = {key: one for key, one in self._anonymous.items() if key[0] != space_id}

    async def set_anonymous(self, space_id: str, node_id: str, count: int, *, until: datetime) -> None:
        self._anonymous[space_id, node_id] = (count, until)

    async def anonymous(self, space_id: str, now: datetime) -> int:
        leases = [lease for key, lease in self._anonymous.items() if key[0] == space_id]
        return sum(count for count, until in leases if until > now)

    def _in_space(self, space_id: str, without: Collection[str]) -> list[Attendance]:
        return [one for one in self._present.values() if one.space_id == space_id and one.person.id not in without]


class MemoryClipStore:
    """`ClipStore` in a dict."""

    def __init__(self) -> None:
        self._clips: dict[str, Clip] = {}

    async def add(self, clip: Clip) -> None:
        self._clips[clip.id] = clip

    async def delete(self, clip_id: str) -> None:
        self._clips.pop(clip_id, None)

    async def get(self, clip_id: str) -> Clip | None:
        return self._clips.get(clip_id)

    async def get_many(self, clip_ids: Collection[str]) -> list[Clip]:
        return [self._clips[clip_id] for clip_id in set(clip_ids) & self._clips.keys()]

    async def of_space(self, space_id: str, *, limit: int, after: tuple[datetime, str] | None = None) -> list[Clip]:
        own = [one for one in self._clips.values() if one.space_id == space_id]
        newest = sorted(own, key=lambda one: (one.created_at, one.id), reverse=True)
        return [one for one in newest if after is None or (one.created_at, one.id) < after][:limit]


class MemoryModerationStore:
    """`ModerationStore` in a list."""

    def __init__(self) -> None:
        self._entries: list[LogEntry] = []

    async def append(self, entries: Sequence[LogEntry]) -> None:
        self._entries.extend(entries)

    async def of_space(self, space_id: str, *, limit: int, before: int | None = None) -> list[LogEntry]:
        own = [one for one in self._entries if one.space_id == space_id and (before is None or one.version < before)]
        return sorted(own, key=lambda one: one.version, reverse=True)[:limit]


class MemoryReactionStore:
    """`ReactionStore` in counters."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    async def add(self, space_id: str, counts: Mapping[str, int]) -> None:
        self._counts.setdefault(space_id, Counter()).update(counts)

    async def counts(self, space_id: str) -> Mapping[str, int]:
        return dict(self._counts.get(space_id, {}))

    async def forget(self, space_id: str) -> None:
        self._counts.pop(space_id, None)


class MemoryAiringStore:
    """`AiringStore` in a dict."""

    def __init__(self) -> None:
        self._leases: dict[str, tuple[Node, datetime]] = {}

    async def claim(self, space_id: str, node: Node, *, now: datetime, until: datetime) -> Node:
        holder = await self.holder(space_id, now)
        if holder is None or holder.id == node.id:
            self._leases[space_id] = (node, until)
            return node
        return holder

    async def holder(self, space_id: str, now: datetime) -> Node | None:
        node, until = self._leases.get(space_id, (None, now))
        return node if until > now else None

    async def release(self, space_id: str, node_id: str) -> None:
        node, _ = self._leases.get(space_id, (None, None))
        if node and node.id == node_id:
            del self._leases[space_id]
