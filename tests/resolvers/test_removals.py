"""Removals over the API: who is put out, what they and others then see, and who is let in again."""

from __future__ import annotations

from typing import Any

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import SPACE, make_cohost, user_id

LOG = """query($id: ID!) { moderationLog(spaceId: $id, first: 9) {
  edges { node { actor { handle } target { handle } action reason } } } }"""
REMOVALS = SPACE % "removals(first: 9) { edges { node { user { handle } removedBy { handle } removedAt reason } } }"


def codes(payload: Any) -> list[tuple[str, str | None]]:
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


async def test_who_is_removed_is_out_and_finds_every_door_closed(host: Caller, guest: Caller, live: str) -> None:
    await guest.do("joinSpace", spaceId=live)
    removed = await host.do("removeParticipant", spaceId=live, userId=await user_id(guest), reason="Rude")
    assert removed["userErrors"] == []
    assert removed["space"]["id"] == live
    assert codes(await guest.do("joinSpace", spaceId=live)) == [("REMOVED_FROM_SPACE", "spaceId")]
    invited = await host.do("inviteToStage", spaceId=live, userId=await user_id(guest))
    assert codes(invited) == [("REMOVED_FROM_SPACE", "userId")]
    seen = await guest.ask(SPACE % "viewerIsParticipant viewerCapabilities audio { hlsUrl }", id=live)
    assert seen == {"viewerIsParticipant": False, "viewerCapabilities": [], "audio": None}


async def test_host_and_cohosts_alone_remove_and_not_the_host(
    host: Caller, guest: Caller, other: Caller, live: str
) -> None:
    await make_cohost(host, guest, live)
    removed = await other.do("removeParticipant", spaceId=live, userId=await user_id(guest))
    assert codes(removed) == [("NOT_PERMITTED", "spaceId")]
    assert removed["space"] is None
    targeted = await guest.do("removeParticipant", spaceId=live, userId=await user_id(host))
    assert codes(targeted) == [("CANNOT_TARGET_HOST", "userId")]
    oneself = await guest.do("removeParticipant", spaceId=live, userId=await user_id(guest))
    assert codes(oneself) == [("CANNOT_TARGET_SELF", "userId")]
    assert (await guest.do("removeParticipant", spaceId=live, userId=await user_id(other)))["userErrors"] == []


async def test_a_report_with_it_is_for_operators_alone(
    host: Caller, guest: Caller, other: Caller, live: str, operator: Caller
) -> None:
    await make_cohost(host, guest, live)
    target = await user_id(other)
    missing = await guest.do("removeParticipant", spaceId=live, userId=target, action="REPORT")
    assert codes(missing) == [("REPORT_REQUIRED", "report")]
    report = {"category": "ABUSE", "text": "Insults"}
    for _ in range(2):
        done = await guest.do("removeParticipant", spaceId=live, userId=target, action="REPORT", report=report)
        assert done["userErrors"] == []
    [entry, *_] = (await host.ask(LOG, id=live))["edges"]
    assert entry["node"] == {
        "actor": {"handle": "gustav"},
        "target": {"handle": "olivia"},
        "action": "REMOVED",
        "reason": None,
    }
    found = await operator.ask(
        "{ reports(first: 9) { edges { node { reporter { handle } category text space { id } "
        "target { ... on User { handle } } } } } }"
    )
    assert [edge["node"] for edge in found["edges"]] == [
        {
            "reporter": {"handle": "gustav"},
            "category": "ABUSE",
            "text": "Insults",
            "space": {"id": live},
            "target": {"handle": "olivia"},
        }
    ]


async def test_moderators_see_who_was_removed_and_let_them_in_again(host: Caller, guest: Caller, live: str) -> None:
    target = await user_id(guest)
    await host.do("removeParticipant", spaceId=live, userId=target, action="BLOCK", reason="Rude")
    [edge] = (await host.ask(REMOVALS, id=live))["removals"]["edges"]
    assert edge["node"].pop("removedAt")
    assert edge["node"] == {"user": {"handle": "gustav"}, "removedBy": {"handle": "hannah"}, "reason": "Rude"}
    assert (await guest.ask(REMOVALS, id=live))["removals"] is None
    assert (await host.do("readmitParticipant", spaceId=live, userId=target))["userErrors"] == []
    assert (await host.ask(REMOVALS, id=live))["removals"]["edges"] == []
    # The block is another matter.
    assert codes(await guest.do("joinSpace", spaceId=live)) == [("BLOCKED_BY_HOST", "spaceId")]
    actions = [edge["node"]["action"] for edge in (await host.ask(LOG, id=live))["edges"]]
    assert actions == ["READMITTED", "BLOCKED"]


async def test_blocked_people_on_the_stage_are_known_to_who_blocks_them_alone(
    host: Caller, guest: Caller, other: Caller, anyone: Caller, live: str
) -> None:
    await make_cohost(host, guest, live)
    await other.ask(
        "mutation($id: ID!) { block(input: {userId: $id}) { userErrors { code } } }", id=await user_id(guest)
    )
    seen = [
        (await viewer.ask(SPACE % "viewerBlockedSpeakers { handle }", id=live))["viewerBlockedSpeakers"]
        for viewer in (other, host, guest, anyone)
    ]
    assert seen == [[{"handle": "gustav"}], [], [], []]
