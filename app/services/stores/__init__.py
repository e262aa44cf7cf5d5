"""Stores: what the use cases ask of the database, a file per noun. `app.store` implements them over MongoDB."""

from app.services.stores.airings import AiringStore, Node
from app.services.stores.attendance import AttendanceStore
from app.services.stores.clips import ClipExists, ClipStore
from app.services.stores.moderation import ModerationStore
from app.services.stores.pairs import BlockStore, FollowStore, Pair, PairStore
from app.services.stores.people import HandleExists, PersonStore
from app.services.stores.reactions import ReactionStore
from app.services.stores.revocations import RevocationStore
from app.services.stores.spaces import SpaceStore, VersionConflict

__all__ = [
    "AiringStore",
    "AttendanceStore",
    "BlockStore",
    "ClipExists",
    "ClipStore",
    "FollowStore",
    "HandleExists",
    "ModerationStore",
    "Node",
    "Pair",
    "PairStore",
    "PersonStore",
    "ReactionStore",
    "RevocationStore",
    "SpaceStore",
    "VersionConflict",
]
