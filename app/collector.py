"""The collector of cyclic garbage: it holds the event loop while it looks, so let it look seldom and at little."""

from __future__ import annotations

import gc
from typing import Final

YOUNG: Final = 20_000
"""Objects made and not freed until the newest are looked at: 5 ms. Python's 700 are less than a dozen who join."""
MIDDLE: Final = 5
"""Times that, until all made since the last such time are looked at: 40 ms."""
ALL: Final = 20
"""Times that, until everything is: 30 ms for each thousand listeners. What is garbage by then is 2 million objects."""


def collect_seldom() -> None:
    """Once all parts are built: they stay as long as the process, and are looked at no more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, ALL)
