"""Who may do what: a row for each mutation, by SPEC's table of roles."""

from __future__ import annotations

from collections.abc import Mapping

from strawberry.relay import GlobalID

from app.domain import refusals
from app.domain.reports import Complaint, ReportCategory, ReportTarget, TargetKind
from app.domain.roster import Role
from app.domain.spaces import Space
from tests.fakes.world import PASSWORD
from tests.resolvers.access.rows import (
    Arguments,
    Row,
    about,
    given,
    in_ended,
    in_live,
    in_preparing,
    in_scheduled,
    post_of,
    space_gid,
    user_gid,
)
from tests.resolvers.access.scene import (
    ACCOUNTS,
    ADMITTED,
    HOST,
    INSIDE,
    MODERATORS,
    OPERATORS,
    READERS,
    STAGE,
    Scene,
    Who,
    seat,
)

TOMORROW = "2031-05-02T18:00:00Z"


async def _live(scene: Scene) -> Space:
    space = await scene.world.spaces.get(scene.space_id)
    assert space
    return space


async def log_in(scene: Scene, who: Who) -> Arguments:
    return {"handle": scene.person("ned").handle, "password": PASSWORD}


async def raised_hand(scene: Scene, who: Who) -> Arguments:
    request = (await _live(scene)).request(scene.person("rob").id)
    assert request
    return {"spaceId": space_gid(scene.space_id), "requestId": request.id}


async def own_hand(scene: Scene, who: Who) -> Arguments:
    if who is Who.LISTENER:
        await scene.world.use_cases.stage.request_to_speak(scene.person(who), scene.space_id)
    return {"spaceId": space_gid(scene.space_id)}


async def speakers_offer(scene: Scene, who: Who) -> Arguments:
    offer = (await _live(scene)).invitation(scene.person("ines").id)
    assert offer
    return {"spaceId": space_gid(scene.space_id), "invitationId": offer.id}


async def own_offer(scene: Scene, who: Who) -> Arguments:
    """An invitation of theirs, for whom there can be one; else that of another."""
    arguments = await speakers_offer(scene, who)
    if who in (Who.LISTENER, Who.OUTSIDER, Who.OTHER_HOST, Who.OPERATOR):
        host, person = scene.person(Who.HOST), scene.person(who)
        space = await scene.world.use_cases.stage.invite(host, scene.space_id, person.id, Role.SPEAKER)
        own = space.invitation(person.id)
        assert own
        arguments["invitationId"] = own.id
    return arguments


async def another_speaker(scene: Scene, who: Who) -> Arguments:
    await seat(scene, "sia", Role.SPEAKER)
    return await about("sia", in_live())(scene, who)


async def listeners_clip(scene: Scene, who: Who) -> Arguments:
    return {"clipId": str(GlobalID("Clip", scene.clip_id)), "category": "SPAM"}


async def reported_post(scene: Scene, who: Who) -> Arguments:
    return {"postId": await post_of(scene, "ned"), "category": "SPAM"}


async def filed_report(scene: Scene, who: Who) -> Arguments:
    target = ReportTarget(TargetKind.SPACE, scene.space_id)
    reports, complaint = scene.world.use_cases.reports, Complaint(ReportCategory.SPAM)
    report = await reports.report(scene.person("ned"), target, complaint)
    return {"reportId": str(GlobalID("Report", report.id)), "resolution": "NO_VIOLATION"}


async def draft(scene: Scene, who: Who) -> Arguments:
    """The listener's."""
    return {"clipId": str(GlobalID("Clip", scene.draft_id))}


async def published_clip(scene: Scene, who: Who) -> Arguments:
    """The listener's, of the host's Space."""
    return {"clipId": str(GlobalID("Clip", scene.clip_id))}


async def to_render(scene: Scene, who: Who) -> Arguments:
    return {**await published_clip(scene, who), "kind": "NORMALIZED_MP3"}


async def hosts_post(scene: Scene, who: Who) -> Arguments:
    return {"postId": await post_of(scene, Who.HOST)}


async def neds_post(scene: Scene, who: Who) -> Arguments:
    return {"spaceId": space_gid(scene.space_id), "postId": await post_of(scene, "ned")}


async def post_of_a_speakers(scene: Scene, who: Who) -> Arguments:
    """Ned's Post, as a speaker shows it."""
    arguments = await neds_post(scene, who)
    await seat(scene, "sia", Role.SPEAKER)
    post_id = GlobalID.from_id(arguments["postId"]).node_id
    await scene.world.use_cases.sharing.share_post(scene.person("sia"), scene.space_id, post_id)
    return arguments


async def to_ned(scene: Scene, who: Who) -> Arguments:
    return {"userIds": [user_gid(scene, "ned")], "text": "Come and listen."}


async def from_host(scene: Scene, who: Who) -> Arguments:
    """What the host wrote to the listener."""
    host, listener = scene.person(Who.HOST), scene.person(Who.LISTENER)
    [message] = await scene.world.use_cases.messages.send(host, [listener.id], "Come.")
    return {"userId": user_gid(scene, Who.HOST), "messageId": str(GlobalID("DirectMessage", message.id))}


