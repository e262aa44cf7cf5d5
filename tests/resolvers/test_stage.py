"""The stage: queue, invitations, seats and microphones, as different people see them."""

from __future__ import annotations

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import SPACE, make_cohost, raise_hands, user_id

QUEUE = "speakRequests(first: 10) { edges { node { id position user { handle } } } } speakRequestCount"


async def test_the_queue_in_order_and_for_moderators_alone(
    host: Caller, guest: Caller, other: Caller, anyone: Caller, live: str
) -> None:
    await raise_hands(live, guest, other)
    queue = await host.ask(SPACE % QUEUE, id=live)
    assert [(edge["node"]["position"], edge["node"]["user"]["handle"]) for edge in queue["speakRequests"]["edges"]] == [
        (1, "gustav"),
        (2, "olivia"),
    ]
    for stranger in (guest, anyone):
        assert await stranger.ask(SPACE % QUEUE, id=live) == {"speakRequests": None, "speakRequestCount": 2}
    own = await other.ask(SPACE % "viewerSpeakRequest { position }", id=live)
    assert own == {"viewerSpeakRequest": {"position": 2}}


async def test_the_queue_by_pages(host: Caller, guest: Caller, other: Caller, live: str) -> None:
    await raise_hands(live, guest, other)
    fields = "speakRequests(first: 1, after: %s) { edges { node { id user { handle } } } pageInfo { endCursor } }"
    first = (await host.ask(SPACE % (fields % "null"), id=live))["speakRequests"]
    # The cursor's own entry may go: the list goes on after where it was.
    request_id = first["edges"][0]["node"]["id"]
    await host.do("declineSpeakRequest", spaceId=live, requestId=request_id)
    second = (await host.ask(SPACE % (fields % f'"{first["pageInfo"]["endCursor"]}"'), id=live))["speakRequests"]
    assert [edge["node"]["user"]["handle"] for edge in second["edges"]] == ["olivia"]


async def test_from_listener_to_speaker_and_back(host: Caller, guest: Caller, live: str) -> None:
    await raise_hands(live, guest)
    request_id = (await guest.ask(SPACE % "viewerSpeakRequest { id }", id=live))["viewerSpeakRequest"]["id"]
    accepted = await host.do("acceptSpeakRequest", spaceId=live, requestId=request_id)
    assert [(one["role"], one["isMuted"]) for one in accepted["space"]["stage"]] == [("HOST", True), ("SPEAKER", True)]
    opened = await guest.do("setMuted", spaceId=live, muted=False)
    assert opened["space"]["viewerRole"] == "SPEAKER"
    assert [one["isMuted"] for one in opened["space"]["stage"]] == [True, False]
    closed = await host.do("muteParticipant", spaceId=live, userId=await user_id(guest))
    assert [one["isMuted"] for one in closed["space"]["stage"]] == [True, True]
    removed = await host.do("removeFromStage", spaceId=live, userId=await user_id(guest))
    assert len(removed["space"]["stage"]) == 1
    assert (await guest.do("setMuted", spaceId=live, muted=False))["userErrors"][0]["code"] == "NOT_ON_STAGE"


async def test_taking_the_hand_down(host: Caller, guest: Caller, live: str) -> None:
    await raise_hands(live, guest)
    canceled = await guest.do("cancelSpeakRequest", spaceId=live)
    assert canceled["space"]["speakRequestCount"] == 0
    assert (await guest.do("cancelSpeakRequest", spaceId=live))["userErrors"][0]["code"] == "REQUEST_NOT_FOUND"


async def test_an_invitation_reaches_the_invited(host: Caller, guest: Caller, other: Caller, live: str) -> None:
    sent = await host.do("inviteToStage", spaceId=live, userId=await user_id(guest), role="COHOST")
    assert sent["space"]["invitationCount"] == 1
    document = (
        "{ viewer { invitations(first: 5) { edges { node { id role space { title } invitedBy { handle } } } } } }"
    )
    [edge] = (await guest.ask(document))["invitations"]["edges"]
    assert edge["node"]["role"] == "COHOST"
    assert edge["node"]["space"] == {"title": "Jazz tonight"}
    assert edge["node"]["invitedBy"] == {"handle": "hannah"}
    assert (await other.ask(document))["invitations"]["edges"] == []
    names = "invitations(first: 5) { edges { node { user { handle } } } }"
    assert await other.ask(SPACE % names, id=live) == {"invitations": None}
    assert await host.ask(SPACE % names, id=live) == {
        "invitations": {"edges": [{"node": {"user": {"handle": "gustav"}}}]}
    }
    accepted = await guest.do("acceptInvitation", spaceId=live, invitationId=edge["node"]["id"])
    assert accepted["space"]["viewerRole"] == "COHOST"
    assert accepted["space"]["invitationCount"] == 0


