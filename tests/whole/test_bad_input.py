"""Bad input at every door of the whole server: a clear error that names what is wrong, and everybody else goes on."""

import asyncio
import base64
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from app.demo.client import PROTOCOL
from tests.server.running import RunningServer
from tests.waiting import DEADLINE
from tests.whole.conftest import Newcomer
from tests.whole.people import Json, Person
from tests.whole.rooms import live_space

JSON = {"Content-Type": "application/json"}
SPACE = "query ($id: ID!) { space(id: $id) { id } }"


@pytest.fixture(autouse=True)
async def unharmed(server: RunningServer, http: httpx2.AsyncClient) -> Any:
    """After each test the server is up, and no traceback was written."""
    yield
    assert (await http.get(f"{server.url}/healthz")).status_code == 200
    assert "Traceback" not in server.complaints


BODIES: list[tuple[bytes, dict[str, str], int]] = [
    (b"", JSON, 400),
    (b"null", JSON, 400),
    (b"5", JSON, 400),
    (b"[]", JSON, 400),
    (b"{", JSON, 400),
    (b"\xff\xfe\x00", JSON, 400),
    (b'{"query": 5}', JSON, 400),
    (b'{"query": ""}', JSON, 400),
    (b'{"query": "{ topics }", "variables": []}', JSON, 400),
    (b'{"query": "{ topics }", "variables": "x"}', JSON, 400),
    (b'{"query": "{ topics }", "operationName": 1}', JSON, 400),
    (b'{"query": "{ topics }", "extensions": 1}', JSON, 400),
    (b'{"query": "{ topics }"}', {"Content-Type": "text/plain"}, 415),
    (b'{"query": "{ topics }"}', {}, 415),
    (b'{"query": "' + b"x" * 70_000 + b'"}', JSON, 413),
    (b"[" * 60_000, JSON, 400),
    (b'{"query": "subscription { spaceEvents(spaceId: \\"x\\") { version } }"}', JSON, 400),
    (b'{"query": "{ topics }"}', {**JSON, "Authorization": "Basic eA=="}, 401),
    (b'{"query": "{ topics }"}', {**JSON, "Authorization": "Bearer"}, 401),
]


@pytest.mark.parametrize(("body", "headers", "status"), BODIES)
async def test_a_malformed_request_is_told_what_is_wrong(
    anyone: Person, body: bytes, headers: dict[str, str], status: int
) -> None:
    for accept in ("application/json", "text/event-stream", "application/graphql-response+json"):
        answer = await anyone.http.post(f"{anyone.url}/graphql", content=body, headers={**headers, "Accept": accept})
        if status == 400 and b"subscription" in body and accept == "text/event-stream":
            continue
        assert answer.status_code == status, answer.text
        [error] = answer.json()["errors"]
        assert error["message"].endswith(".")
        assert error["extensions"]["code"]


async def test_other_methods_and_mutations_by_get_are_refused(anyone: Person) -> None:
    address = f"{anyone.url}/graphql"
    assert (await anyone.http.put(address, json={"query": "{ topics }"})).status_code == 405
    assert (await anyone.http.delete(address)).status_code == 405
    mutation = 'mutation { logIn(input: {handle: "a", password: "b"}) { token } }'
    assert (await anyone.http.get(address, params={"query": mutation})).status_code == 405
    assert (await anyone.http.get(address, params={"query": "{ topics }"})).status_code == 200
    assert (await anyone.http.get(address, params={"query": "{ topics }", "variables": "{"})).status_code == 400
    assert (await anyone.http.get(f"{anyone.url}/nowhere")).status_code == 404


async def code_of(person: Person, document: str, **variables: Any) -> str:
    """The code of the one error an operation has; its message names something."""
    [error] = (await person.ask(document, **variables))["errors"]
    assert error["message"]
    assert error["extensions"]["code"] != "INTERNAL", error
    code: str = error["extensions"]["code"]
    return code


def global_id(kind: str, key: str) -> str:
    """An id as the API makes them."""
    return base64.b64encode(f"{kind}:{key}".encode()).decode()


