"""The embedded mongod: real processes, started, killed and started again."""

import asyncio
import os
import signal
import stat
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import app.mongod
from app.mongod import Mongod, MongodUnavailable
from app.store.database import make_primary, open_database
from tests.waiting import DEADLINE

SERVER = """
import asyncio, sys
from pathlib import Path
from app.mongod import Mongod
from app.store.database import make_primary, open_database

async def serve():
    async with Mongod(Path(sys.argv[1]), make_primary) as mongod, open_database(mongod.uri) as database:
        await database.notes.insert_one({"_id": "acknowledged"})
        print(mongod.process.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(serve())
"""


async def start_server(data: Path) -> tuple[asyncio.subprocess.Process, int]:
    """A server process of its own that has written one note; answers with its mongod's process id."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, str(data), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert server.stdout is not None
    async with asyncio.timeout(DEADLINE):
        return server, int(await server.stdout.readline())


async def notes(data: Path) -> list[str]:
    async with Mongod(data, make_primary) as mongod, open_database(mongod.uri) as database:
        return [note["_id"] async for note in database.notes.find()]


async def write_note(data: Path, note: str) -> str:
    async with Mongod(data, make_primary) as mongod, open_database(mongod.uri) as database:
        await database.notes.insert_one({"_id": note})
        return mongod.uri


async def test_a_restart_keeps_the_data_and_the_address(tmp_path: Path) -> None:
    assert await write_note(tmp_path, "one") == await write_note(tmp_path, "two")
    assert sorted(await notes(tmp_path)) == ["one", "two"]


async def test_moved_data_starts_at_its_new_place(tmp_path: Path) -> None:
    await write_note(tmp_path / "old", "kept")
    (tmp_path / "old").rename(tmp_path / "new")
    assert await notes(tmp_path / "new") == ["kept"]


async def test_a_killed_server_takes_mongod_with_it_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    server, _ = await start_server(tmp_path)
    server.kill()
    await server.wait()
    assert await notes(tmp_path) == ["acknowledged"]


async def test_a_killed_mongod_is_noticed_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    async with Mongod(tmp_path, make_primary) as mongod, open_database(mongod.uri) as database:
        await database.notes.insert_one({"_id": "acknowledged"})
        mongod.process.kill()
        async with asyncio.timeout(DEADLINE):
            assert "exit code -9" in await mongod.exited()
    assert await notes(tmp_path) == ["acknowledged"]


async def test_a_second_server_on_the_same_data_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    server, _ = await start_server(tmp_path)
    with pytest.raises(MongodUnavailable, match="in use by another server"):
        await notes(tmp_path)
    assert server.returncode is None
    server.kill()
    await server.wait()
    assert await notes(tmp_path) == ["acknowledged"]


async def test_a_mongod_somebody_else_started_on_the_data_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.mongod, "LOCK_SECONDS", 0.1)
    async with Mongod(tmp_path, make_primary) as mongod:
        pid = mongod.process.pid
        # The lock of our own is on the folder: a copy of its name reaches mongod's lock only.
        (tmp_path / "alias" / "db").mkdir(parents=True)
        os.link(tmp_path / "db" / "mongod.lock", tmp_path / "alias" / "db" / "mongod.lock")
        with pytest.raises(MongodUnavailable, match="in use by another server"):
            await notes(tmp_path / "alias")
        assert mongod.process.returncode is None
        assert mongod.process.pid == pid


async def test_it_opens_no_tcp_port_and_is_out_of_reach_of_the_terminals_ctrl_c(mongod: Mongod) -> None:
    assert listening_tcp_sockets(mongod.process.pid) == []
    assert os.getsid(mongod.process.pid) != os.getsid(0)


def listening_tcp_sockets(pid: int) -> list[str]:
    """The lines of /proc/net/tcp and tcp6 that belong to a process: see proc(5)."""
    targets = [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()]
    inodes = {target[len("socket:[") : -1] for target in targets if target.startswith("socket:[")}
    tables = [Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    return [line for table in tables for line in table if line.split()[9] in inodes]


async def test_a_stopped_mongod_leaves_no_process_and_no_socket(tmp_path: Path) -> None:
    async with Mongod(tmp_path, make_primary) as mongod:
        socket = socket_path(mongod)
        assert socket.is_socket()
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert mongod.process.returncode == 0
    assert not socket.parent.exists()


def socket_path(mongod: Mongod) -> Path:
    return Path(unquote(urlsplit(mongod.uri).netloc))


async def test_a_mongod_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.mongod, "STOP_SECONDS", 0.1)
    async with asyncio.timeout(DEADLINE):
        async with Mongod(tmp_path, make_primary) as mongod:
            os.kill(mongod.process.pid, signal.SIGSTOP)
        assert mongod.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            "echo 'error while loading shared libraries: libcurl.so.4: cannot open shared object' >&2; exit 127",
            "needs the system library libcurl.so.4: install libcurl4, or set MONGODB_URI",
        ),
        (
            """echo '{"s":"E","msg":"Error creating journal","attr":{"error":"No space left"}}'; exit 100""",
            r"exit code 100 \(Error creating journal: No space left\): see .*mongod\.log",
        ),
        ("kill -ILL $$", "this processor, MongoDB needs AVX"),
    ],
)
async def test_a_mongod_that_cannot_start_is_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, sentence: str
) -> None:
    binary = tmp_path / "mongod"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(MongodUnavailable, match=sentence):
        await notes(tmp_path / "data")


async def test_no_mongod_at_all_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MongodUnavailable, match="install MongoDB 6 or newer, or set MONGODB_URI"):
        await notes(tmp_path / "data")


async def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(MongodUnavailable, match="data/db cannot be used: Not a directory"):
        await notes(tmp_path / "data")


async def test_a_socket_folder_open_to_others_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    socket_path(Mongod(tmp_path / "data", make_primary)).parent.mkdir(mode=0o755)
    with pytest.raises(MongodUnavailable, match="mode 0700"):
        await notes(tmp_path / "data")


async def test_a_temporary_folder_too_deep_for_a_socket_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("deep" * 30)))
    with pytest.raises(MongodUnavailable, match="too long for a socket: set TMPDIR"):
        await notes(tmp_path / "data")
