"""`python -m tests.bench [NAME ...] [--tiny] [--json FILE]`: runs the benches, and prints their tables as Markdown.

With `--json` each table is also appended to the file when it is there, as one line of JSON: `bench` (its name here),
`conditions`, `title`, `columns`, `rows` (of each its texts and unrounded numbers) and `note`. That is what plots are
drawn from: `python -m tests.bench fan_out side_by_side --json FILE`.
"""

import argparse
import asyncio
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import av

from tests.bench.benches import BENCHES
from tests.bench.place import open_place
from tests.bench.size import FULL, TINY, Size


async def run(names: Sequence[str], size: Size, lines: Path | None) -> None:
    """Prints the conditions, then each table when it is there."""
    print(conditions(), flush=True)
    async with open_place() as place:
        for name in names:
            for table in await BENCHES[name](size, place):
                print(f"\n{table.markdown()}", flush=True)
                if lines:
                    with lines.open("a") as file:
                        file.write(json.dumps({"bench": name, "conditions": conditions(), **asdict(table)}) + "\n")


def conditions() -> str:
    """Machine, versions and load."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    processor = models[0].partition(": ")[2] if models else platform.machine()
    return (
        f"{os.cpu_count()} cores of {processor}, load {os.getloadavg()[0]:.1f}; {platform.system()}, "
        f"Python {platform.python_version()}, PyAV {av.__version__} (FFmpeg {av.ffmpeg_version_info})."
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measures the server.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)} (default: all)")
    parser.add_argument("--tiny", action="store_true", help="as little as possible, to see that all of it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="append each table to this file, a line of JSON each")
    given = parser.parse_args()
    if unknown := set(given.names) - BENCHES.keys():
        parser.error(f"no bench is called {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    asyncio.run(run(given.names or list(BENCHES), TINY if given.tiny else FULL, given.json))


if __name__ == "__main__":
    main()
