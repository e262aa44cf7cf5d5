"""Who may see what: a row for each field of an object, and each type whose fields go to whoever got the object."""

from __future__ import annotations

from collections.abc import Mapping

from tests.resolvers.access.scene import ACCOUNTS, MODERATORS, READERS, STAGE, Who

CARRIED = frozenset(
    {
        "Audio",
        "Clip",
        "Invitation",
        "Limits",
        "ModerationEntry",
        "PageInfo",
        "Participant",
        "ReactionCount",
        "ReactionTally",
        "SpeakRequest",
        "User",
        "UserError",
        "Viewer",
        "Voice",
    }
)
"""Types that hide nothing from whom they were given to: what they lead on to has rows of its own."""
CARRIED_SUFFIXES = ("Payload", "Connection", "Edge")
CARRIED_INTERFACES = ("SpaceEvent", "ViewerEvent")

SPACE: Mapping[str, frozenset[Who]] = {
    # Whoever may see the Space sees these.
    **dict.fromkeys(
        (
            *("id", "version", "title", "topics", "language", "state", "url", "host", "hostPresence"),
            *("hostAbsentSince", "recordingEnabled", "isRecording", "clippingAllowed", "speakPolicy", "limits"),
            *("availableReactions", "createdAt", "startedAt", "endedAt", "endReason", "stage", "listenerCount"),
            *("anonymousListenerCount", "participantCount", "speakRequestCount", "invitationCount"),
            *("viewerRole", "viewerInvitation", "viewerSpeakRequest", "viewerIsParticipant", "viewerCapabilities"),
            *("listeners", "reactionCounts", "clips"),
        ),
        READERS,
    ),
    # Null for everyone else.
    "speakRequests": MODERATORS,
    "invitations": MODERATORS,
    "audio": READERS - {Who.BLOCKED},
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
    "clip": ("clip(id: $clip) { id }", READERS),
    "moderationLog": ("moderationLog(spaceId: $live, first: 1) { edges { cursor } }", frozenset({Who.HOST})),
}

SUBSCRIPTIONS: Mapping[str, tuple[str, frozenset[Who]]] = {
    "spaceEvents": ("spaceEvents(spaceId: $live) { version }", READERS - {Who.BLOCKED}),
    "reactions": ("reactions(spaceId: $live) { emoji }", READERS - {Who.BLOCKED}),
    "speaking": ("speaking(spaceId: $live) { level }", READERS - {Who.BLOCKED}),
    "viewerEvents": ("viewerEvents { version }", ACCOUNTS),
}

AUDIO: Mapping[str, frozenset[Who]] = {
    "whipUrl": STAGE,
    "whepUrl": READERS - {Who.BLOCKED},
    "hlsUrl": READERS - {Who.BLOCKED},
}
"""Addresses of sound, of a live Space."""
