"""All stores in memory."""

from app.services.stores import Stores
from tests.fakes.agendas import MemoryAgendaStore
from tests.fakes.airings import MemoryAiringStore
from tests.fakes.attendance import MemoryAttendanceStore
from tests.fakes.clips import MemoryClipStore
from tests.fakes.conversations import MemoryConversationStore
from tests.fakes.feedback import MemoryFeedbackStore
from tests.fakes.idempotency import MemoryIdempotencyStore
from tests.fakes.inboxes import MemoryInboxStore
from tests.fakes.messages import MemoryMessageStore
from tests.fakes.moderation import MemoryModerationStore
from tests.fakes.pairs import MemoryBlockStore, MemoryFollowStore, MemoryPairStore
from tests.fakes.people import MemoryPersonStore
from tests.fakes.posts import MemoryPostStore
from tests.fakes.rates import MemoryRateStore
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.recordings import MemoryRecordingStore
from tests.fakes.reminders import MemoryReminderStore
from tests.fakes.removals import MemoryRemovalStore
from tests.fakes.reports import MemoryReportStore
from tests.fakes.revocations import MemoryRevocationStore
from tests.fakes.spaces import MemorySpaceStore
from tests.fakes.transcripts import MemoryTranscriptStore


def memory_stores(spaces: MemorySpaceStore | None = None) -> Stores:
    """Every port of `app.services.stores`, empty; over these Spaces, if any are given."""
    people, messages, spaces = MemoryPersonStore(), MemoryMessageStore(), spaces or MemorySpaceStore()
    return Stores(
        spaces=spaces,
        agendas=MemoryAgendaStore(spaces),
        reminders=MemoryReminderStore(),
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
        messages=messages,
        conversations=MemoryConversationStore(messages),
        rates=MemoryRateStore(),
        removals=MemoryRemovalStore(),
        reports=MemoryReportStore(),
        feedback=MemoryFeedbackStore(),
        idempotency=MemoryIdempotencyStore(),
        inboxes=MemoryInboxStore(),
        airings=MemoryAiringStore(),
        recordings=MemoryRecordingStore(),
        transcripts=MemoryTranscriptStore(),
    )