async def test_documents_that_cannot_be_run(anyone: Person) -> None:
    assert await code_of(anyone, "{") == "GRAPHQL_PARSE_FAILED"
    assert await code_of(anyone, "{ nothing }") == "GRAPHQL_VALIDATION_FAILED"
    assert await code_of(anyone, "{ viewer { user } }") == "GRAPHQL_VALIDATION_FAILED"
    assert await code_of(anyone, "{" + "a: topics " * 5000 + "}") != ""
    nested = "{ __schema { types " + "{ fields { type " * 40 + "{ name }" + "}}" * 40 + "}}"
    assert await code_of(anyone, nested) != ""
    # Each fragment twice in the one before: 2^60 fields, were they ever spread.
    fragments = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(60))
    bomb = "{ ...f0 } " + fragments + " fragment f60 on Query { topics }"
    async with asyncio.timeout(DEADLINE):
        await anyone.ask(bomb)


async def test_ids_of_other_things_and_of_nothing(newcomer: Newcomer, anyone: Person) -> None:
    host = await newcomer("host")
    space_id = await live_space(host)
    for wrong in ("", "x", "\u0000", "💥", base64.b64encode(b"\xff\xfe").decode(), "a" * 5000):
        for field in ("space", "node", "clip"):
            document = f"query ($id: ID!) {{ {field}(id: $id) {{ id }} }}"
            assert await code_of(anyone, document, id=wrong) == "BAD_USER_INPUT"
    for kind in ("User", "Clip", "Query", "Nothing"):
        assert await code_of(anyone, SPACE, id=global_id(kind, host.id)) == "BAD_USER_INPUT"
    for nothing in (global_id("Space", "none"), global_id("Space", "\u0000$where"), global_id("Space", "")):
        assert await anyone.read(SPACE, id=nothing) is None
        [error] = await host.refusals("joinSpace", spaceId=nothing)
        assert (error["code"], error["field"]) == ("SPACE_NOT_FOUND", "spaceId")
    document = "mutation ($input: MuteParticipantInput!) { muteParticipant(input: $input) { space { id } } }"
    answer = await host.ask(document, input={"spaceId": space_id, "userId": space_id})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "userId" in answer["errors"][0]["message"]
    [error] = await host.refusals("inviteToStage", spaceId=space_id, userId=global_id("User", "nobody"))
    assert (error["code"], error["field"]) == ("USER_NOT_FOUND", "userId")


PAGES = [
    ("first: -1", "first"),
    ("first: 0", "first"),
    ("first: 101", "first"),
    ('first: 1, after: "no cursor"', "after"),
    ('first: 1, after: ""', "after"),
    (f'first: 1, after: "{base64.b64encode(b"x|y|z").decode()}"', "after"),
]


@pytest.mark.parametrize(("page", "argument"), PAGES)
async def test_a_page_that_is_none_names_its_argument(newcomer: Newcomer, page: str, argument: str) -> None:
    host = await newcomer("host")
    space_id = await live_space(host)
    lists = ["listeners", "speakRequests", "invitations", "clips"]
    documents = [f"query ($id: ID!) {{ space(id: $id) {{ {one}({page}) {{ edges {{ cursor }} }} }} }}" for one in lists]
    for document in documents:
        [error] = (await host.ask(document, id=space_id))["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT", document
        assert f"`{argument}`" in error["message"]
    if argument == "first":
        assert await code_of(host, f"{{ spaces({page}) {{ edges {{ cursor }} }} }}") == "BAD_USER_INPUT"
        invitations = f"{{ viewer {{ invitations({page}) {{ edges {{ cursor }} }} }} }}"
        assert await code_of(host, invitations) == "BAD_USER_INPUT"


async def test_every_broken_rule_of_a_new_space_is_named_at_once(newcomer: Newcomer) -> None:
    host = await newcomer("host")
    errors = await host.refusals(
        "createSpace", title="x" * 50_000, topics=["Music", "Art", "Film", "Unheard"], language="not a language"
    )
    assert [(one["code"], one["field"], one["limit"], one["current"]) for one in errors] == [
        ("INVALID_TITLE", "title", 70, 50_000),
        ("TOO_MANY_TOPICS", "topics", 3, 4),
        ("INVALID_LANGUAGE", "language", None, None),
    ]
    for title in ("", "   ", "\u0000" * 71):
        [error] = await host.refusals("createSpace", title=title)
        assert (error["code"], error["field"]) == ("INVALID_TITLE", "title")
    [error] = await host.refusals("createSpace", title="Fine", topics=["Unheard"])
    assert (error["code"], error["field"]) == ("UNKNOWN_TOPIC", "topics")
    [error] = await host.refusals("createSpace", title="Fine", initialSpeakerIds=[host.id])
    assert (error["code"], error["field"]) == ("ALREADY_ON_STAGE", "initialSpeakerIds")
    made = await host.do("createSpace", title="💥\u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"))
    assert made["space"]["title"]


