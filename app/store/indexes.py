"""Indexes: what makes each query of the store fast, and each thing unique that must be."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import OperationFailure

EVER: Final = datetime.fromtimestamp(0, UTC)
"""Before every time: a query served by an index of those that have a time at all says `{"$gt": EVER}` too."""
DEAD_LEASE_SECONDS: Final = 3600
"""When MongoDB removes the count of a process that died."""
_DRAFTS: Final = {"expires_at": {"$gt": EVER}}

PROMISE_SECONDS: Final = 24 * 3600
"""How long a client may repeat a command under its idempotency key."""

FACETS_BY_START: Final = "facets_by_start"
FACETS_BY_AUDIENCE: Final = "facets_by_audience"
FACETS_BY_SCHEDULE: Final = "facets_by_schedule"

_LIVE: Final = {"state": "LIVE"}
_SCHEDULED: Final = {"state": "SCHEDULED"}
_RECORDED: Final = {"state": "ENDED", "recording_enabled": True}

_INDEXES: Final = {
    "spaces": [
        IndexModel([("state", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)]),
        # Facets first: of several that are asked for MongoDB tries each, and goes on with what finds least.
        IndexModel(
            [("facets", ASCENDING), ("state", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)],
            name=FACETS_BY_START,
        ),
        IndexModel(
            [("state", ASCENDING), ("audience", DESCENDING), ("_id", DESCENDING)], partialFilterExpression=_LIVE
        ),
        IndexModel(
            [("facets", ASCENDING), ("audience", DESCENDING), ("_id", DESCENDING)],
            name=FACETS_BY_AUDIENCE,
            partialFilterExpression=_LIVE,
        ),
        IndexModel(
            [("state", ASCENDING), ("schedule.start", ASCENDING), ("_id", ASCENDING)],
            partialFilterExpression=_SCHEDULED,
        ),
        IndexModel(
            [("facets", ASCENDING), ("schedule.start", ASCENDING), ("_id", ASCENDING)],
            name=FACETS_BY_SCHEDULE,
            partialFilterExpression=_SCHEDULED,
        ),
        IndexModel([("stage.person.id", ASCENDING)], partialFilterExpression=_LIVE),
        IndexModel([("invitations.person.id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("unpurged", ASCENDING)], sparse=True),
        # Of a field that is not there the index says null: so Spaces are in it that ended before it was.
        IndexModel(
            [("recording_deleted_at", ASCENDING), ("measured", ASCENDING), ("ended_at", ASCENDING)],
            partialFilterExpression=_RECORDED,
        ),
        IndexModel([("shared_posts.post_id", ASCENDING)], sparse=True),
        IndexModel([("outbox.type", ASCENDING)], sparse=True),
        IndexModel(
            [
                ("host.id", ASCENDING),
                ("state", ASCENDING),
                ("recording_enabled", ASCENDING),
                ("recording_deleted_at", ASCENDING),
                ("ended_at", DESCENDING),
                ("_id", DESCENDING),
            ]
        ),
        IndexModel(
            [("host.id", ASCENDING), ("slot", ASCENDING)],
            unique=True,
            partialFilterExpression={"slot": {"$exists": True}},
        ),
        IndexModel(
            [("host.id", ASCENDING), ("schedule.start", DESCENDING), ("_id", DESCENDING)],
            partialFilterExpression={"schedule.start": {"$exists": True}},
        ),
        IndexModel([("agenda.at", ASCENDING)], sparse=True),
    ],
    "people": [
        IndexModel([("folded_handle", ASCENDING)], unique=True),
        IndexModel([("folded_name", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("subject", ASCENDING)], unique=True, partialFilterExpression={"subject": {"$type": "string"}}),
    ],
    "follows": [IndexModel([("_id.by", ASCENDING), ("at", DESCENDING), ("_id.of", DESCENDING)])],
    "blocks": [
        IndexModel([("_id.by", ASCENDING), ("at", DESCENDING), ("_id.of", DESCENDING)]),
        IndexModel([("_id.of", ASCENDING), ("_id.by", ASCENDING)]),
    ],
    "reminders": [
        IndexModel([("_id.space", ASCENDING), ("_id.person", ASCENDING)]),
        IndexModel([("_id.person", ASCENDING), ("at", DESCENDING), ("_id.space", DESCENDING)]),
    ],
    "attendance": [
        IndexModel([("space_id", ASCENDING), ("joined_at", ASCENDING), ("person.id", ASCENDING)]),
        IndexModel([("space_id", ASCENDING), ("person.id", ASCENDING)]),
        IndexModel([("seen_until", ASCENDING)]),
        IndexModel([("person.id", ASCENDING)]),
    ],
    "anonymous": [
        IndexModel([("space_id", ASCENDING)]),
        IndexModel([("until", ASCENDING)], expireAfterSeconds=DEAD_LEASE_SECONDS),
    ],
    "revocations": [IndexModel([("until", ASCENDING)], expireAfterSeconds=0)],
    "idempotency": [IndexModel([("at", ASCENDING)], expireAfterSeconds=PROMISE_SECONDS)],
    "clips": [
        IndexModel(
            [("space_id", ASCENDING), ("expires_at", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]
        ),
        IndexModel(
            [("space_id", ASCENDING), ("creator_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)],
            partialFilterExpression=_DRAFTS,
        ),
        IndexModel([("expires_at", ASCENDING)], partialFilterExpression=_DRAFTS),
        IndexModel([("publication.at", ASCENDING)], partialFilterExpression={"publication.is_posted": False}),
        IndexModel([("renditions.due", ASCENDING)], sparse=True),
    ],
    "posts": [
        IndexModel([("author.id", ASCENDING), ("place", DESCENDING)]),
        IndexModel([("place", DESCENDING), ("author.id", ASCENDING)]),
    ],
    "messages": [
        IndexModel([("people", ASCENDING), ("place", DESCENDING)]),
        IndexModel([("pair", ASCENDING), ("place", DESCENDING)]),
        IndexModel([("recipient.id", ASCENDING), ("sender.id", ASCENDING), ("place", ASCENDING)]),
        # Of those that an earlier version kept, until they are in a conversation.
        IndexModel([("filed", ASCENDING), ("place", DESCENDING)], partialFilterExpression={"filed": None}),
    ],
    "conversations": [
        IndexModel([("_id.by", ASCENDING), ("place", DESCENDING)]),
        IndexModel([("_id.by", ASCENDING), ("_id.of", ASCENDING)], partialFilterExpression={"unread": True}),
    ],
    "rates": [IndexModel([("until", ASCENDING)], expireAfterSeconds=0)],
    "moderation": [IndexModel([("space_id", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)])],
    "removals": [
        IndexModel([("_id.space_id", ASCENDING), ("at", DESCENDING), ("_id.person_id", DESCENDING)]),
        IndexModel([("unfinished", ASCENDING)], sparse=True),
    ],
    "visits": [IndexModel([("_id.space_id", ASCENDING)])],
    "reports": [
        IndexModel([("reporter.id", ASCENDING), ("target.kind", ASCENDING), ("target.id", ASCENDING)], unique=True),
        IndexModel([("state", ASCENDING), ("reported_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("category", ASCENDING), ("reported_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("target.kind", ASCENDING), ("reported_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("reported_at", DESCENDING), ("_id", DESCENDING)]),
    ],
    "feedback": [IndexModel([("_id.space_id", ASCENDING), ("at", DESCENDING), ("_id.person_id", DESCENDING)])],
    "phrases": [
        IndexModel([("space_id", ASCENDING), ("start_ms", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("terms", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]),
    ],
    "reactions": [IndexModel([("space_id", ASCENDING), ("emoji", ASCENDING)], unique=True)],
}

_OBSOLETE: Final = {"moderation": ["space_id_1_version_-1"]}
"""Made by earlier servers: entries of one version are unique no more."""


async def create_indexes(database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """Creates those that are missing; a server that starts on existing data finds them all, and those alone."""
    for collection, names in _OBSOLETE.items():
        for name in names:
            with suppress(OperationFailure):
                await database[collection].drop_index(name)
    for collection, indexes in _INDEXES.items():
        await database[collection].create_indexes(indexes)
