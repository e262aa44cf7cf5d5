"""Reports over the API: filed by anyone, read and closed by operators."""

from __future__ import annotations

from typing import Any

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import DELETE, user_id

FILED = "report { id category text reportedAt } userErrors { code field limit current }"
REPORTS = """query($filter: ReportFilter, $after: String) { reports(filter: $filter, first: 2, after: $after) {
  edges { node { id reporter { handle } category text state resolution note resolvedBy { handle } resolvedAt
    targetKind targetId target { __typename ... on Space { title } ... on User { handle } ... on Clip { id }
      ... on Post { text } }
    space { id } } }
  pageInfo { hasNextPage endCursor } } }"""
RESOLVE = """mutation($input: ResolveReportInput!) { resolveReport(input: $input) {
  report { state resolution note resolvedBy { handle } } userErrors { code field } } }"""


async def file(person: Caller, mutation: str, **input: Any) -> Any:
    name = mutation[0].upper() + mutation[1:]
    return await person.ask(
        f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ {FILED} }} }}", input=input
    )


async def clip_of(host: Caller, live: str) -> str:
    host.world.media.recorded[await _key(host, live)] = 60_000
    made = await host.ask(
        "mutation($id: ID!) { createClip(input: {spaceId: $id}) { clip { id } userErrors { code } } }", id=live
    )
    clip_id: str = made["clip"]["id"]
    await host.ask("mutation($id: ID!) { publishClip(input: {clipId: $id}) { clip { id } } }", id=clip_id)
    return clip_id


async def post_of(person: Caller) -> str:
    made = await person.ask('mutation { createPost(input: {text: "Tides rise"}) { post { id } } }')
    post_id: str = made["post"]["id"]
    return post_id


async def _key(host: Caller, live: str) -> str:
    url: str = (await host.ask("query($id: ID!) { space(id: $id) { url } }", id=live))["url"]
    return url.rpartition("/")[2]


async def test_each_kind_is_reported_once_and_operators_read_it(
    host: Caller, guest: Caller, operator: Caller, live: str
) -> None:
    clip_id, person_id = await clip_of(host, live), await user_id(host)
    first = await file(guest, "reportSpace", spaceId=live, category="SPAM", text=" Buy this ")
    assert first["userErrors"] == []
    assert (first["report"]["category"], first["report"]["text"]) == ("SPAM", "Buy this")
    again = await file(guest, "reportSpace", spaceId=live, category="HATE")
    assert again == first
    await file(guest, "reportUser", userId=person_id, category="ABUSE")
    await file(guest, "reportClip", clipId=clip_id, category="PRIVACY", text="That was private")

    post_id = await post_of(host)
    assert (await file(guest, "reportPost", postId=post_id, category="HATE"))["userErrors"] == []

    newest = await operator.ask(REPORTS)
    assert newest["pageInfo"]["hasNextPage"] is True
    older = await operator.ask(REPORTS, after=newest["pageInfo"]["endCursor"])
    nodes = [edge["node"] for edge in (*newest["edges"], *older["edges"])]
    assert [(one["targetKind"], one["targetId"]) for one in nodes] == [
        ("POST", post_id),
        ("CLIP", clip_id),
        ("USER", person_id),
        ("SPACE", live),
    ]
    assert [one["target"] for one in nodes] == [
        {"__typename": "Post", "text": "Tides rise"},
        {"__typename": "Clip", "id": clip_id},
        {"__typename": "User", "handle": "hannah"},
        {"__typename": "Space", "title": "Jazz tonight"},
    ]
    assert {one["reporter"]["handle"] for one in nodes} == {"gustav"}
    assert {(one["state"], one["resolution"], one["space"]) for one in nodes} == {("OPEN", None, None)}
    assert nodes[-1]["id"] == first["report"]["id"]


async def test_filters(host: Caller, guest: Caller, operator: Caller, live: str) -> None:
    await file(guest, "reportSpace", spaceId=live, category="SPAM")
    await file(guest, "reportUser", userId=await user_id(host), category="ABUSE")

    async def kinds(**wanted: str) -> list[str]:
        return [edge["node"]["targetKind"] for edge in (await operator.ask(REPORTS, filter=wanted))["edges"]]

    assert await kinds(state="OPEN") == ["USER", "SPACE"]
    assert await kinds(state="RESOLVED") == []
    assert await kinds(category="SPAM") == ["SPACE"]
    assert await kinds(targetKind="USER", category="ABUSE") == ["USER"]


async def test_operators_close_a_report_once(host: Caller, guest: Caller, operator: Caller, live: str) -> None:
    report_id = (await file(guest, "reportSpace", spaceId=live, category="SPAM"))["report"]["id"]
    resolution = {"reportId": report_id, "resolution": "NO_VIOLATION", "note": "Looks fine"}
    closed = await operator.ask(RESOLVE, input=resolution)
    assert closed == {
        "report": {
            "state": "RESOLVED",
            "resolution": "NO_VIOLATION",
            "note": "Looks fine",
            "resolvedBy": {"handle": "otto"},
        },
        "userErrors": [],
    }
    other = await operator.ask(RESOLVE, input={**resolution, "resolution": "ACTION_TAKEN"})
    assert other == {"report": None, "userErrors": [{"code": "REPORT_RESOLVED", "field": "reportId"}]}
    refused = await guest.ask(RESOLVE, input=resolution)
    assert [error["code"] for error in refused["userErrors"]] == ["NOT_PERMITTED"]


async def test_nobody_else_reads_them(host: Caller, guest: Caller, operator: Caller, anyone: Caller, live: str) -> None:
    report_id = (await file(guest, "reportSpace", spaceId=live, category="SPAM"))["report"]["id"]
    for person in (host, guest):
        assert (await person.error(REPORTS))["extensions"]["code"] == "NOT_PERMITTED"
    assert (await anyone.error(REPORTS))["extensions"]["code"] == "UNAUTHENTICATED"
    node = "query($id: ID!) { node(id: $id) { __typename ... on Report { text } } }"
    assert [await one.ask(node, id=report_id) for one in (guest, anyone)] == [None, None]
    assert (await operator.ask(node, id=report_id))["__typename"] == "Report"


async def test_what_is_refused(host: Caller, guest: Caller, live: str) -> None:
    own = await file(host, "reportSpace", spaceId=live, category="SPAM")
    assert [error["code"] for error in own["userErrors"]] == ["CANNOT_TARGET_SELF"]
    long = await file(guest, "reportSpace", spaceId=live, category="SPAM", text="x" * 1001)
    assert long["userErrors"] == [{"code": "TEXT_TOO_LONG", "field": "text", "limit": 1000, "current": 1001}]
    keyed = await file(guest, "reportSpace", spaceId=live, category="SPAM", idempotencyKey="")
    assert [error["code"] for error in keyed["userErrors"]] == ["INVALID_IDEMPOTENCY_KEY"]
    assert keyed["report"] is None


async def test_what_is_gone_is_still_named(host: Caller, guest: Caller, operator: Caller, live: str) -> None:
    await file(guest, "reportSpace", spaceId=live, category="SPAM")
    await host.do("endSpace", spaceId=live)
    await host.ask(DELETE, id=live, sure=True)
    [edge] = (await operator.ask(REPORTS))["edges"]
    assert (edge["node"]["target"], edge["node"]["targetId"]) == (None, live)
