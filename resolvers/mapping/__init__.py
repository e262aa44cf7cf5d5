"""Mapping: the one translation of the domain into the schema, a file per noun."""

from resolvers.mapping.clips import clip
from resolvers.mapping.errors import user_error
from resolvers.mapping.events import event, heartbeat, snapshot
from resolvers.mapping.moderation import moderation_entry
from resolvers.mapping.people import profile, user, user_id, user_of
from resolvers.mapping.personal import personal_event
from resolvers.mapping.reactions import reaction_counts, reaction_tally
from resolvers.mapping.spaces import audio_of, capabilities, space
from resolvers.mapping.stage import invitation, participant, speak_request, voice

__all__ = [
    "audio_of",
    "capabilities",
    "clip",
    "event",
    "heartbeat",
    "invitation",
    "moderation_entry",
    "participant",
    "personal_event",
    "profile",
    "reaction_counts",
    "reaction_tally",
    "snapshot",
    "space",
    "speak_request",
    "user",
    "user_error",
    "user_id",
    "user_of",
    "voice",
]
