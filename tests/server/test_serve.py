"""Starting and stopping the server as a person does: what it prints, refuses, keeps and leaves behind."""

import asyncio
import signal
import socket
from pathlib import Path

import httpx2
import pytest

from app.demo import operations
from app.mongod import Mongod
from app.web.serving import bind
from tests.server.running import START_SECONDS, client_of, process, running, started
from tests.waiting import until


async def ending(data: Path, *arguments: str, **environment: str) -> tuple[int | None, str]:
    """Exit code and all that a server says which cannot start."""
    command = ("app", "serve", "--data", str(data), *arguments)
    async with (
        process(*command, environment=environment, stderr=asyncio.subprocess.STDOUT) as one,
        asyncio.timeout(START_SECONDS),
    ):
        said, _ = await one.communicate()
    return one.returncode, said.decode()


def assert_one_sentence(said: str, *words: str) -> None:
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1, said
    for word in words:
        assert word in said


def processes_using(path: Path) -> list[int]:
    """Processes whose command line names the path."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if entry.name.isdigit() and str(path).encode() in command:
            found.append(int(entry.name))
    return found


async def until_nobody_uses(path: Path) -> None:
    await until(lambda: not processes_using(path), f"nobody uses {path}")


async def test_it_is_up_when_it_says_so_and_prints_a_login_that_works(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server, client_of(server) as anyone:
        async with httpx2.AsyncClient() as http:
            assert (await http.get(f"{server.url}/healthz")).status_code == 200
        printed = "\n".join(server.printed)
        [token] = [line.split("Bearer ")[1].strip('"} ') for line in server.printed if "Bearer " in line]
        viewer = await anyone.as_person(token).call("{ viewer { user { handle } } }")
        assert viewer["user"]["handle"] in printed


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_everything(tmp_path: Path, how: signal.Signals) -> None:
    data = tmp_path / "data"
    async with started(data) as server:
        assert processes_using(data)
        assert await server.stop(how) == 0
        await until_nobody_uses(data)


async def test_a_signal_ends_open_streams_too(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server, client_of(server) as anyone:
        session = await anyone.call(operations.SIGN_UP, handle="ana", displayName="Ana", password="password")
        ana = anyone.as_person(session["token"])
        space = (await ana.call(operations.CREATE_SPACE, title="Hello"))["space"]
        await ana.call(operations.START_SPACE, spaceId=space["id"])
        async with ana.subscribe(operations.VERSIONS, spaceId=space["id"]) as events:
            await anext(events)
            assert await server.stop() == 0


async def test_kill_9_and_a_new_start_lose_nothing_acknowledged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with started(data) as server, client_of(server) as anyone:
        session = await anyone.call(operations.SIGN_UP, handle="ana", displayName="Ana", password="password")
        ana = anyone.as_person(session["token"])
        spaces = [(await ana.call(operations.CREATE_SPACE, title=f"Space {n}"))["space"]["id"] for n in range(20)]
        for space_id in spaces[:10]:
            await ana.call(operations.START_SPACE, spaceId=space_id)
        await server.stop(signal.SIGKILL)
    async with running(data) as again, client_of(again) as anyone:
        ana = anyone.as_person(session["token"])
        for number, space_id in enumerate(spaces):
            document = "query ($id: ID!) { space(id: $id) { title state } }"
            found = await ana.call(document, id=space_id)
            assert found == {"title": f"Space {number}", "state": "LIVE" if number < 10 else "PREPARING"}


async def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = await ending(tmp_path / "data", "--port", str(port))
    assert code == 1
    assert_one_sentence(said, str(port), "in use")


async def test_a_data_folder_in_use_is_one_sentence(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with running(data):
        code, said = await ending(data, "--port", "0")
    assert code == 1
    assert_one_sentence(said, str(data), "in use")


async def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.write_text("a file")
    code, said = await ending(data, "--port", "0")
    assert code == 1
    assert_one_sentence(said, str(data))


async def test_an_unreachable_database_is_one_sentence(tmp_path: Path) -> None:
    code, said = await ending(tmp_path / "data", "--port", "0", MONGODB_URI="mongodb://127.0.0.1:9/")
    assert code == 1
    assert_one_sentence(said, "MONGODB_URI")


async def test_an_unreachable_redis_is_one_sentence(tmp_path: Path) -> None:
    code, said = await ending(tmp_path / "data", "--port", "0", BROADCAST_URL="redis://127.0.0.1:9/")
    assert code == 1
    assert_one_sentence(said, "BROADCAST_URL")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "99999"),
        ("SPEAKER_SEATS", "-1"),
        ("HEARTBEAT_SECONDS", "soon"),
        ("JWKS_URL", "ftp://login.example.org/keys"),
    ],
)
async def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, name: str, value: str) -> None:
    code, said = await ending(tmp_path / "data", **{name: value})
    assert code == 1
    assert_one_sentence(said, name)


async def test_a_signing_key_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "token.key").write_bytes(b"short")
    code, said = await ending(data, "--port", "0")
    assert code == 1
    assert_one_sentence(said, str(data / "token.key"), "signing key")


async def test_two_servers_on_one_database_need_a_data_folder_each(tmp_path: Path, mongod: Mongod) -> None:
    data, uri = tmp_path / "data", mongod.uri.replace("/?", "/one_folder?")
    async with running(data, MONGODB_URI=uri):
        code, said = await ending(data, "--port", "0", MONGODB_URI=uri)
    assert code == 1
    assert_one_sentence(said, str(data), "in use")


def test_answers_do_not_wait_for_the_clients_acknowledgement() -> None:
    with bind("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
