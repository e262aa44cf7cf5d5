"""The MongoDB database: connecting, indexes, and the replica set of the embedded server."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias, TypeVar

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession, AsyncIOMotorDatabase
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from app.store.indexes import create_indexes

TIMEOUT_MS: Final = 5000
"""Every operation ends within this: without it the driver waits for ever on a stopped server."""
SELECTION_MS: Final = 2000
"""How long to look for a primary, also when closing: the driver's 30 s would hold the server's end up."""
OLDEST_SERVER: Final = (6, 0)
DEFAULT_NAME: Final = "spaces"
PRIMARY_POLL_SECONDS: Final = 0.02
CONFLICT_SECONDS: Final = 0.005
"""About how long a transaction that lost a race waits for its first new try; longer with each one, up to 0.1 s."""
LONGEST_CONFLICT_SECONDS: Final = 0.1

Document: TypeAlias = dict[str, Any]
Session: TypeAlias = AsyncIOMotorClientSession
Result = TypeVar("Result")
Database: TypeAlias = AsyncIOMotorDatabase[Document]


class DatabaseUnreachable(Exception):
    """The database cannot be used; the message is one sentence for whoever started the server."""


async def make_primary(uri: str, replica_set: str, member: str) -> None:
    """Make the one mongod at `uri` the primary of a replica set of its own, reachable at host `member`.

    New data gets the set; data that was moved, so that its member has another host now, gets the new host.
    Returns when the server takes writes. Clients opened before that believe it has no sessions.
    """
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(uri, timeoutMS=TIMEOUT_MS)
    try:
        config = await client["local"]["system.replset"].find_one()
        if config is None:
            members = [{"_id": 0, "host": member}]
            await client.admin.command("replSetInitiate", {"_id": replica_set, "members": members})
        elif config["members"][0]["host"] != member:
            members = [config["members"][0] | {"host": member}]
            moved = config | {"members": members, "version": config["version"] + 1}
            await client.admin.command({"replSetReconfig": moved, "force": True})
        while not (await client.admin.command("hello"))["isWritablePrimary"]:  # noqa: ASYNC110
            await asyncio.sleep(PRIMARY_POLL_SECONDS)
    finally:
        client.close()


@asynccontextmanager
async def open_database(uri: str, name: str | None = None) -> AsyncIterator[Database]:
    """The database of `name`, else the one in the URI's path, else "spaces"; with its indexes, on a new enough server.

    Writes are acknowledged by a majority, each in its journal. Raises `DatabaseUnreachable`.
    """
    try:
        client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
            uri, timeoutMS=TIMEOUT_MS, serverSelectionTimeoutMS=SELECTION_MS, tz_aware=True
        )
    except (PyMongoError, ValueError) as error:
        raise DatabaseUnreachable(f"MONGODB_URI is not a MongoDB address: {error}.") from None
    try:
        await _require_server(client)
        default = client.get_default_database(DEFAULT_NAME).name
        database = client.get_database(name or default, write_concern=WriteConcern(w="majority", j=True))
        await create_indexes(database)
        yield database
    finally:
        client.close()


async def transact(database: Database, work: Callable[[Session], Awaitable[Result]]) -> Result:
    """What `work` answers, with all its writes kept or none; it is called anew where others were in its way.

    Raises what `work` raises, and after `TIMEOUT_MS` of lost races the driver's error. (motor's own `with_transaction`
    gives up on a commit that conflicts, and tries again without waiting.)
    """
    loop, wait = asyncio.get_running_loop(), CONFLICT_SECONDS
    deadline = loop.time() + TIMEOUT_MS / 1000
    while True:
        try:
            async with (
                await database.client.start_session() as session,
                session.start_transaction(write_concern=database.write_concern),
            ):
                return await work(session)
        except PyMongoError as error:
            if not error.has_error_label("TransientTransactionError") or loop.time() > deadline:
                raise
        await asyncio.sleep(random.uniform(0, wait))
        wait = min(wait * 2, LONGEST_CONFLICT_SECONDS)


async def is_up(database: Database) -> bool:
    """Whether the database answers now."""
    try:
        await database.command("ping")
    except PyMongoError:
        return False
    return True


async def _require_server(client: AsyncIOMotorClient[Document]) -> None:
    try:
        build = await client.admin.command("buildInfo")
        hello = await client.admin.command("hello")
    except PyMongoError as error:
        # The driver goes on with its time-outs and a description of its topology.
        reason = str(error).partition(" (configured")[0].partition(", full error:")[0]
        raise DatabaseUnreachable(f"MongoDB at MONGODB_URI cannot be used: {reason}.") from None
    if tuple(build["versionArray"][:2]) < OLDEST_SERVER:
        raise DatabaseUnreachable(f"MongoDB at MONGODB_URI is {build['version']}: Spaces needs 6.0 or newer.")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseUnreachable(
            "MongoDB at MONGODB_URI is a standalone server: Spaces needs a replica set (of one member at least)."
        )


def to_document(data: Document) -> Document:
    """The document of a value that has an id: MongoDB calls that `_id`."""
    return {"_id" if name == "id" else name: value for name, value in data.items()}


def from_document(document: Document) -> Document:
    """What `to_document` was given."""
    return {"id" if name == "_id" else name: value for name, value in document.items()}
