"""The life of Spaces on the real server: what it does by itself, and what is left in the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from app.demo import operations
from app.demo.client import ApiError, Client, Json, unique_handle
from tests.server.running import client_of, running
from tests.waiting import until

PASSWORD = "correct horse"
DELETE = """mutation($id: ID!) { deleteSpace(input: {spaceId: $id, confirm: true}) {
  deletedSpaceId userErrors { code message } } }"""


@asynccontextmanager
async def live_space(data: Path, **environment: str) -> AsyncIterator[tuple[Client, str]]:
    """A server, the host of a live, recorded Space on it, and that Space's id."""
    async with running(data, **environment) as server, client_of(server) as anyone:
        handle = unique_handle("host", "life")
        session = await anyone.call(operations.SIGN_UP, handle=handle, displayName="Host", password=PASSWORD)
        host = anyone.as_person(session["token"])
        space_id = (await host.call(operations.CREATE_SPACE, title="Jazz"))["space"]["id"]
        await host.call(operations.START_SPACE, spaceId=space_id)
        yield host, space_id


async def test_a_space_that_everyone_left_ends_by_itself(tmp_path: Path) -> None:
    async with live_space(tmp_path / "data", EMPTY_TIMEOUT_SECONDS="0.5") as (host, space_id):
        await host.call(operations.LEAVE_SPACE, spaceId=space_id)
        document = "query($id: ID!) { space(id: $id) { state endReason } }"

        async def ended() -> bool:
            return bool(await host.call(document, id=space_id) == {"state": "ENDED", "endReason": "EMPTY"})

        await until(ended, "the Space has ended, being empty")


async def test_nothing_of_a_deleted_space_can_be_heard_or_is_left_on_the_disk(tmp_path: Path) -> None:
    audio = tmp_path / "data" / "audio"
    async with live_space(tmp_path / "data") as (host, space_id):
        clip = await first_clip(host, space_id)
        await host.call(operations.END_SPACE, spaceId=space_id)
        replay = (await host.call(operations.AUDIO, spaceId=space_id))["audio"]["hlsUrl"]
        await host.fetch(replay)
        await host.fetch(clip["url"])
        files = {path for path in audio.rglob("*") if path.is_file()}
        assert len(files) > 1

        await host.call(DELETE, id=space_id)
        assert await host.call("query($id: ID!) { space(id: $id) { id } }", id=space_id) is None
        assert await host.call("query($id: ID!) { clip(id: $id) { id } }", id=clip["id"]) is None
        for address in (replay, clip["url"]):
            with pytest.raises(ApiError, match="HTTP 404"):
                await host.fetch(address)
        assert not [path for path in audio.rglob("*") if path.is_file()]


async def first_clip(host: Client, space_id: str) -> Json:
    """A clip, as soon as there is something to clip."""
    clips: list[Json] = []

    async def clipped() -> bool:
        with suppress(ApiError):
            clips.append((await host.call(operations.CREATE_CLIP, spaceId=space_id))["clip"])
        return bool(clips)

    await until(clipped, "there is something to clip")
    return clips[0]
