"""The control channel between web and media process: messages over a connected stream."""

import asyncio
from contextlib import suppress

from media.control import MAX_LINE, ControlError, Frame, Message, decode, encode


class Channel:
    """One end of the control channel, over a connected stream. Sending never waits; one task receives."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, message: Message, id: int | None = None) -> None:
        """Sends in order of calls. To an end that is gone it does nothing; that is seen by `receive`."""
        if not self._writer.is_closing():
            self._writer.write(encode(Frame(message, id)))

    async def receive(self) -> Frame | None:
        """The next message; None when the other end is gone.

        Raises `ControlError` for a line that is none, after which the next may be received. Cancel-safe.
        """
        try:
            line = await self._reader.readline()
        except ValueError as error:
            raise ControlError(f"longer than {MAX_LINE} bytes") from error
        except ConnectionError:
            return None
        return decode(line) if line.endswith(b"\n") else None

    async def close(self) -> None:
        """Closes this end, after what was sent; the other end receives None."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()
