"""Stores: what the use cases ask of the database, a file per noun. `app.store` implements them over MongoDB."""

from dataclasses import dataclass

from app.services.stores.agendas import AgendaStore
from app.services.stores.airings import AiringStore, Node
from app.services.stores.attendance import AttendanceStore
from app.services.stores.clips import ClipExists, ClipStore
from app.services.stores.conversations import ConversationStore
from app.services.stores.feedback import FeedbackStore
from app.services.stores.idempotency import IdempotencyStore
from app.services.stores.inboxes import InboxStore
from app.services.stores.messages import MessageStore
from app.services.stores.moderation import ModerationStore
from app.services.stores.pairs import BlockStore, FollowStore, Pair, PairStore
from app.services.stores.people import HandleExists, PersonStore
from app.services.stores.posts import PostStore
from app.services.stores.rates import RateStore
from app.services.stores.reactions import ReactionStore
from app.services.stores.recordings import RecordingStore
from app.services.stores.reminders import ReminderStore
from app.services.stores.removals import RemovalStore
from app.services.stores.reports import ReportFilter, ReportStore
from app.services.stores.revocations import RevocationStore
from app.services.stores.spaces import IdTaken, Letter, SlotsTaken, SpaceStore, VersionConflict
from app.services.stores.transcripts import Stretch, TranscriptStore

__all__ = [
    "AgendaStore",
    "AiringStore",
    "AttendanceStore",
    "BlockStore",
    "ClipExists",
    "ClipStore",
    "ConversationStore",
    "FeedbackStore",
    "FollowStore",
    "HandleExists",
    "IdTaken",
    "IdempotencyStore",
    "InboxStore",
    "Letter",
    "MessageStore",
    "ModerationStore",
    "Node",
    "Pair",
    "PairStore",
    "PersonStore",
    "PostStore",
    "RateStore",
    "ReactionStore",
    "RecordingStore",
    "ReminderStore",
    "RemovalStore",
    "ReportFilter",
    "ReportStore",
    "RevocationStore",
    "SlotsTaken",
    "SpaceStore",
    "Stores",
    "Stretch",
    "TranscriptStore",
    "VersionConflict",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """All of them, over one database."""

    spaces: SpaceStore
    agendas: AgendaStore
    reminders: ReminderStore
    people: PersonStore
    follows: FollowStore
    blocks: BlockStore
    mutes: PairStore
    revocations: RevocationStore
    attendance: AttendanceStore
    clips: ClipStore
    reactions: ReactionStore
    moderation: ModerationStore
    removals: RemovalStore
    reports: ReportStore
    feedback: FeedbackStore
    posts: PostStore
    messages: MessageStore
    conversations: ConversationStore
    rates: RateStore
    idempotency: IdempotencyStore
    inboxes: InboxStore
    airings: AiringStore
    recordings: RecordingStore
    transcripts: TranscriptStore
