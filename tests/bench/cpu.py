"""CPU time of processes, as the operating system counts it: what stays steady on a busy machine."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

PROC: Final = Path("/proc")

T = TypeVar("T")


def spent(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` answers, and the CPU seconds this process took for it, all threads together."""
    begun = time.process_time()
    answer = work()
    return answer, time.process_time() - begun


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, all threads, to the nanosecond. Raises `OSError` if it is gone.

    The clock of clock_getcpuclockid(3), which Python has for threads only: glibc makes it of the pid like this.
    """
    return time.clock_gettime(~pid << 3 | 2)


CORES: Final = sorted(os.sched_getaffinity(0))
"""Those this process may run on when it starts."""
SERVER_CORE: Final = CORES[0]
CLIENT_CORE: Final = CORES[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """This thread, and whatever processes it starts within the block, run on this core alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def resident(pid: int) -> int:
    """Bytes of memory in use, by proc(5)."""
    lines = (PROC / str(pid) / "status").read_text().splitlines()
    kilobytes = next(line for line in lines if line.startswith("VmRSS"))
    return int(kilobytes.split()[1]) * 1024


@contextmanager
def real_time(priorities: Mapping[int, int]) -> Iterator[bool]:
    """Processes that run before all others within the block, of each other by their priority; whether that is allowed.

    On a machine that is busy with other work, lateness would else be that work's.
    """
    try:
        for pid, priority in priorities.items():
            _schedule(pid, os.SCHED_RR, priority)
        allowed = True
    except PermissionError:
        allowed = False
    try:
        yield allowed
    finally:
        for pid in priorities if allowed else ():
            _schedule(pid, os.SCHED_OTHER, 0)


def _schedule(pid: int, policy: int, priority: int) -> None:
    for thread in (PROC / str(pid) / "task").iterdir():
        os.sched_setscheduler(int(thread.name), policy, os.sched_param(priority))


def child(parent: int, name: str) -> int:
    """The child process that has a program or argument of this name. Raises `LookupError`."""
    if found := children(parent, name):
        return found[0]
    raise LookupError(f"process {parent} has no child {name}")


def children(parent: int, name: str) -> list[int]:
    """All child processes that have a program or argument of this name."""
    numbers = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    return [pid for pid in numbers if _is_child(pid, parent, name)]


def _is_child(pid: int, parent: int, name: str) -> bool:
    try:
        arguments = (PROC / str(pid) / "cmdline").read_text().split("\0")
        # The second field of proc(5)'s stat, the name in brackets, may hold anything; the fourth is the parent.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(fields[1]) == parent and name in [Path(argument).name for argument in arguments]
