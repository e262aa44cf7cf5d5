"""Who may see what: a row for each field of an object, and each type whose fields go to whoever got the object."""

from __future__ import annotations

from collections.abc import Mapping

from tests.resolvers.access.scene import ACCOUNTS, HOST, KEPT_OUT, MODERATORS, OPERATORS, READERS, STAGE, Who

CARRIED = frozenset(
    {
        "Audio",
        "ClipRendition",
        "Limits",
        "FiledReport",
        "Phrase",
        "PageInfo",
        "ReactionCount",
        "ReactionTally",
        "RecordingFailure",
        "UnavailableCard",
        "UserError",
        "Voice",
        "Word",
    }
)
"""Types that hide nothing from whom they were given to, and that nothing but what they are part of leads to."""
CARRIED_SUFFIXES = ("Payload", "Connection", "Edge")
CARRIED_INTERFACES = ("SpaceEvent", "ViewerEvent")

SPACE: Mapping[str, frozenset[Who]] = {
    # Whoever may see the Space sees these.
    **dict.fromkeys(
        (
            *("id", "version", "title", "topics", "language", "state", "url", "host", "hostPresence"),
            *(
                "hostAbsentSince",
                "recordingEnabled",
                "isRecording",
                "recordingDeletedAt",
                "clippingAllowed",
                "speakPolicy",
                "limits",
            ),
            *("availableReactions", "createdAt", "startedAt", "endedAt", "endReason", "stage", "listenerCount"),
            *("anonymousListenerCount", "participantCount", "speakRequestCount", "invitationCount"),
            *("viewerRole", "viewerInvitation", "viewerSpeakRequest", "viewerIsParticipant", "viewerCapabilities"),
            *("listeners", "reactionCounts", "clips", "viewerBlockedSpeakers", "viewerFeedback", "sharedPosts"),
            *("scheduledStart", "timeZone", "isOverdue", "icsUrl", "viewerHasReminder"),
        ),
        READERS,
    ),
    # Null for everyone else.
    "speakRequests": MODERATORS,
    "invitations": MODERATORS,
    "removals": MODERATORS,
    "feedbackSummary": HOST | OPERATORS,
    "audio": READERS - KEPT_OUT,
    "recording": READERS - KEPT_OUT,
    "reminderCount": HOST,
    "transcript": READERS - KEPT_OUT,
}

QUERIES: Mapping[str, tuple[str, frozenset[Who]]] = {
    "node": ("node(id: $live) { id }", READERS),
    "nodes": ("nodes(ids: [$live]) { id }", READERS),
    "space": ("space(id: $live) { id }", READERS),
    "spaces": ("spaces(first: 1) { edges { cursor } }", READERS),
    "topics": ("topics", READERS),
    "viewer": ("viewer { user { id } }", ACCOUNTS),
    "user": ('user(handle: "the_host") { id }', READERS),
    "users": ('users(query: "the", first: 1) { edges { cursor } }', READERS),
    "clip": ("clip(id: $clip) { id }", READERS - {Who.BLOCKED}),
    "timeline": ("timeline(first: 1) { edges { cursor } }", ACCOUNTS),
    "moderationLog": ("moderationLog(spaceId: $live, first: 1) { edges { cursor } }", HOST | OPERATORS),
    "reports": ("reports(first: 1) { edges { cursor } }", OPERATORS),
    "feedback": ("feedback(spaceId: $live, first: 1) { edges { cursor } }", OPERATORS),
    "searchTranscripts": ('searchTranscripts(query: "tide", first: 1) { edges { cursor } }', READERS),
}

DRAFT: Mapping[str, frozenset[Who]] = dict.fromkeys(
    ("clip(id: $draft) { id }", "node(id: $draft) { id }"), frozenset({Who.LISTENER})
)
"""A clip that is not published, by whoever cut it."""

SUBSCRIPTIONS: Mapping[str, tuple[str, frozenset[Who]]] = {
    "spaceEvents": ("spaceEvents(spaceId: $live) { version }", READERS - KEPT_OUT),
    "reactions": ("reactions(spaceId: $live) { emoji }", READERS - KEPT_OUT),
    "speaking": ("speaking(spaceId: $live) { level }", READERS - KEPT_OUT),
    "spaceBarUpdated": ("spaceBarUpdated { followedCount }", ACCOUNTS),
    "captions": ("captions(spaceId: $live) { text }", READERS - KEPT_OUT),
    "clipRendition": ("clipRendition(clipId: $clip, kind: MP3) { state }", READERS - {Who.BLOCKED}),
    "viewerEvents": ("viewerEvents { version }", ACCOUNTS),
}

AUDIO: Mapping[str, frozenset[Who]] = {
    "whipUrl": STAGE,
    "whepUrl": READERS - KEPT_OUT,
    "socketUrl": READERS - KEPT_OUT,
    "hlsUrl": READERS - KEPT_OUT,
    "hlsVariantsUrl": READERS - KEPT_OUT,
}
"""Addresses of sound, of a live Space."""
