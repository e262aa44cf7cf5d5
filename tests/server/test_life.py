"""The life of Spaces on the real server: what it does by itself."""

from pathlib import Path

from app.demo import operations
from app.demo.client import unique_handle
from tests.server.running import client_of, running
from tests.waiting import until

PASSWORD = "correct horse"


async def test_a_space_that_everyone_left_ends_by_itself(tmp_path: Path) -> None:
    async with running(tmp_path / "data", EMPTY_TIMEOUT_SECONDS="0.5") as server, client_of(server) as anyone:
        handle = unique_handle("host", "life")
        session = await anyone.call(operations.SIGN_UP, handle=handle, displayName="Host", password=PASSWORD)
        host = anyone.as_person(session["token"])
        space_id = (await host.call(operations.CREATE_SPACE, title="Jazz"))["space"]["id"]
        await host.call(operations.START_SPACE, spaceId=space_id)
        await host.call(operations.LEAVE_SPACE, spaceId=space_id)
        document = "query($id: ID!) { space(id: $id) { state endReason } }"

        async def ended() -> bool:
            return bool(await anyone.call(document, id=space_id) == {"state": "ENDED", "endReason": "EMPTY"})

        await until(ended, "the Space has ended, being empty")
