"""Personal streams: each tells one person what concerns them, and can be resumed."""

from __future__ import annotations

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import SPACE, make_cohost, raise_hands, user_id
from tests.resolvers.test_streams import following, streaming

EVENTS = """subscription($after: Int) { viewerEvents(after: $after) {
  __typename version
  ... on ViewerSnapshot { resumed viewer { user { handle } invitations(first: 9) { edges { node { id } } } } }
  ... on InvitationReceived { spaceId space { title } invitation { id role user { handle } invitedBy { handle } } }
  ... on InvitationClosed { spaceId invitationId state }
  ... on SpeakRequestReceived { spaceId requestId user { handle } }
  ... on SpeakRequestClosed { spaceId requestId outcome }
  ... on RoleChanged { spaceId role reason }
} }"""


async def test_an_invitation_and_its_answer_and_what_was_missed(host: Caller, guest: Caller, live: str) -> None:
    async with streaming(guest, EVENTS) as results:
        snapshot = await following(results)
        assert (snapshot["__typename"], snapshot["version"], snapshot["resumed"]) == ("ViewerSnapshot", 0, False)
        assert snapshot["viewer"] == {"user": {"handle": "gustav"}, "invitations": {"edges": []}}
        await host.do("inviteToStage", spaceId=live, userId=await user_id(guest), role="COHOST")
        received = await following(results)
    offer = (await guest.ask(SPACE % "viewerInvitation { id }", id=live))["viewerInvitation"]["id"]
    assert received == {
        "__typename": "InvitationReceived",
        "version": 1,
        "spaceId": live,
        "space": {"title": "Jazz tonight"},
        "invitation": {"id": offer, "role": "COHOST", "user": {"handle": "gustav"}, "invitedBy": {"handle": "hannah"}},
    }
    await guest.do("acceptInvitation", spaceId=live, invitationId=offer)
    async with streaming(guest, EVENTS, after=1) as results:
        missed = [await following(results) for _ in range(3)]
    accepted = {"__typename": "InvitationClosed", "spaceId": live, "invitationId": offer, "state": "ACCEPTED"}
    seated = {"__typename": "RoleChanged", "spaceId": live, "role": "COHOST", "reason": None}
    assert missed == [
        accepted | {"version": 2},
        seated | {"version": 3},
        {"__typename": "ViewerHeartbeat", "version": 3},
    ]


async def test_moderators_hear_who_asks_and_listeners_their_own_answer_alone(
    host: Caller, guest: Caller, other: Caller, live: str
) -> None:
    await make_cohost(host, other, live)
    async with streaming(other, EVENTS, after=3) as moderating, streaming(guest, EVENTS) as asking:
        assert (await following(moderating))["__typename"] == "ViewerHeartbeat"
        assert (await following(asking))["__typename"] == "ViewerSnapshot"
        await raise_hands(live, guest)
        asked = await following(moderating)
        assert (asked["__typename"], asked["user"], asked["spaceId"]) == (
            "SpeakRequestReceived",
            {"handle": "gustav"},
            live,
        )
        await other.do("acceptSpeakRequest", spaceId=live, requestId=asked["requestId"])
        assert await following(asking) == {
            "__typename": "SpeakRequestClosed",
            "version": 1,
            "spaceId": live,
            "requestId": asked["requestId"],
            "outcome": "ACCEPTED",
        }
        assert (await following(asking))["role"] == "SPEAKER"
        await host.do("removeFromStage", spaceId=live, userId=await user_id(guest))
        assert (await following(asking))["reason"] == "REMOVED"


async def test_it_is_nobody_elses(anyone: Caller) -> None:
    async with streaming(anyone, EVENTS) as results:
        result = await anext(results)
    assert result.errors
    assert (result.errors[0].extensions or {})["code"] == "UNAUTHENTICATED"
