"""The command line: `python -m app serve`, `demo` and `sdl`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from functools import partial
from pathlib import Path

from pydantic import ValidationError


def arguments() -> argparse.ArgumentParser:
    """What may be said on the command line; everything else is set by the environment (README, Configuration)."""
    parser = argparse.ArgumentParser(prog="python -m app", description="Spaces: live audio conversations.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the server")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default 8000; 0 takes a free one)")
    serve.add_argument("--data", type=Path, help="folder of sound, keys and the embedded database (default ./data)")
    demo = commands.add_parser("demo", help="hold a Space on a running server, by its public API alone")
    demo.add_argument("--url", default="http://127.0.0.1:8000", help="the server (default http://127.0.0.1:8000)")
    demo.add_argument("--seconds", type=float, help="how long; without it, until stopped")
    demo.add_argument("--wait", type=float, default=30, help="seconds to wait for the server (default 30)")
    demo.add_argument("--listeners", type=int, default=300, help="people who listen (default 300)")
    demo.add_argument("audio", nargs="*", type=Path, help="sound files the speakers play (default: synthetic speech)")
    commands.add_parser("sdl", help="print the GraphQL schema")
    return parser


def main() -> int:
    """Runs the command; 0 where all went well, 1 with one sentence on stderr where it did not."""
    given = arguments().parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    match given.command:
        case "serve":
            return _serve(given)
        case "demo":
            return _demo(given)
        case _:
            return _sdl()


def _serve(given: argparse.Namespace) -> int:
    from app.config import Settings
    from app.main import CannotStart, serve

    said = {name: getattr(given, name) for name in ("host", "port", "data") if getattr(given, name) is not None}
    try:
        settings = Settings(**said)
    except ValidationError as wrong:
        for error in wrong.errors():
            print(f"{'.'.join(map(str, error['loc'])).upper()}: {error['msg']}.", file=sys.stderr)
        return 1
    tell = partial(print, flush=True)
    try:
        asyncio.run(serve(settings, tell))
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _demo(given: argparse.Namespace) -> int:
    from app.demo.conversation import Cast, run
    from app.web.serving import stop_signals

    async def hold() -> str:
        with stop_signals() as stop:
            cast = Cast.of(given.listeners, given.audio)
            tell = partial(print, flush=True)
            return await run(given.url, cast, seconds=given.seconds, wait=given.wait, stop=stop, tell=tell)

    try:
        print(asyncio.run(hold()))
    except Exception as error:
        print(f"The demo failed: {_innermost(error)}", file=sys.stderr)
        return 1
    return 0


def _innermost(error: BaseException) -> str:
    """The first cause in a group of failures, in one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{error}" or type(error).__name__


def _sdl() -> int:
    from resolvers import api

    print(api.build_schema().as_str())
    return 0


if __name__ == "__main__":
    sys.exit(main())
