"""Where benches run: a folder of their own, and one server for all of them."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.bench.open_files import room_for
from tests.bench.size import FULL
from tests.server.running import RunningServer, running


class Place:
    """Made by `open_place`, which also cleans up."""

    def __init__(self, folder: Path, cleanup: AsyncExitStack) -> None:
        self._folder = folder
        self._cleanup = cleanup
        self._server: RunningServer | None = None

    def folder(self, name: str) -> Path:
        """An empty folder of this name."""
        folder = self._folder / name
        folder.mkdir()
        return folder

    async def server(self) -> RunningServer:
        """The server, as `make run` starts it but without rates; nobody who says nothing leaves for an hour.

        Started when the first bench asks for it.
        """
        if self._server is None:
            self._server = await self._cleanup.enter_async_context(
                running(
                    self._folder / "server",
                    REQUESTS_PER_VIEWER="1000000",
                    REQUESTS_PER_ADDRESS="1000000",
                    PRESENCE_GRACE_SECONDS="3600",
                )
            )
        return self._server


@asynccontextmanager
async def open_place() -> AsyncIterator[Place]:
    """A place in the system's temporary folder; its server may have as many sockets open as the largest bench wants."""
    room_for(FULL.hall)
    with tempfile.TemporaryDirectory(prefix="spaces-bench-") as folder:
        async with AsyncExitStack() as cleanup:
            yield Place(Path(folder), cleanup)
