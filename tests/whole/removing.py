"""Putting people out of a Space: what is followed meanwhile, and what they find afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator

from tests.media.call_client import calling
from tests.whole.people import Json, Person

EVENTS = """subscription ($id: ID!) { spaceEvents(spaceId: $id) {
  __typename ... on SpaceEnded { endReason } } }"""
REACTIONS = "subscription ($id: ID!) { reactions(spaceId: $id) { emoji } }"
VIEWER_EVENTS = "subscription { viewerEvents { __typename } }"
LOG = """query ($id: ID!) { moderationLog(spaceId: $id, first: 50) {
  edges { node { action reason target { id } } } } }"""
REPORTS = """{ reports(first: 1, filter: {category: HATE}) { edges { node {
  category reporter { id } target { ... on Space { id } } } } } }"""


async def check_doors(removed: Person, space_id: str, addresses: Json) -> None:
    """Neither by the API nor by an old address is there a way back."""
    for mutation in ("joinSpace", "requestToSpeak"):
        [refusal] = await removed.refusals(mutation, spaceId=space_id)
        assert refusal["code"] == "REMOVED_FROM_SPACE"
    assert await removed.audio(space_id) is None
    assert (await removed.http.get(addresses["hlsUrl"])).status_code == 403
    for kind in ("whipUrl", "whepUrl"):
        offer = await removed.http.post(addresses[kind], content="v=0", headers={"Content-Type": "application/sdp"})
        assert offer.status_code == 403
    async with calling(addresses["socketUrl"]) as call:
        assert await call.ends() == 4403


async def accept(person: Person, space_id: str, invitation_id: str) -> None:
    """Takes a seat, if it is still offered."""
    await person.attempt("acceptInvitation", spaceId=space_id, invitationId=invitation_id)


async def remove(moderator: Person, space_id: str, person: Person) -> None:
    """Puts someone out, again where the server is busy."""
    while (await moderator.attempt("removeParticipant", spaceId=space_id, userId=person.id))["userErrors"]:
        pass


async def read_on(events: AsyncIterator[Json]) -> None:
    """Reads a stream to its end."""
    async for _ in events:
        pass
