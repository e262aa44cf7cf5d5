"""What becomes of clips: drafts, published ones, and those of a recording that is gone; with real sound."""

import asyncio
from datetime import UTC, datetime
from io import BytesIO

import av
import httpx2
from PIL import Image
from strawberry.relay import GlobalID

from app.auth import JwtTokens, signing_key
from app.services.ports import MediaGrant, MediaUse
from tests.server.crawler import Read
from tests.server.running import RunningServer
from tests.whole.conftest import Newcomer
from tests.whole.people import Json, Person
from tests.whole.rooms import live_space
from tests.whole.test_recording import clip_when_recorded

CLIP = "query ($id: ID!) { clip(id: $id) { id state url viewerCanDelete } }"
RENDITION = """subscription ($id: ID!, $kind: ClipRenditionKind!) {
  clipRendition(clipId: $id, kind: $kind) { state progress sampleCount loudness url } }"""
LISTED = "query ($id: ID!) { space(id: $id) { clips(first: 50) { edges { node { id } } } } }"


async def listed(person: Person, space_id: str) -> list[str]:
    """The ids of a Space's clips, as the person sees them."""
    found = await person.read(LISTED, id=space_id)
    return [edge["node"]["id"] for edge in found["clips"]["edges"]]


def plain(global_id: str) -> str:
    """The server's own id behind a global one."""
    return GlobalID.from_id(global_id).node_id


def address_for(server: RunningServer, clip: Json, person: Person) -> str:
    """The address of a clip as the server would sign it for this person."""
    tokens = JwtTokens(signing_key(server.data / "token.key"), clock=lambda: datetime.now(UTC))
    person_id = plain(person.id) if person.id else None
    token, _ = tokens.for_media(MediaGrant(MediaUse.CLIP, plain(clip["id"]), person_id))
    return f"{server.url}/audio/{token}/clip.m4a"


async def test_a_draft_is_heard_by_its_creator_alone_until_it_is_published(
    server: RunningServer, newcomer: Newcomer, anyone: Person, http: httpx2.AsyncClient
) -> None:
    host, creator = await newcomer("host"), await newcomer("creator")
    space_id = await live_space(host, recordingEnabled=True)
    await creator.do("joinSpace", spaceId=space_id)
    clip = await clip_when_recorded(creator, space_id)
    sound = (await http.get(clip["url"])).raise_for_status().content
    others = {person: address_for(server, clip, person) for person in (host, anyone)}
    assert (await http.get(address_for(server, clip, creator))).content == sound
    for person, address in others.items():
        assert await person.read(CLIP, id=clip["id"]) is None
        assert await listed(person, space_id) == []
        assert (await http.get(address)).status_code == 404
    assert await listed(creator, space_id) == [clip["id"]]

    published = await creator.do("publishClip", clipId=clip["id"], comment="Listen")
    assert published["clip"]["state"] == "PUBLISHED"
    assert published["post"] == {
        "id": published["post"]["id"],
        "text": "Listen",
        "card": {"__typename": "Clip", "id": clip["id"]},
    }
    again = await asyncio.gather(*(creator.do("publishClip", clipId=clip["id"], comment="Again") for _ in range(5)))
    assert [one["post"] for one in again] == [published["post"]] * 5
    for person, address in others.items():
        seen = await person.read(CLIP, id=clip["id"])
        assert seen["viewerCanDelete"] is (person == host)
        assert await listed(person, space_id) == [clip["id"]]
        assert (await http.get(address)).content == sound == (await http.get(seen["url"])).content


async def test_a_clip_is_cut_once_however_often_it_is_asked_for_under_one_key(
    server: RunningServer, newcomer: Newcomer
) -> None:
    host = await newcomer("host")
    space_id = await live_space(host, recordingEnabled=True)
    first = await clip_when_recorded(host, space_id, durationMs=100)
    before = set((server.data / "audio" / "clips").iterdir())
    asked = {"spaceId": space_id, "idempotencyKey": "again"}
    answers = await asyncio.gather(*(host.do("createClip", **asked) for _ in range(10)))
    assert len({str(answer["clip"]["id"]) for answer in answers}) == 1
    assert answers[0]["clip"]["id"] != first["id"]
    assert {answer["clip"]["durationMs"] for answer in answers} == {answers[0]["clip"]["durationMs"]}
    assert len(set((server.data / "audio" / "clips").iterdir()) - before) == 1


