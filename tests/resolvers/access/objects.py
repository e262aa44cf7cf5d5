"""What there is in and around Spaces: a row for each field of a type, and for each way that leads to an object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from strawberry.relay import GlobalID

from app.domain.posts import SpaceCard
from app.domain.reports import Complaint, ReportCategory, ReportTarget, TargetKind
from tests.resolvers.access.scene import ACCOUNTS, HOST, KEPT_OUT, MODERATORS, OPERATORS, READERS, Scene, Who

LISTENER = frozenset({Who.LISTENER})
INVITED = frozenset({Who.HOST, Who.COHOST, Who.SPEAKER})
"""Who may know of the Space that is preparing."""
TALKING = frozenset({Who.HOST, Who.LISTENER})
UNBLOCKED = READERS - {Who.BLOCKED}
NAMES = ("live", "preparing", "ended", "clip", "draft", "post", "message", "conversation", "report")


@dataclass(frozen=True)
class Walk:
    """The fields of a type, and the ways to an object of it (`%s`: a field), each with who may go it."""

    fields: str
    ways: Mapping[str, frozenset[Who]]


def by_id(kind: str, name: str, allowed: frozenset[Who]) -> dict[str, frozenset[Who]]:
    """The ways that lead to anything with a global id."""
    inner = f"{{ ... on {kind} {{ %s }} }}"
    return dict.fromkeys((f"node(id: ${name}) {inner}", f"nodes(ids: [${name}]) {inner}"), allowed)


def listed(field: str, arguments: str = "") -> str:
    """A selection of a connection."""
    return f"{field}({arguments}first: 9) {{ edges {{ node {{ %s }} }} }}"


def in_live(selection: str) -> str:
    """A selection of the live Space."""
    return f"space(id: $live) {{ {selection} }}"


def of_viewer(selection: str) -> str:
    """A selection of the viewer."""
    return f"viewer {{ {selection} }}"


CLIP = "id startOffsetMs durationMs sampleCount waveform createdAt state expiresAt publishedAt viewerCanPublish url"
WALKS: Mapping[str, Walk] = {
    "Clip": Walk(
        f"{CLIP} viewerCanDelete creator space transcript renditions posterUrl pageUrl",
        {
            "clip(id: $clip) { %s }": UNBLOCKED,
            **by_id("Clip", "clip", UNBLOCKED),
            in_live(listed("clips")): UNBLOCKED,
            "clip(id: $draft) { %s }": LISTENER,
            **by_id("Clip", "draft", LISTENER),
        },
    ),
    "Post": Walk(
        "id text createdAt author card",
        {
            **by_id("Post", "post", UNBLOCKED),
            f'user(handle: "the_host") {{ {listed("posts")} }}': UNBLOCKED,
            listed("timeline"): TALKING,
            # What a Space shows is the same for all.
            in_live("sharedPosts(first: 9) { edges { node { post { %s } } } }"): READERS,
        },
    ),
    "SharedPost": Walk("sharedBy sharedAt post", {in_live(listed("sharedPosts")): READERS}),
    "DirectMessage": Walk(
        "id text createdAt sender recipient card",
        {**by_id("DirectMessage", "message", TALKING), of_viewer(listed("directMessages")): TALKING},
    ),
    "Conversation": Walk(
        "id updatedAt user lastMessage unreadCount readUpTo",
        {
            **by_id("Conversation", "conversation", TALKING),
            of_viewer(listed("conversations")): TALKING,
            'user(handle: "the_host") { viewerConversation { %s } }': LISTENER,
        },
    ),
    "Report": Walk(
        "id reporter category text reportedAt targetKind targetId state resolution note resolvedBy resolvedAt target "
        "space",
        {**by_id("Report", "report", OPERATORS), listed("reports"): OPERATORS},
    ),
    "Feedback": Walk(
        "user rating text at",
        {listed("feedback", "spaceId: $live, "): OPERATORS, in_live("viewerFeedback { %s }"): LISTENER},
    ),
    "FeedbackSummary": Walk("count averageRating", {in_live("feedbackSummary { %s }"): HOST | OPERATORS}),
    "ModerationEntry": Walk(
        "actor target action reason at version", {listed("moderationLog", "spaceId: $live, "): HOST | OPERATORS}
    ),
    "Removal": Walk("user removedBy removedAt reason", {in_live(listed("removals")): MODERATORS}),
    "SpeakRequest": Walk("id user askedAt position", {in_live(listed("speakRequests")): MODERATORS}),
    "Invitation": Walk(
        "id user role sentAt invitedBy space",
        {
            in_live(listed("invitations")): MODERATORS,
            of_viewer(listed("invitations")): frozenset({Who.COHOST, Who.SPEAKER}),
            "space(id: $preparing) { viewerInvitation { %s } }": frozenset({Who.COHOST, Who.SPEAKER}),
        },
    ),
    "Recording": Walk(
        "state failure startedAt startOffsetMs endOffsetMs durationMs sizeBytes loudness peak replayCount hlsUrl "
        "m4aUrl urlsExpireAt expiresAt whole waveform",
        {
            in_live("recording { %s }"): READERS - KEPT_OUT,
            # Nobody was removed from this one.
            "space(id: $ended) { recording { %s } }": UNBLOCKED,
            of_viewer("recordings(first: 9) { edges { node { recording { %s } } } }"): HOST,
        },
    ),
    "WholeRecording": Walk(
        "durationMs hlsUrl m4aUrl urlsExpireAt waveform", {"space(id: $ended) { recording { whole { %s } } }": HOST}
    ),
    "Reminder": Walk("space setAt", {of_viewer(listed("reminders")): LISTENER}),
    "SpaceBarEntry": Walk("space reasons followedCount", {of_viewer(listed("spaceBar")): LISTENER}),
    "SpaceBarReason": Walk(
        "user role", {of_viewer("spaceBar(first: 9) { edges { node { reasons { %s } } } }"): LISTENER}
    ),
    "Settings": Walk("listeningVisibility", {of_viewer("settings { %s }"): ACCOUNTS}),
    "SpaceDefaults": Walk(
        "clippingAllowed recordingEnabled speakPolicy language", {of_viewer("spaceDefaults { %s }"): ACCOUNTS}
    ),
    "Viewer": Walk(
        "user isOperator invitations blocks settings spaceBar spaceDefaults recordings directMessages reminders "
        "conversations unreadConversationCount",
        {of_viewer("%s"): ACCOUNTS},
    ),
    "Participant": Walk("user role isMuted seatedAt isSpeaking level", {in_live("stage { %s }"): READERS}),
    "User": Walk(
        "id handle displayName bio createdAt followerCount followingCount viewerFollows viewerBlocks viewerMutes "
        "viewerConversation posts scheduledSpaces icsUrl",
        {
            'user(handle: "the_listener") { %s }': READERS,
            listed("users", 'query: "the", '): READERS,
            of_viewer(listed("blocks")): HOST,
            in_live(listed("listeners")): READERS,
        },
    ),
}

HIDDEN_SPACE: Mapping[str, frozenset[Who]] = {
    "space(id: $preparing) { %s }": INVITED,
    **by_id("Space", "preparing", INVITED),
    "node(id: $post) { ... on Post { card { ... on Space { %s } } } }": INVITED,
    "node(id: $message) { ... on DirectMessage { card { ... on Space { %s } } } }": HOST,
    of_viewer("invitations(first: 9) { edges { node { space { %s } } } }"): INVITED - HOST,
    "node(id: $report) { ... on Report { target { ... on Space { %s } } } }": frozenset(),
}
"""The ways to the Space that is preparing: a card, a message and a report of it tell nobody more than they may know."""


async def furnish(scene: Scene) -> dict[str, str]:
    """Adds one of everything to the scene; the global ids by name."""
    use_cases, host, listener = scene.world.use_cases, scene.person(Who.HOST), scene.person(Who.LISTENER)
    post = await use_cases.posts.create(host, "Soon", SpaceCard(scene.preparing_id))
    [message] = await use_cases.messages.send(host, [listener.id], "Soon", scene.preparing_id)
    target = ReportTarget(TargetKind.SPACE, scene.preparing_id)
    report = await use_cases.reports.report(scene.person(Who.SPEAKER), target, Complaint(ReportCategory.SPAM))
    await use_cases.sharing.share_post(scene.person(Who.SPEAKER), scene.space_id, post.id)
    await use_cases.feedback.submit(listener, scene.space_id, 4, "Fine")
    await use_cases.reminders.add(listener, scene.scheduled_id)
    await use_cases.follows.follow(listener, host.id)
    found = ("Space", "Space", "Space", "Clip", "Clip", "Post", "DirectMessage", "Conversation", "Report")
    keys = (
        scene.space_id,
        scene.preparing_id,
        scene.ended_id,
        scene.clip_id,
        scene.draft_id,
        post.id,
        message.id,
        ".".join(sorted((host.id, listener.id))),
        report.id,
    )
    return {name: str(GlobalID(kind, key)) for name, kind, key in zip(NAMES, found, keys, strict=True)}
