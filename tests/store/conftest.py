"""Every store twice: the fake in memory and the real one, so that both keep one contract."""

from collections.abc import Callable
from typing import Any

import pytest

from app.services.stores import (
    AgendaStore,
    AiringStore,
    AttendanceStore,
    BlockStore,
    ClipStore,
    ConversationStore,
    FeedbackStore,
    FollowStore,
    IdempotencyStore,
    InboxStore,
    MessageStore,
    ModerationStore,
    PairStore,
    PersonStore,
    PostStore,
    RateStore,
    ReactionStore,
    RecordingStore,
    ReminderStore,
    RemovalStore,
    ReportStore,
    RevocationStore,
    SpaceStore,
    TranscriptStore,
)
from app.store.agendas import MongoAgendaStore
from app.store.airings import MongoAiringStore
from app.store.attendance import MongoAttendanceStore
from app.store.blocks import MongoBlockStore
from app.store.clips import MongoClipStore
from app.store.conversations import MongoConversationStore
from app.store.feedback import MongoFeedbackStore
from app.store.follows import MongoFollowStore
from app.store.idempotency import MongoIdempotencyStore
from app.store.inboxes import MongoInboxStore
from app.store.messages import MongoMessageStore
from app.store.moderation import MongoModerationStore
from app.store.pairs import MongoPairStore
from app.store.people import MongoPersonStore
from app.store.posts import MongoPostStore
from app.store.rates import MongoRateStore
from app.store.reactions import MongoReactionStore
from app.store.recordings import MongoRecordingStore
from app.store.reminders import MongoReminderStore
from app.store.removals import MongoRemovalStore
from app.store.reports import MongoReportStore
from app.store.revocations import MongoRevocationStore
from app.store.spaces import MongoSpaceStore
from app.store.transcripts import MongoTranscriptStore
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

BOTH = ["memory", "mongodb"]


def _chosen(request: pytest.FixtureRequest, memory: Callable[[], Any], mongodb: Callable[[Any], Any]) -> Any:
    return memory() if request.param == "memory" else mongodb(request.getfixturevalue("database"))


@pytest.fixture(params=BOTH)
def spaces(request: pytest.FixtureRequest) -> SpaceStore:
    store: SpaceStore = _chosen(request, MemorySpaceStore, MongoSpaceStore)
    return store


@pytest.fixture
def agendas(request: pytest.FixtureRequest, spaces: SpaceStore) -> AgendaStore:
    """Those of `spaces`."""
    if isinstance(spaces, MemorySpaceStore):
        return MemoryAgendaStore(spaces)
    return MongoAgendaStore(request.getfixturevalue("database"))


@pytest.fixture(params=BOTH)
def reminders(request: pytest.FixtureRequest) -> ReminderStore:
    store: ReminderStore = _chosen(request, MemoryReminderStore, MongoReminderStore)
    return store


@pytest.fixture(params=BOTH)
def people(request: pytest.FixtureRequest) -> PersonStore:
    store: PersonStore = _chosen(request, MemoryPersonStore, MongoPersonStore)
    return store


@pytest.fixture
def follows(request: pytest.FixtureRequest, people: PersonStore) -> FollowStore:
    """Beside `people`, in whose accounts it counts."""
    if isinstance(people, MemoryPersonStore):
        return MemoryFollowStore(people)
    return MongoFollowStore(request.getfixturevalue("database"))


@pytest.fixture(params=BOTH)
def blocks(request: pytest.FixtureRequest) -> BlockStore:
    store: BlockStore = _chosen(request, MemoryBlockStore, MongoBlockStore)
    return store


@pytest.fixture(params=BOTH)
def mutes(request: pytest.FixtureRequest) -> PairStore:
    store: PairStore = _chosen(request, MemoryPairStore, lambda database: MongoPairStore(database, "mutes"))
    return store


@pytest.fixture(params=BOTH)
def revocations(request: pytest.FixtureRequest) -> RevocationStore:
    store: RevocationStore = _chosen(request, MemoryRevocationStore, MongoRevocationStore)
    return store


@pytest.fixture(params=BOTH)
def attendance(request: pytest.FixtureRequest) -> AttendanceStore:
    store: AttendanceStore = _chosen(request, MemoryAttendanceStore, MongoAttendanceStore)
    return store


@pytest.fixture(params=BOTH)
def clips(request: pytest.FixtureRequest) -> ClipStore:
    store: ClipStore = _chosen(request, MemoryClipStore, MongoClipStore)
    return store


@pytest.fixture(params=BOTH)
def reactions(request: pytest.FixtureRequest) -> ReactionStore:
    store: ReactionStore = _chosen(request, MemoryReactionStore, MongoReactionStore)
    return store


@pytest.fixture(params=BOTH)
def idempotency(request: pytest.FixtureRequest) -> IdempotencyStore:
    store: IdempotencyStore = _chosen(request, MemoryIdempotencyStore, MongoIdempotencyStore)
    return store


@pytest.fixture(params=BOTH)
def inboxes(request: pytest.FixtureRequest) -> InboxStore:
    store: InboxStore = _chosen(request, MemoryInboxStore, MongoInboxStore)
    return store


@pytest.fixture(params=BOTH)
def moderation(request: pytest.FixtureRequest) -> ModerationStore:
    store: ModerationStore = _chosen(request, MemoryModerationStore, MongoModerationStore)
    return store


@pytest.fixture(params=BOTH)
def removals(request: pytest.FixtureRequest) -> RemovalStore:
    store: RemovalStore = _chosen(request, MemoryRemovalStore, MongoRemovalStore)
    return store


@pytest.fixture(params=BOTH)
def posts(request: pytest.FixtureRequest) -> PostStore:
    store: PostStore = _chosen(request, MemoryPostStore, MongoPostStore)
    return store


@pytest.fixture(params=BOTH)
def reports(request: pytest.FixtureRequest) -> ReportStore:
    store: ReportStore = _chosen(request, MemoryReportStore, MongoReportStore)
    return store


@pytest.fixture(params=BOTH)
def messages(request: pytest.FixtureRequest) -> MessageStore:
    store: MessageStore = _chosen(request, MemoryMessageStore, MongoMessageStore)
    return store


@pytest.fixture
def conversations(request: pytest.FixtureRequest, messages: MessageStore) -> ConversationStore:
    """Those that `messages` make."""
    if isinstance(messages, MemoryMessageStore):
        return MemoryConversationStore(messages)
    return MongoConversationStore(request.getfixturevalue("database"))


@pytest.fixture(params=BOTH)
def feedback(request: pytest.FixtureRequest) -> FeedbackStore:
    store: FeedbackStore = _chosen(request, MemoryFeedbackStore, MongoFeedbackStore)
    return store


@pytest.fixture(params=BOTH)
def rates(request: pytest.FixtureRequest) -> RateStore:
    store: RateStore = _chosen(request, MemoryRateStore, MongoRateStore)
    return store


@pytest.fixture(params=BOTH)
def airings(request: pytest.FixtureRequest) -> AiringStore:
    store: AiringStore = _chosen(request, MemoryAiringStore, MongoAiringStore)
    return store


@pytest.fixture(params=BOTH)
def transcripts(request: pytest.FixtureRequest) -> TranscriptStore:
    store: TranscriptStore = _chosen(request, MemoryTranscriptStore, MongoTranscriptStore)
    return store


@pytest.fixture(params=BOTH)
def recordings(request: pytest.FixtureRequest) -> RecordingStore:
    store: RecordingStore = _chosen(request, MemoryRecordingStore, MongoRecordingStore)
    return store
