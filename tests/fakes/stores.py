"""All stores in memory."""

from app.services.stores import Stores
from tests.fakes.airings import MemoryAiringStore
from tests.fakes.attendance import MemoryAttendanceStore
from tests.fakes.clips import MemoryClipStore
from tests.fakes.idempotency import MemoryIdempotencyStore
from tests.fakes.inboxes import MemoryInboxStore
from tests.fakes.messages import MemoryMessageStore
from tests.fakes.moderation import MemoryModerationStore
from tests.fakes.pairs import MemoryBlockStore, MemoryFollowStore, MemoryPairStore
from tests.fakes.people import MemoryPersonStore
from tests.fakes.posts import MemoryPostStore
from tests.fakes.rates import MemoryRateStore
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.revocations import MemoryRevocationStore
from tests.fakes.spaces import MemorySpaceStore


def memory_stores() -> Stores:
    """Every port of `app.services.stores`, empty."""
    people = MemoryPersonStore()
    return Stores(
        spaces=MemorySpaceStore(),
        people=people,
        follows=MemoryFollowStore(people),
        blocks=MemoryBlockStore(),
        mutes=MemoryPairStore(),
        revocations=MemoryRevocationStore(),
        attendance=MemoryAttendanceStore(),
        clips=MemoryClipStore(),
        reactions=MemoryReactionStore(),
        moderation=MemoryModerationStore(),
        posts=MemoryPostStore(),
        messages=MemoryMessageStore(),
        rates=MemoryRateStore(),
        idempotency=MemoryIdempotencyStore(),
        inboxes=MemoryInboxStore(),
        airings=MemoryAiringStore(),
    )
