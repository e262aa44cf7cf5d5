"""One CPU: what looks how many there are, to start a thread for each, sees one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_cpu() -> Iterator[None]:
    """For the first block of an encoder: PyAV puts a filter graph before it then, with an idle thread for each CPU."""
    seen = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(seen)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, seen)
