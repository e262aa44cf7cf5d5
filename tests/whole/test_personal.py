"""Personal streams on the real server: told at once, kept while away, and over with the token."""

import pytest
from websockets.exceptions import ConnectionClosedError

from tests.whole.conftest import Newcomer
from tests.whole.following import next_news
from tests.whole.rooms import live_space

EVENTS = """subscription ($after: Int) { viewerEvents(after: $after) {
  __typename version
  ... on InvitationReceived { spaceId invitation { id } }
  ... on RoleChanged { role reason }
} }"""


async def test_an_invitation_reaches_someone_who_is_elsewhere_and_the_rest_when_they_come_back(
    newcomer: Newcomer,
) -> None:
    host, guest = await newcomer("host"), await newcomer("guest")
    space_id = await live_space(host)
    async with guest.follow(EVENTS) as events:
        assert (await anext(events))["__typename"] == "ViewerSnapshot"
        await host.do("inviteToStage", spaceId=space_id, userId=guest.id)
        invited = await next_news(events)
        assert (invited["__typename"], invited["spaceId"]) == ("InvitationReceived", space_id)
    await guest.do("acceptInvitation", spaceId=space_id, invitationId=invited["invitation"]["id"])
    await host.do("removeFromStage", spaceId=space_id, userId=guest.id)
    async with guest.follow(EVENTS, after=invited["version"]) as events:
        missed = [await anext(events) for _ in range(4)]
        kinds = ["InvitationClosed", "RoleChanged", "RoleChanged", "ViewerHeartbeat"]
        assert [one["__typename"] for one in missed] == kinds
        assert [one.get("reason") for one in missed[1:3]] == [None, "REMOVED"]


async def test_it_ends_with_the_token(newcomer: Newcomer) -> None:
    guest = await newcomer("guest")
    async with guest.follow(EVENTS) as events:
        await anext(events)
        await guest.do("logOut")
        with pytest.raises(ConnectionClosedError) as closed:
            [_ async for _ in events]
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4403
