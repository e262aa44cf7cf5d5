"""Mapping: the one translation of the domain into the schema, a file per noun."""

from resolvers.mapping.clips import clip, rendition
from resolvers.mapping.conversations import conversation, other_in
from resolvers.mapping.defaults import space_defaults
from resolvers.mapping.errors import user_error
from resolvers.mapping.events import event, heartbeat, snapshot
from resolvers.mapping.feedback import feedback, feedback_summary
from resolvers.mapping.messages import direct_message
from resolvers.mapping.moderation import moderation_entry
from resolvers.mapping.people import profile, settings, user, user_id, user_of
from resolvers.mapping.personal import personal_event
from resolvers.mapping.posts import post, shared_post
from resolvers.mapping.reactions import reaction_counts, reaction_tally
from resolvers.mapping.recordings import recording
from resolvers.mapping.removals import removal
from resolvers.mapping.reports import filed_report, report
from resolvers.mapping.space_bar import space_bar_entry
from resolvers.mapping.spaces import audio_of, capabilities, space
from resolvers.mapping.stage import invitation, participant, speak_request, voice
from resolvers.mapping.transcripts import phrase

__all__ = [
    "audio_of",
    "capabilities",
    "clip",
    "conversation",
    "direct_message",
    "event",
    "feedback",
    "feedback_summary",
    "filed_report",
    "heartbeat",
    "invitation",
    "moderation_entry",
    "other_in",
    "participant",
    "personal_event",
    "phrase",
    "post",
    "profile",
    "reaction_counts",
    "reaction_tally",
    "recording",
    "removal",
    "rendition",
    "report",
    "settings",
    "shared_post",
    "snapshot",
    "space",
    "space_bar_entry",
    "space_defaults",
    "speak_request",
    "user",
    "user_error",
    "user_id",
    "user_of",
    "voice",
]
