"""Starts a media process: `python -m media --control-fd N --sound-fd N [--address BIND[=ANNOUNCED] ...]`."""

import argparse
import asyncio
import logging
import socket

from media.peer import Address
from media.recognisers import OFF
from media.treatment import Wanted
from media.worker import serve


def main() -> None:
    """Serves the web process at the other end of the inherited socket until it is gone."""
    parser = argparse.ArgumentParser(prog="python -m media", description="Mixes and records the Spaces on air.")
    parser.add_argument("--control-fd", type=int, required=True, help="connected Unix socket to take commands from")
    parser.add_argument("--sound-fd", type=int, required=True, help="connected Unix socket for sound of WebSockets")
    parser.add_argument(
        "--address", type=Address.parse, action="append", default=[], help="where sessions connect: BIND[=ANNOUNCED]"
    )
    parser.add_argument("--transcriber", default=OFF, help="off, pocketsphinx or whisper:/path/to/model")
    parser.add_argument("--noise-suppression", action="store_true", help="suppress the noise of every microphone")
    parser.add_argument("--automatic-gain", action="store_true", help="bring all voices to one level")
    arguments = parser.parse_args()
    treating = Wanted(arguments.noise_suppression, arguments.automatic_gain)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    control, sound = (socket.socket(fileno=number) for number in (arguments.control_fd, arguments.sound_fd))
    given = {"recogniser": arguments.transcriber, "treating": treating}
    asyncio.run(serve(control, sound, arguments.address, **given))


if __name__ == "__main__":
    main()
