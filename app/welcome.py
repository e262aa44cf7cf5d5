"""What whoever starts the server is told: where it is, and how to log in to one that is for trying things."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.domain import refusals
from app.services.people import People

DEVELOPER = "developer"


async def welcome(tell: Callable[[str], None], public_url: str, data: Path, people: People | None) -> None:
    """`data` is absolute; `people`: of the embedded database, which has a development account, else None."""
    tell(f"Spaces is up at {public_url}, its data in {data}.")
    if people:
        password = await _developer(people, data)
        session = await people.log_in(DEVELOPER, password, address="localhost")
        tell(f"Development login: {DEVELOPER} / {password}, or in GraphiQL's Headers tab")
        tell(f'  {{"Authorization": "Bearer {session.token}"}}')
        # Browsers keep what follows the # to themselves.
        tell(f"GraphiQL with that header: {public_url}/graphql#token={session.token}")
    tell(f"GraphiQL: {public_url}/graphql")


async def _developer(people: People, data: Path) -> str:
    """The password of the development account, which is made on the first start."""
    path = data / "development-password"
    if path.exists():
        return path.read_text()
    password = secrets.token_urlsafe(9)
    with suppress(refusals.HandleTaken):
        await people.sign_up(DEVELOPER, "Developer", password, address="localhost")
    path.touch(0o600)
    path.write_text(password)
    return password
