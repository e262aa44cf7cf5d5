"""Processes, as /proc has them: which a server has started, and whether one is still there."""

from pathlib import Path


def children(pid: int) -> dict[str, int]:
    """The processes a server has started, by the last part of what they run: `media` and `mongod`."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        found["media" if "media" in words else Path(words[0]).name] = int(child)
    return found


def is_there(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