async def test_declining_an_invitation(host: Caller, guest: Caller, live: str) -> None:
    await host.do("inviteToStage", spaceId=live, userId=await user_id(guest))
    own = (await guest.ask(SPACE % "viewerInvitation { id role }", id=live))["viewerInvitation"]
    assert own["role"] == "SPEAKER"
    declined = await guest.do("declineInvitation", spaceId=live, invitationId=own["id"])
    assert (declined["space"]["viewerInvitation"], declined["space"]["invitationCount"]) == (None, 0)


async def test_a_cohost_revokes_a_speakers_invitation_and_not_a_cohosts(
    host: Caller, guest: Caller, other: Caller, live: str
) -> None:
    await make_cohost(host, guest, live)
    for role, codes in (("COHOST", ["NOT_PERMITTED"]), ("SPEAKER", [])):
        await host.do("inviteToStage", spaceId=live, userId=await user_id(other), role=role)
        own = (await other.ask(SPACE % "viewerInvitation { id }", id=live))["viewerInvitation"]
        revoked = await guest.do("revokeInvitation", spaceId=live, invitationId=own["id"])
        assert [one["code"] for one in revoked["userErrors"]] == codes
        await host.do("revokeInvitation", spaceId=live, invitationId=own["id"])
    assert await other.ask(SPACE % "viewerInvitation { id }", id=live) == {"viewerInvitation": None}


async def test_muting_all(host: Caller, guest: Caller, live: str) -> None:
    await make_cohost(host, guest, live)
    for person in (host, guest):
        await person.do("setMuted", spaceId=live, muted=False)
    by_cohost = await guest.do("muteAll", spaceId=live)
    assert [one["isMuted"] for one in by_cohost["space"]["stage"]] == [False, False]
    by_host = await host.do("muteAll", spaceId=live)
    assert [one["isMuted"] for one in by_host["space"]["stage"]] == [False, True]


async def test_handing_over(host: Caller, guest: Caller, live: str) -> None:
    stranger = await host.do("transferHost", spaceId=live, userId=await user_id(guest))
    assert [(one["code"], one["field"]) for one in stranger["userErrors"]] == [("NOT_A_COHOST", "userId")]
    await make_cohost(host, guest, live)
    handed = await host.do("transferHost", spaceId=live, userId=await user_id(guest))
    assert handed["space"]["viewerRole"] == "COHOST"
    assert await guest.ask(SPACE % "viewerRole host { handle }", id=live) == {
        "viewerRole": "HOST",
        "host": {"handle": "gustav"},
    }
    refused = await host.do("endSpace", spaceId=live)
    assert [one["code"] for one in refused["userErrors"]] == ["NOT_PERMITTED"]


async def test_a_seat_that_has_gone_leaves_the_invited_as_listener(host: Caller, guest: Caller, live: str) -> None:
    await host.do("inviteToStage", spaceId=live, userId=await user_id(guest))
    for number in range(2):
        speaker = Caller(host.api, host.world, await host.world.sign_up(f"speaker{number}"))
        await raise_hands(live, speaker)
        request = (await speaker.ask(SPACE % "viewerSpeakRequest { id }", id=live))["viewerSpeakRequest"]
        await host.do("acceptSpeakRequest", spaceId=live, requestId=request["id"])
    own = (await guest.ask(SPACE % "viewerInvitation { id }", id=live))["viewerInvitation"]
    late = await guest.do("acceptInvitation", spaceId=live, invitationId=own["id"])
    assert [one["code"] for one in late["userErrors"]] == ["SEAT_TAKEN"]
    assert late["space"]["viewerRole"] == "LISTENER"
    assert (await guest.ask(SPACE % "viewerIsParticipant", id=live)) == {"viewerIsParticipant": True}


async def test_reactions_of_those_who_are_in(guest: Caller, live: str) -> None:
    document = "mutation($i: SendReactionInput!) { sendReaction(input: $i) { emoji userErrors { code field } } }"
    outside = await guest.ask(document, i={"spaceId": live, "emoji": "👏"})
    assert outside == {"emoji": None, "userErrors": [{"code": "NOT_A_PARTICIPANT", "field": "spaceId"}]}
    await guest.do("joinSpace", spaceId=live)
    assert await guest.ask(document, i={"spaceId": live, "emoji": "👏"}) == {"emoji": "👏", "userErrors": []}
    unknown = await guest.ask(document, i={"spaceId": live, "emoji": "🦖"})
    assert unknown["userErrors"] == [{"code": "UNKNOWN_REACTION", "field": "emoji"}]
