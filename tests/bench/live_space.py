"""A live Space on a real server with people on its stage, made by the public API."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from app.demo import operations
from app.demo.client import Client
from app.demo.listeners import sign_up

COHOSTS = 2

ME = "{ viewer { user { id } } }"
INVITE = """
mutation Invite($spaceId: ID!, $userId: ID!, $role: InvitationRole!) {
  inviteToStage(input: {spaceId: $spaceId, userId: $userId, role: $role}) { userErrors { code message } }
}"""
INVITATION = "query Invitation($spaceId: ID!) { space(id: $spaceId) { viewerInvitation { id } } }"
ACCEPT = """
mutation Accept($spaceId: ID!, $invitationId: ID!) {
  acceptInvitation(input: {spaceId: $spaceId, invitationId: $invitationId}) { userErrors { code message } }
}"""


@dataclass(frozen=True, slots=True)
class LiveSpace:
    """The Space's id, its host, and everyone on its stage, the host first."""

    id: str
    host: Client
    stage: Sequence[Client] = ()


@asynccontextmanager
async def open_space(anyone: Client, *, guests: int = 0) -> AsyncIterator[LiveSpace]:
    """A live Space of a new host and so many guests on stage, microphones closed; ended with the block."""
    run = secrets.token_hex(3)
    host = await sign_up(anyone, "host", "Hanna Host", run)
    created = await host.call(operations.CREATE_SPACE, title="A Space to measure")
    space = LiveSpace(created["space"]["id"], host)
    await host.call(operations.START_SPACE, spaceId=space.id)
    people = await asyncio.gather(*(sign_up(anyone, "guest", f"Guest {n + 1}", run) for n in range(guests)))
    for number, guest in enumerate(people):
        await _seat(space, guest, "COHOST" if number < COHOSTS else "SPEAKER")
    yield replace(space, stage=(host, *people))
    await host.call(operations.END_SPACE, spaceId=space.id)


async def _seat(space: LiveSpace, guest: Client, role: str) -> None:
    me = await guest.call(ME)
    await space.host.call(INVITE, spaceId=space.id, userId=me["user"]["id"], role=role)
    found = await guest.call(INVITATION, spaceId=space.id)
    await guest.call(ACCEPT, spaceId=space.id, invitationId=found["viewerInvitation"]["id"])
