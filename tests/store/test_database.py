"""Connecting: what a wrong or absent MongoDB is told as, and what every database is set to."""

import asyncio
from pathlib import Path
from urllib.parse import quote

import pytest

from app.mongod import Mongod, find_mongod
from app.store.database import Database, DatabaseUnreachable, open_database
from tests.waiting import until


@pytest.mark.parametrize(
    ("uri", "sentence"),
    [
        ("mongodb://127.0.0.1:1", r"cannot be used: 127\.0\.0\.1:1: \[Errno 111\] Connection refused\.$"),
        ("http://127.0.0.1", "MONGODB_URI is not a MongoDB address: .*begin with 'mongodb://'"),
        ("mongodb://user:secret@", "MONGODB_URI is not a MongoDB address"),
    ],
)
async def test_a_database_that_cannot_be_used_is_one_clear_sentence(
    uri: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.database.TIMEOUT_MS", 200)
    with pytest.raises(DatabaseUnreachable, match=sentence) as raised:
        async with open_database(uri):
            pass
    assert "secret" not in str(raised.value)


async def test_a_standalone_server_is_refused_because_it_has_no_transactions(tmp_path: Path) -> None:
    address = tmp_path / "mongod.sock"
    standalone = await asyncio.create_subprocess_exec(
        *(find_mongod(), "--dbpath", tmp_path, "--bind_ip", address, "--quiet"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await until(address.exists, "the standalone server listens")
        with pytest.raises(DatabaseUnreachable, match="standalone server: Spaces needs a replica set"):
            async with open_database(f"mongodb://{quote(str(address), safe='')}"):
                pass
    finally:
        standalone.kill()
        await standalone.wait()


async def test_the_name_is_the_one_in_the_address_or_spaces(mongod: Mongod) -> None:
    async with open_database(mongod.uri) as database:
        assert database.name == "spaces"
    async with open_database(mongod.uri.replace("/?", "/theirs?")) as database:
        assert database.name == "theirs"
        await database.client.drop_database("theirs")


async def test_writes_wait_for_a_majority_and_the_journal(database: Database) -> None:
    assert database.write_concern.document == {"w": "majority", "j": True}


async def test_opening_again_finds_the_indexes_there(mongod: Mongod, database: Database) -> None:
    before = await database["attendance"].index_information()
    async with open_database(mongod.uri, name=database.name) as again:
        assert await again["attendance"].index_information() == before
    assert len(before) > 1
