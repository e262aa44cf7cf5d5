"""Feedback over the API: said by who was there, summed for the host, read by operators."""

from __future__ import annotations

from typing import Any

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import SPACE

SUBMIT = """mutation($input: SubmitFeedbackInput!) { submitFeedback(input: $input) {
  space { viewerFeedback { rating text at user { handle } } } userErrors { code field limit current } } }"""
SUMMARY = SPACE % "feedbackSummary { count averageRating }"
READ = """query($id: ID!) { feedback(spaceId: $id, first: 9) { edges { node { user { handle } rating text } } } }"""


async def submit(person: Caller, live: str, rating: int, text: str = "") -> Any:
    return await person.ask(SUBMIT, input={"spaceId": live, "rating": rating, "text": text})


async def test_it_is_said_and_changed(host: Caller, guest: Caller, other: Caller, operator: Caller, live: str) -> None:
    assert (await host.ask(SUMMARY, id=live))["feedbackSummary"] == {"count": 0, "averageRating": None}
    for person in (guest, other):
        await person.do("joinSpace", spaceId=live)
    await submit(guest, live, 1, "Too loud")
    said = await submit(guest, live, 4, " Better ")
    assert said["space"]["viewerFeedback"].pop("at")
    assert said["space"]["viewerFeedback"] == {"rating": 4, "text": "Better", "user": {"handle": "gustav"}}
    await submit(other, live, 5)
    for viewer in (host, operator):
        assert (await viewer.ask(SUMMARY, id=live))["feedbackSummary"] == {"count": 2, "averageRating": 4.5}
    found = [edge["node"] for edge in (await operator.ask(READ, id=live))["edges"]]
    assert found == [
        {"user": {"handle": "olivia"}, "rating": 5, "text": ""},
        {"user": {"handle": "gustav"}, "rating": 4, "text": "Better"},
    ]


async def test_who_may_what(host: Caller, guest: Caller, other: Caller, anyone: Caller, live: str) -> None:
    refused = await submit(guest, live, 5)
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [("NOT_A_PARTICIPANT", "spaceId")]
    await guest.do("joinSpace", spaceId=live)
    outside = await submit(guest, live, 6)
    assert outside["userErrors"] == [{"code": "INVALID_RATING", "field": "rating", "limit": 5, "current": 6}]
    for viewer in (guest, other, anyone):
        assert (await viewer.ask(SUMMARY, id=live))["feedbackSummary"] is None
    assert (await anyone.ask(SPACE % "viewerFeedback { rating }", id=live))["viewerFeedback"] is None
    for person in (host, guest):
        assert (await person.error(READ, id=live))["extensions"]["code"] == "NOT_PERMITTED"
    assert (await anyone.error(READ, id=live))["extensions"]["code"] == "UNAUTHENTICATED"
