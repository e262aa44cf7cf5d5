"""All stores over one MongoDB database."""

from app.services.stores import Stores
from app.store.agendas import MongoAgendaStore
from app.store.airings import MongoAiringStore
from app.store.attendance import MongoAttendanceStore
from app.store.blocks import MongoBlockStore
from app.store.clips import MongoClipStore
from app.store.conversations import MongoConversationStore
from app.store.database import Database
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


def mongo_stores(database: Database) -> Stores:
    """Every port of `app.services.stores`."""
    return Stores(
        spaces=MongoSpaceStore(database),
        agendas=MongoAgendaStore(database),
        reminders=MongoReminderStore(database),
        people=MongoPersonStore(database),
        follows=MongoFollowStore(database),
        blocks=MongoBlockStore(database),
        mutes=MongoPairStore(database, "mutes"),
        revocations=MongoRevocationStore(database),
        attendance=MongoAttendanceStore(database),
        clips=MongoClipStore(database),
        reactions=MongoReactionStore(database),
        moderation=MongoModerationStore(database),
        posts=MongoPostStore(database),
        messages=MongoMessageStore(database),
        conversations=MongoConversationStore(database),
        rates=MongoRateStore(database),
        removals=MongoRemovalStore(database),
        reports=MongoReportStore(database),
        feedback=MongoFeedbackStore(database),
        idempotency=MongoIdempotencyStore(database),
        inboxes=MongoInboxStore(database),
        airings=MongoAiringStore(database),
        recordings=MongoRecordingStore(database),
        transcripts=MongoTranscriptStore(database),
    )
