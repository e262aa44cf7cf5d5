"""What people do in a Space before a test looks at it."""

from __future__ import annotations

from tests.resolvers.conftest import Caller

SPACE = "query($id: ID!) { space(id: $id) { %s } }"
DELETE = """mutation($id: ID!, $sure: Boolean!) { deleteSpace(input: {spaceId: $id, confirm: $sure}) {
  deletedSpaceId userErrors { code field } } }"""
DELETE_RECORDING = """mutation($id: ID!, $sure: Boolean! = true) { deleteRecording(input: {
  spaceId: $id, confirm: $sure}) { space { recordingDeletedAt audio { hlsUrl } } userErrors { code field } } }"""
CREATE_CLIP = """mutation($input: CreateClipInput!) { createClip(input: $input) {
  clip { id url startOffsetMs durationMs sampleCount waveform creator { handle } space { title } }
  userErrors { code field limit current } } }"""


async def user_id(person: Caller) -> str:
    """The global id of someone with an account."""
    found: str = (await person.ask("{ viewer { user { id } } }"))["user"]["id"]
    return found


async def raise_hands(live: str, *people: Caller) -> None:
    """People who come in and ask for a seat, in this order."""
    for person in people:
        await person.do("joinSpace", spaceId=live)
        asked = await person.do("requestToSpeak", spaceId=live)
        assert asked["userErrors"] == []


async def make_cohost(host: Caller, person: Caller, live: str) -> None:
    """Someone who accepts the host's invitation to be co-host."""
    await host.do("inviteToStage", spaceId=live, userId=await user_id(person), role="COHOST")
    offered = (await person.ask(SPACE % "viewerInvitation { id }", id=live))["viewerInvitation"]
    accepted = await person.do("acceptInvitation", spaceId=live, invitationId=offered["id"])
    assert accepted["userErrors"] == []