async def test_every_broken_rule_of_a_new_account_is_named_at_once(anyone: Person) -> None:
    errors = await anyone.refusals("signUp", handle="no spaces!", displayName=" ", password="short")
    assert {(one["code"], one["field"]) for one in errors} == {
        ("INVALID_HANDLE", "handle"),
        ("INVALID_DISPLAY_NAME", "displayName"),
        ("INVALID_PASSWORD", "password"),
    }
    [error] = await anyone.refusals("signUp", handle="fine", displayName="Fine", password="x" * 10_000)
    assert (error["code"], error["field"]) == ("INVALID_PASSWORD", "password")
    [error] = await anyone.refusals("logIn", handle="x" * 10_000, password="\u0000")
    assert (error["code"], error["field"]) == ("BAD_CREDENTIALS", "password")


async def test_numbers_beyond_what_they_mean(newcomer: Newcomer) -> None:
    host = await newcomer("host")
    space_id = await live_space(host, recordingEnabled=True)
    document = "subscription ($id: ID!, $after: Int) { spaceEvents(spaceId: $id, after: $after) { __typename } }"
    for after in (-1, 0, 2**31 - 1, -(2**31)):
        async with asyncio.timeout(DEADLINE), host.follow(document, id=space_id, after=after) as events:
            assert (await anext(events))["__typename"] == "SpaceSnapshot"
    for start, duration in ((2**31 - 1, 30_000), (-(2**31), 1), (0, -(2**31))):
        errors = await host.refusals("createClip", spaceId=space_id, startOffsetMs=start, durationMs=duration)
        assert {one["code"] for one in errors} == {"CLIP_OUT_OF_RANGE"}
    clip = 'mutation ($d: Int) { createClip(input: {spaceId: "x", durationMs: $d}) { clip { id } } }'
    for number in (2**31, 1.5, "1", True):
        assert await code_of(host, clip, d=number) == "BAD_USER_INPUT"


FRAMES: list[tuple[str | bytes, int]] = [
    ("", 4400),
    ("null", 4400),
    ("[]", 4400),
    ("{", 4400),
    ("{}", 4400),
    ('{"type": "unheard"}', 4400),
    ('{"type": "subscribe"}', 4400),
    ('{"type": "subscribe", "id": 5, "payload": {"query": "{ topics }"}}', 4400),
    ('{"type": "subscribe", "id": "1", "payload": {"query": 5}}', 4400),
    ('{"type": "subscribe", "id": "1", "payload": {"query": "{ topics }", "variables": 5}}', 4400),
    ('{"type": "connection_init"}', 4429),
    (b"\x00\xff", 4400),
    ("[" * 50_000, 4400),
    ("x" * 70_000, 1009),
]


@pytest.mark.parametrize(("frame", "code"), FRAMES)
async def test_a_malformed_frame_closes_its_connection_alone(anyone: Person, frame: str | bytes, code: int) -> None:
    async with asyncio.timeout(DEADLINE), anyone.socket() as other, anyone.socket() as socket:
        await socket.send(frame)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code
        await other.send('{"type": "ping"}')
        assert json.loads(await other.recv()) == {"type": "pong"}


