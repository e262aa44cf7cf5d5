"""Indexes: what makes each query of the store fast, and each thing unique that must be."""

from datetime import UTC, datetime
from typing import Any, Final

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ASCENDING, DESCENDING, IndexModel

EVER: Final = datetime.fromtimestamp(0, UTC)
"""Before every time: a query served by an index of those that have a time at all says `{"$gt": EVER}` too."""
DEAD_LEASE_SECONDS: Final = 3600
"""When MongoDB removes the count of a process that died."""
_DRAFTS: Final = {"expires_at": {"$gt": EVER}}

PROMISE_SECONDS: Final = 24 * 3600
"""How long a client may repeat a command under its idempotency key."""

_INDEXES: Final = {
    "spaces": [
        IndexModel([("state", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("invitations.person.id", ASCENDING)]),
        IndexModel([("unpurged", ASCENDING)], sparse=True),
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
    ],
    "people": [
        IndexModel([("folded_handle", ASCENDING)], unique=True),
        IndexModel([("folded_name", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("subject", ASCENDING)], unique=True, partialFilterExpression={"subject": {"$type": "string"}}),
    ],
    "blocks": [IndexModel([("_id.by", ASCENDING), ("at", DESCENDING), ("_id.of", DESCENDING)])],
    "attendance": [
        IndexModel([("space_id", ASCENDING), ("joined_at", ASCENDING), ("person.id", ASCENDING)]),
        IndexModel([("space_id", ASCENDING), ("person.id", ASCENDING)]),
        IndexModel([("seen_until", ASCENDING)]),
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
    ],
    "posts": [
        IndexModel([("author.id", ASCENDING), ("place", DESCENDING)]),
        IndexModel([("place", DESCENDING), ("author.id", ASCENDING)]),
    ],
    "messages": [
        IndexModel([("people", ASCENDING), ("place", DESCENDING)]),
        IndexModel([("pair", ASCENDING), ("place", DESCENDING)]),
    ],
    "rates": [IndexModel([("until", ASCENDING)], expireAfterSeconds=0)],
    "moderation": [IndexModel([("space_id", ASCENDING), ("version", DESCENDING)], unique=True)],
    "reactions": [IndexModel([("space_id", ASCENDING), ("emoji", ASCENDING)], unique=True)],
}


async def create_indexes(database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """Creates those that are missing; a server that starts on existing data finds them all."""
    for collection, indexes in _INDEXES.items():
        await database[collection].create_indexes(indexes)