MUTATIONS: Mapping[str, Row] = {
    # Without an account.
    "signUp": Row(READERS, given(handle="newcomer", displayName="New", password=PASSWORD)),
    "logIn": Row(READERS, log_in),
    # With one, about oneself and others.
    "logOut": Row(ACCOUNTS, given()),
    "updateProfile": Row(ACCOUNTS, given(bio="Tides")),
    "updateSettings": Row(ACCOUNTS, given(listeningVisibility=True)),
    "follow": Row(ACCOUNTS, about("ned")),
    "unfollow": Row(ACCOUNTS, about("ned")),
    "block": Row(ACCOUNTS, about("ned")),
    "unblock": Row(ACCOUNTS, about("ned")),
    "mute": Row(ACCOUNTS, about("ned")),
    "unmute": Row(ACCOUNTS, about("ned")),
    "updateSpaceDefaults": Row(ACCOUNTS, given(language="en")),
    "createSpace": Row(ACCOUNTS, given(title="Mine")),
    # Start, end, delete, rename, transfer, recording and clipping toggles.
    "scheduleSpace": Row(ACCOUNTS, given(title="Mine", scheduledStart=TOMORROW, timeZone="UTC")),
    "updateScheduledSpace": Row(HOST, in_scheduled(title="Blues")),
    "prepareSpace": Row(HOST, in_scheduled()),
    "cancelScheduledSpace": Row(HOST, in_scheduled()),
    "startSpace": Row(HOST, in_preparing()),
    "endSpace": Row(HOST, in_live()),
    "updateRecording": Row(HOST, in_ended(startOffsetMs=1_000)),
    "deleteRecording": Row(HOST, in_ended(confirm=True)),
    "deleteSpace": Row(HOST, in_ended(confirm=True)),
    "updateSpace": Row(HOST, in_live(title="Blues")),
    "setSpeakPolicy": Row(HOST, in_live(speakPolicy="INVITED_ONLY")),
    "setClippingAllowed": Row(HOST, in_live(clippingAllowed=False)),
    "transferHost": Row(HOST, about(Who.COHOST, in_live())),
    # Accept or decline requests, invite or remove speakers, mute others.
    "inviteToStage": Row(MODERATORS, about("ned", in_live())),
    "revokeInvitation": Row(MODERATORS, speakers_offer),
    "acceptSpeakRequest": Row(MODERATORS, raised_hand),
    "declineSpeakRequest": Row(MODERATORS, raised_hand),
    "removeFromStage": Row(MODERATORS, another_speaker),
    "muteParticipant": Row(MODERATORS, another_speaker),
    "muteAll": Row(MODERATORS, in_live()),
    # Oneself.
    "setMuted": Row(STAGE, in_live(muted=False)),
    "joinSpace": Row(ADMITTED, in_live()),
    "leaveSpace": Row(ACCOUNTS, in_live()),
    "requestToSpeak": Row(frozenset({Who.LISTENER}), in_live()),
    "cancelSpeakRequest": Row(frozenset({Who.LISTENER}), own_hand),
    "acceptInvitation": Row(ADMITTED - STAGE, own_offer),
    "declineInvitation": Row(ADMITTED - STAGE, own_offer),
    # Remove people.
    "removeParticipant": Row(MODERATORS, about("ned", in_live())),
    "readmitParticipant": Row(HOST, about(Who.REMOVED, in_live())),
    # Whom the host blocks may not wait for the Space, but may stop to.
    "setReminder": Row(ADMITTED | {Who.REMOVED}, in_scheduled()),
    "removeReminder": Row(ACCOUNTS, in_scheduled()),
    # React, clip, report, feedback.
    "sendReaction": Row(INSIDE, in_live(emoji="👏")),
    "createClip": Row(INSIDE, in_live()),
    "reportSpace": Row(ACCOUNTS - HOST, in_live(category="SPAM")),
    "reportUser": Row(ACCOUNTS, about("ned", given(category="SPAM"))),
    "reportClip": Row(ACCOUNTS - {Who.LISTENER, Who.BLOCKED}, listeners_clip),
    "reportPost": Row(ACCOUNTS, reported_post),
    "submitFeedback": Row(INSIDE, in_live(rating=5)),
    # Operators of the server.
    "resolveReport": Row(OPERATORS, filed_report),
    "adminEndSpace": Row(OPERATORS, in_live(reason="Illegal")),
    "publishClip": Row(frozenset({Who.LISTENER}), draft),
    "renderClip": Row(ACCOUNTS - {Who.BLOCKED}, to_render),
    "deleteClip": Row(frozenset({Who.LISTENER, Who.HOST}), published_clip),
    # Write, and share a Post or the Space.
    "createPost": Row(ACCOUNTS, given(text="Tides rise.")),
    "deletePost": Row(HOST, hosts_post),
    "sendDirectMessage": Row(ACCOUNTS, to_ned),
    "markConversationRead": Row(frozenset({Who.LISTENER}), from_host),
    "shareSpace": Row(INSIDE, in_live(**{"as": {"post": {}}})),
    "sharePostToSpace": Row(STAGE, neds_post),
    "unsharePost": Row(MODERATORS, post_of_a_speakers),
}

DENIALS = frozenset(
    {
        "UNAUTHENTICATED",
        *(
            refusal.code
            for refusal in (
                refusals.NotPermitted,
                refusals.SpaceNotFound,
                refusals.PostNotFound,
                refusals.BlockedByHost,
                refusals.RemovedFromSpace,
                refusals.CannotTargetSelf,
                refusals.NotAParticipant,
                refusals.NotOnStage,
                refusals.AlreadyOnStage,
                refusals.InvitationNotFound,
                refusals.RequestNotFound,
                refusals.ClipNotFound,
                refusals.MessageNotFound,
            )
        ),
    }
)
"""What says that it is not for this one to do."""
