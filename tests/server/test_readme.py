"""README keeps its word: its first Space works as pasted, and its table names every setting there is."""

import re
from pathlib import Path

import httpx2

from app.config import Settings
from app.demo.client import ApiError, Client
from tests.server.running import client_of, running
from tests.waiting import until

README = (Path(__file__).parents[2] / "README.md").read_text()
OPERATIONS = re.findall(r"```graphql\n(\w+ (\w+).*?)```", README, re.DOTALL)


async def test_the_first_space_works_as_it_is_pasted(tmp_path: Path) -> None:
    documents = {name: document for document, name in OPERATIONS}
    async with running(tmp_path / "data") as server, client_of(server) as anyone:
        [token] = [line.split("Bearer ")[1].strip('"} ') for line in server.printed if "Bearer " in line]
        me = anyone.as_person(token)
        space_id = (await me.call(documents.pop("CreateSpace")))["space"]["id"]
        await me.call(documents.pop("StartSpace"), spaceId=space_id)
        async with me.subscribe(documents.pop("SpaceEvents"), spaceId=space_id) as events:
            assert (await anext(events))["space"]["title"] == "My first Space"
            await me.call(documents.pop("OpenMicrophone"), spaceId=space_id)
            while (await anext(events))["__typename"] != "MicrophoneOpened":
                pass
        await react_and_clip(me, space_id, documents)
        post = (await me.call(documents.pop("ShareSpace"), spaceId=space_id))["post"]
        read, _ = (await me.call(documents.pop("Timeline")))["edges"]
        assert post["card"]["title"] == read["node"]["card"]["title"] == "My first Space"
        [edge] = (await anyone.call(documents.pop("LiveSpaces")))["edges"]
        assert edge["node"]["id"] == space_id
        ended = await me.call(documents.pop("EndSpace"), spaceId=space_id)
        assert ended["space"]["state"] == "ENDED"
        kept = (await me.call(documents.pop("Recording"), spaceId=space_id))["recording"]
        assert kept["state"] in ("RECORDING", "READY")
        assert kept["m4aUrl"]
    assert not documents, "every operation of README was run"


async def react_and_clip(me: Client, space_id: str, documents: dict[str, str]) -> None:
    audio = (await me.call(documents.pop("Audio"), spaceId=space_id))["audio"]
    assert audio["hlsUrl"]
    assert audio["whipUrl"]
    assert (await me.call(documents.pop("Transcript"), spaceId=space_id))["transcript"] == {"edges": []}
    await me.call(documents.pop("React"), spaceId=space_id)
    clips = []
    document = documents.pop("CreateClip")

    async def clipped() -> bool:
        try:
            clips.append((await me.call(document, spaceId=space_id))["clip"])
        except ApiError as refused:
            if "CLIP_OUT_OF_RANGE" in str(refused):
                return False
            raise
        return True

    await until(clipped, "there is something to clip")
    async with httpx2.AsyncClient() as http:
        file = await http.get(clips[-1]["url"])
    assert file.headers["content-type"] == "audio/mp4"
    published = await me.call(documents.pop("PublishClip"), clipId=clips[-1]["id"])
    assert (published["clip"]["state"], published["post"]["text"]) == ("PUBLISHED", "Listen to this")


def test_the_configuration_table_names_every_setting_and_its_default() -> None:
    table = dict(re.findall(r"^\| `([A-Z_]+)`[^|]*\|([^|]*)\|", README, re.MULTILINE))
    assert list(table) == [name.upper() for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, int | float | str):
            assert f"`{field.default}`" in table[name.upper()], name
