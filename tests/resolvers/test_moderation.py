"""The moderation log, as host and others see it."""

from __future__ import annotations

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import SPACE, make_cohost, user_id

LOG = """query($id: ID!, $after: String) { moderationLog(spaceId: $id, first: 1, after: $after) {
  edges { node { actor { handle } target { handle } action reason at version } }
  pageInfo { hasNextPage endCursor } } }"""


async def test_the_host_reads_it_page_by_page(host: Caller, guest: Caller, other: Caller, live: str) -> None:
    await make_cohost(host, guest, live)
    await guest.do("inviteToStage", spaceId=live, userId=await user_id(other))
    newest = await host.ask(LOG, id=live)
    [edge] = newest["edges"]
    assert edge["node"].pop("at")
    assert edge["node"].pop("version") > 1
    assert edge["node"] == {
        "actor": {"handle": "gustav"},
        "target": {"handle": "olivia"},
        "action": "INVITED",
        "reason": None,
    }
    assert newest["pageInfo"]["hasNextPage"] is True
    older = await host.ask(LOG, id=live, after=newest["pageInfo"]["endCursor"])
    assert [edge["node"]["target"]["handle"] for edge in older["edges"]] == ["gustav"]
    assert older["pageInfo"]["hasNextPage"] is False


async def test_nobody_else_reads_it(host: Caller, guest: Caller, anyone: Caller, live: str) -> None:
    assert (await guest.error(LOG, id=live))["extensions"]["code"] == "NOT_PERMITTED"
    assert (await anyone.error(LOG, id=live))["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await host.error(LOG, id=live, after="bm9uZQ=="))["extensions"]["code"] == "BAD_USER_INPUT"


async def test_operators_read_it_and_end_what_must_end(
    host: Caller, guest: Caller, operator: Caller, anyone: Caller, live: str
) -> None:
    who = "{ viewer { isOperator } }"
    assert [await one.ask(who) for one in (operator, guest)] == [{"isOperator": True}, {"isOperator": False}]
    assert (await operator.ask(LOG, id=live))["edges"] == []
    refused = await guest.do("adminEndSpace", spaceId=live, reason="Mine")
    assert [error["code"] for error in refused["userErrors"]] == ["NOT_PERMITTED"]
    ended = await operator.do("adminEndSpace", spaceId=live, reason="Illegal")
    assert (ended["space"]["state"], ended["userErrors"]) == ("ENDED", [])
    assert (await anyone.ask(SPACE % "endReason", id=live))["endReason"] == "OPERATOR"
    [edge] = (await host.ask(LOG, id=live))["edges"]
    assert (edge["node"]["action"], edge["node"]["reason"]) == ("ENDED_BY_OPERATOR", "Illegal")
    assert (edge["node"]["actor"], edge["node"]["target"]) == ({"handle": "otto"}, {"handle": "hannah"})
