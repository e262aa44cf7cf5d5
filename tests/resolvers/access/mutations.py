"""Who may do what: a row for each mutation, by SPEC's table of roles."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain import refusals
from app.domain.roster import Role
from app.domain.spaces import Space
from tests.fakes.world import PASSWORD
from tests.resolvers.access.rows import Arguments, Row, about, given, in_ended, in_live, in_preparing, space_gid
from tests.resolvers.access.scene import (
    ACCOUNTS,
    ADMITTED,
    HOST,
    INSIDE,
    MODERATORS,
    READERS,
    STAGE,
    Scene,
    Who,
    seat,
)


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
    if who in (Who.LISTENER, Who.OUTSIDER, Who.OTHER_HOST):
        host, person = scene.person(Who.HOST), scene.person(who)
        space = await scene.world.use_cases.stage.invite(host, scene.space_id, person.id, Role.SPEAKER)
        own = space.invitation(person.id)
        assert own
        arguments["invitationId"] = own.id
    return arguments


async def another_speaker(scene: Scene, who: Who) -> Arguments:
    await seat(scene, "sia", Role.SPEAKER)
    return await about("sia", in_live())(scene, who)


MUTATIONS: Mapping[str, Row] = {
    # Without an account.
    "signUp": Row(READERS, given(handle="newcomer", displayName="New", password=PASSWORD)),
    "logIn": Row(READERS, log_in),
    # With one, about oneself and others.
    "logOut": Row(ACCOUNTS, given()),
    "updateProfile": Row(ACCOUNTS, given(bio="Tides")),
    "follow": Row(ACCOUNTS, about("ned")),
    "unfollow": Row(ACCOUNTS, about("ned")),
    "block": Row(ACCOUNTS, about("ned")),
    "unblock": Row(ACCOUNTS, about("ned")),
    "mute": Row(ACCOUNTS, about("ned")),
    "unmute": Row(ACCOUNTS, about("ned")),
    "createSpace": Row(ACCOUNTS, given(title="Mine")),
    # Start, end, delete, rename, transfer, recording and clipping toggles.
    "startSpace": Row(HOST, in_preparing()),
    "endSpace": Row(HOST, in_live()),
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
    # React, clip.
    "sendReaction": Row(INSIDE, in_live(emoji="👏")),
    "createClip": Row(INSIDE, in_live()),
}

DENIALS = frozenset(
    {
        "UNAUTHENTICATED",
        *(
            refusal.code
            for refusal in (
                refusals.NotPermitted,
                refusals.SpaceNotFound,
                refusals.BlockedByHost,
                refusals.NotAParticipant,
                refusals.NotOnStage,
                refusals.AlreadyOnStage,
                refusals.InvitationNotFound,
                refusals.RequestNotFound,
            )
        ),
    }
)
"""What says that it is not for this one to do."""
