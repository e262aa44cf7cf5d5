"""The media process: commands in, sound made, events out, until the web process is gone."""

import asyncio
import logging
import signal
import socket
from collections.abc import Sequence

from media.captions import Captions
from media.channel import MAX_LINE, Channel, ControlError
from media.control import Command, Ready, Refusal
from media.link import Link
from media.peer import Address, listen_on
from media.recognisers import OFF
from media.refusals import RefusalCode
from media.studio import Studio
from media.treatment import UNTREATED, Wanted

MAX_REQUESTS = 64
"""Commands under way at once; further ones wait in the channel."""

log = logging.getLogger(__name__)


async def serve(
    control: socket.socket,
    sound: socket.socket,
    addresses: Sequence[Address],
    *,
    recogniser: str = OFF,
    treating: Wanted = UNTREATED,
) -> None:
    """Obeys commands until the other end of `control` is closed or SIGTERM comes; then all takes are finalised.

    `sound` is this process's end of the link, for sessions over WebSockets.

    Commands are begun in order of arrival; a stage is obeyed before the next command is begun. A broken line is
    answered, and never the end.
    """
    listen_on(addresses)
    channel = Channel(*await asyncio.open_connection(sock=control, limit=MAX_LINE))
    link = Link(sound)
    async with asyncio.TaskGroup() as tasks:
        captions = None if recogniser == OFF else Captions(recogniser, channel.send)
        listening = tasks.create_task(captions.run()) if captions else None
        studio = Studio(addresses, tasks, channel.send, link, captions=captions, treating=treating)
        reading = tasks.create_task(_read(channel, studio, tasks))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, reading.cancel)
        channel.send(Ready())
        await asyncio.wait([reading])
        await studio.close()
        if listening:
            listening.cancel()
        link.close()
        await channel.close()


async def _read(channel: Channel, studio: Studio, tasks: asyncio.TaskGroup) -> None:
    slots = asyncio.Semaphore(MAX_REQUESTS)

    async def obey(command: Command, id: int | None) -> None:
        try:
            channel.send(await studio.obey(command), id)
        finally:
            slots.release()

    while True:
        try:
            frame = await channel.receive()
        except ControlError as error:
            channel.send(Refusal(RefusalCode.MALFORMED, f"Not a message: {error}."), error.id)
            continue
        if frame is None:
            return
        if not isinstance(frame.message, Command):
            channel.send(Refusal(RefusalCode.MALFORMED, "Not a command."), frame.id)
            continue
        await slots.acquire()
        tasks.create_task(obey(frame.message, frame.id))