async def test_clips_outlive_the_recording_and_go_one_by_one(
    server: RunningServer, newcomer: Newcomer, http: httpx2.AsyncClient
) -> None:
    host, listener = await newcomer("host"), await newcomer("listener")
    space_id = await live_space(host, recordingEnabled=True)
    await listener.do("joinSpace", spaceId=space_id)
    draft = await clip_when_recorded(listener, space_id, durationMs=500)
    public = await clip_when_recorded(listener, space_id, durationMs=500)
    file = server.data / "audio" / "clips" / f"{plain(public['id'])}.m4a"
    assert file.exists()
    await listener.do("publishClip", clipId=public["id"])
    sounds = [(await http.get(clip["url"])).raise_for_status().content for clip in (draft, public)]
    await host.do("setClippingAllowed", spaceId=space_id, clippingAllowed=False)
    assert [one["code"] for one in await listener.refusals("createClip", spaceId=space_id)] == ["CLIPPING_DISABLED"]
    assert [one["code"] for one in await host.refusals("deleteRecording", spaceId=space_id, confirm=True)] == [
        "SPACE_IS_LIVE"
    ]
    await host.do("setClippingAllowed", spaceId=space_id, clippingAllowed=True)
    await host.do("endSpace", spaceId=space_id)
    history = "{ viewer { recordings(first: 5) { edges { node { id audio { hlsUrl } } } } } }"
    [kept] = (await host.read(history))["recordings"]["edges"]
    replay = kept["node"]["audio"]["hlsUrl"]
    segment = next(line for line in (await http.get(replay)).text.splitlines() if line.startswith("segment"))
    assert (await http.get(f"{replay.rpartition('/')[0]}/{segment}")).status_code == 200

    for _ in range(2):
        await host.do("deleteRecording", spaceId=space_id, confirm=True)
    assert (await host.read(history))["recordings"]["edges"] == []
    assert await host.read("query ($id: ID!) { space(id: $id) { audio { hlsUrl } } }", id=space_id) == {"audio": None}
    for gone in (replay, f"{replay.rpartition('/')[0]}/{segment}"):
        assert (await http.get(gone)).status_code == 404
    assert [one["code"] for one in await listener.refusals("createClip", spaceId=space_id)] == ["RECORDING_DELETED"]
    assert [(await http.get(clip["url"])).content for clip in (draft, public)] == sounds
    assert (await listener.do("publishClip", clipId=draft["id"]))["clip"]["state"] == "PUBLISHED"

    await host.do("deleteClip", clipId=public["id"])
    assert await listed(listener, space_id) == [draft["id"]]
    assert (await http.get(public["url"])).status_code == 404
    assert not file.exists()
    assert (await http.get(draft["url"])).content == sounds[0]


