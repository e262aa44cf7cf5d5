"""Open files: a socket is one, and how many a process may have is limited (`ulimit -n`)."""

from __future__ import annotations

import resource
from typing import Final

BESIDES: Final = 200
"""What a process has open beside its clients' sockets."""


def room_for(sockets: int) -> int:
    """How many of so many sockets this process, and those it starts from now on, may have: the limit is raised first.

    Only as far as the hard limit: that one root alone raises (`ulimit -Hn`, limits.conf(5), LimitNOFILE of systemd).
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = sockets + BESIDES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return min(sockets, wanted - BESIDES)


def need(sockets: int) -> None:
    """Raises `OSError`, which says what to do, where so many sockets are not allowed."""
    if (room := room_for(sockets)) < sockets:
        raise OSError(
            f"{sockets} sockets in one process need {sockets + BESIDES} open files, and only {room + BESIDES} are "
            f"allowed: raise the hard limit (ulimit -Hn)."
        )