async def test_a_wrong_operation_is_an_error_message_and_the_connection_lives(anyone: Person) -> None:
    async with asyncio.timeout(DEADLINE), anyone.socket() as socket:
        for number, (query, code) in enumerate(
            [
                ("{", "GRAPHQL_PARSE_FAILED"),
                ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
                ('subscription { spaceEvents(spaceId: "x") { version } }', "BAD_USER_INPUT"),
                (
                    f'subscription {{ spaceEvents(spaceId: "{global_id("User", "x")}") {{ version }} }}',
                    "BAD_USER_INPUT",
                ),
                (f'subscription {{ reactions(spaceId: "{global_id("Space", "x")}") {{ count }} }}', "SPACE_NOT_FOUND"),
            ]
        ):
            payload = {"type": "subscribe", "id": str(number), "payload": {"query": query}}
            await socket.send(json.dumps(payload))
            errors = errors_of(json.loads(await socket.recv()))
            assert [error["extensions"]["code"] for error in errors] == [code], query
        await socket.send('{"type": "complete", "id": "never heard of"}')
        await socket.send('{"type": "ping"}')
        assert json.loads(await socket.recv()) == {"type": "pong"}


def errors_of(message: Json) -> list[Json]:
    """The errors in an `error` message, or in a result."""
    errors: list[Json] = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
    return errors


async def test_a_socket_of_another_protocol_or_without_a_first_word(anyone: Person) -> None:
    address = anyone.url.replace("http", "ws", 1) + "/graphql"
    async with asyncio.timeout(DEADLINE), connect(address, subprotocols=[Subprotocol("graphql-ws")]) as wrong:
        with pytest.raises(ConnectionClosed) as closed:
            await wrong.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4406
    async with asyncio.timeout(DEADLINE), connect(address, subprotocols=[PROTOCOL]) as unknown:
        await unknown.send('{"type": "subscribe", "id": "1", "payload": {"query": "{ topics }"}}')
        with pytest.raises(ConnectionClosed) as closed:
            await unknown.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


NOISE = [
    b"\x00" * 100 + b"\r\n\r\n",
    b"GET\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"GET /audio/%00%ff/live.m3u8 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /audio/a/segment-" + b"9" * 5000 + b".m4s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
]


@pytest.mark.parametrize("noise", NOISE)
async def test_bytes_that_are_no_request(anyone: Person, noise: bytes) -> None:
    address = urlsplit(anyone.url)
    with socket.create_connection((address.hostname, address.port), timeout=DEADLINE) as raw:
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(raw, noise)
        raw.shutdown(socket.SHUT_WR)
        async with asyncio.timeout(DEADLINE):
            answer = await loop.sock_recv(raw, 65_536)
    assert answer == b"" or answer.split()[1][:1] == b"4", answer


@pytest.mark.parametrize("kind", ["whipUrl", "whepUrl"])
async def test_sdp_that_is_no_offer(newcomer: Newcomer, kind: str) -> None:
    host = await newcomer("host")
    space_id = await live_space(host)
    address = (await host.audio(space_id))[kind]
    sdp = {"Content-Type": "application/sdp"}
    bodies = [b"", b"garbage", b"\xff", b"v=0\r\n", b"v=0\r\n" * 5000, b"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF\r\n"]
    for body in bodies:
        answer = await host.http.post(address, content=body, headers=sdp)
        assert answer.status_code in (400, 406), (body[:20], answer.status_code)
        assert answer.text.count("\n") == 1
    assert (await host.http.post(address, content=b"v=0\r\n" * 20_000, headers=sdp)).status_code == 413
    assert (await host.http.post(address, json={})).status_code == 415
    assert (await host.http.patch(address + "/none", content=b"", headers=sdp)).status_code == 415
    for method in ("PUT", "GET"):
        assert (await host.http.request(method, address)).status_code == 405