async def test_a_clip_is_rendered_shown_and_saved_and_all_of_it_goes_with_it(
    server: RunningServer, newcomer: Newcomer, http: httpx2.AsyncClient
) -> None:
    host = await newcomer("host")
    space_id = await live_space(host, recordingEnabled=True, title="Größe? / ebb & flow")
    clip = await clip_when_recorded(host, space_id, startOffsetMs=0, durationMs=500)
    asked = await host.do("renderClip", clipId=clip["id"], kind="NORMALIZED_MP3")
    assert [one["kind"] for one in asked["clip"]["renditions"]] == ["NORMALIZED_MP3"]
    async with host.follow(RENDITION, id=clip["id"], kind="NORMALIZED_MP3") as changes:
        seen = [one async for one in changes]
    assert [one["progress"] for one in seen] == sorted(one["progress"] for one in seen)
    made = seen[-1]
    assert (made["state"], made["progress"], made["sampleCount"]) == ("READY", 1.0, clip["sampleCount"])
    with av.open(BytesIO((await http.get(made["url"])).raise_for_status().content), "r") as file:
        assert sum(frame.samples for frame in file.decode(audio=0)) == clip["sampleCount"]

    shown = await host.read("query ($id: ID!) { clip(id: $id) { posterUrl } }", id=clip["id"])
    poster = (await http.get(shown["posterUrl"])).raise_for_status()
    assert (poster.headers["content-type"], poster.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    known = {"If-None-Match": poster.headers["etag"]}
    assert (await http.get(shown["posterUrl"], headers=known)).status_code == 304
    await host.do("updateSpace", spaceId=space_id, title="Flood")
    assert (await http.get(shown["posterUrl"], headers=known)).content != poster.content

    files = server.data / "audio" / "clips"
    assert len([one for one in files.rglob("*") if plain(clip["id"]) in str(one) and one.is_file()]) == 3
    await host.do("deleteClip", clipId=clip["id"])
    for address in (clip["url"], made["url"], shown["posterUrl"]):
        assert (await http.get(address)).status_code == 404
    assert list(files.glob(f"{plain(clip['id'])}.*")) == []


async def test_a_link_to_a_clip_or_its_space_shows_a_picture_and_plays(
    newcomer: Newcomer, http: httpx2.AsyncClient
) -> None:
    host = await newcomer("host")
    space_id = await live_space(host, recordingEnabled=True, title="Größe? </title>")
    clip = await clip_when_recorded(host, space_id, startOffsetMs=0, durationMs=500)
    await host.do("publishClip", clipId=clip["id"])
    space = await host.read("query ($id: ID!) { space(id: $id) { url } }", id=space_id)
    page = await host.read("query ($id: ID!) { clip(id: $id) { pageUrl } }", id=clip["id"])
    for address in (space["url"], page["pageUrl"]):
        shown = Read((await http.get(address)).raise_for_status().text)
        assert shown.meta["og:title"] == "Größe? </title>"
        picture = (await http.get(shown.meta["og:image"])).raise_for_status()
        with Image.open(BytesIO(picture.content)) as drawn:
            assert (drawn.format, drawn.size) == ("PNG", (1200, 630))
            assert len(drawn.getcolors(2**20) or ()) > 100, "something is drawn"
        assert (await http.get(shown.links["alternate"])).json()["title"] == "Größe? </title>"
    sound = Read((await http.get(page["pageUrl"])).text).meta["og:audio"]
    assert (await http.get(sound)).raise_for_status().content == (await http.get(clip["url"])).content
    part = await http.get(sound, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part.headers["cache-control"]) == (206, "public, max-age=300")
    assert (await http.get(f"{sound}?download")).headers["content-disposition"].startswith("attachment")
    await host.do("deleteClip", clipId=clip["id"])
    assert (await http.get(sound)).status_code == 404
    assert "Größe" not in (await http.get(page["pageUrl"])).text


async def test_downloads_answer_ranges(newcomer: Newcomer, http: httpx2.AsyncClient) -> None:
    host = await newcomer("host")
    space_id = await live_space(host, recordingEnabled=True, title="Größe? / ebb & flow")
    url = (await clip_when_recorded(host, space_id, startOffsetMs=0, durationMs=500))["url"]
    whole = (await http.get(url)).raise_for_status()
    size, tag = len(whole.content), whole.headers["etag"]
    assert whole.headers["accept-ranges"] == "bytes"
    assert "content-disposition" not in whole.headers

    head = await http.head(url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(size))
    for asked, first, end in (("0-99", 0, 100), ("100-", 100, size), ("-50", size - 50, size), ("0-9999999", 0, size)):
        part = await http.get(url, headers={"Range": f"bytes={asked}", "If-Range": tag})
        assert (part.status_code, part.content) == (206, whole.content[first:end])
        assert part.headers["content-range"] == f"bytes {first}-{end - 1}/{size}"
        assert (part.headers["etag"], part.headers["content-length"]) == (tag, str(end - first))
    for ignored in ("bytes=0-1,5-6", "bytes=x", "lines=1-2"):
        assert (await http.get(url, headers={"Range": ignored})).content == whole.content
    changed = await http.get(url, headers={"Range": "bytes=0-99", "If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, whole.content)
    beyond = await http.get(url, headers={"Range": f"bytes={size}-", "Origin": "https://example.org"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert beyond.headers["access-control-allow-origin"] == "*"
    assert (await http.get(url, headers={"If-None-Match": tag})).status_code == 304

    saved = await http.get(f"{url}?download")
    assert saved.content == whole.content
    assert saved.headers["content-disposition"] == (
        'attachment; filename="Gr__e ebb & flow 0.00.m4a"; '
        "filename*=UTF-8''Gr%C3%B6%C3%9Fe%20ebb%20%26%20flow%200.00.m4a"
    )


async def test_clipping_that_is_off_by_default_is_off_for_good(newcomer: Newcomer) -> None:
    host = await newcomer("host")
    await host.do("updateSpaceDefaults", clippingAllowed=False, recordingEnabled=True)
    space_id = await live_space(host)
    assert [one["code"] for one in await host.refusals("createClip", spaceId=space_id)] == ["CLIPPING_DISABLED"]
    locked = await host.refusals("setClippingAllowed", spaceId=space_id, clippingAllowed=True)
    assert [one["code"] for one in locked] == ["CLIPPING_LOCKED"]
    await host.do("endSpace", spaceId=space_id)
    assert [one["code"] for one in await host.refusals("createClip", spaceId=space_id)] == ["CLIPPING_DISABLED"]
