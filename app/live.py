"""Spaces on air on this node: has the media process follow them, and reads what it writes."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.spaces import Space, SpaceState
from app.services.ports import ClipSound, FileSlice, MediaRefused, MediaUnavailable, MicrophoneAnswer
from media import control
from media.clip import ClipOutOfRange, cut
from media.encoder import SAMPLE_RATE
from media.process import MediaProcess, ProcessGone
from media.refusals import RefusalCode
from media.timeline import Timeline

RESTART_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0)
"""Wait before a start, by how many processes died young before it."""
YOUNG_SECONDS = 10.0
ENDED_SPACES = 1024
"""Ended Spaces remembered, so that a late word of their being live does not put them on air again."""
TIMELINES = 256
"""Recordings kept open for reading."""
REFRESH_SECONDS = 0.1
"""All who ask for a playlist within this time get the same look at the files."""
FAREWELL_SECONDS = 30.0
"""How long the sound of a Space that was not recorded stays after its end, for those who hear it late."""

STATUS = {
    RefusalCode.MALFORMED: 400,
    RefusalCode.NOT_ON_STAGE: 403,
    RefusalCode.UNKNOWN_SESSION: 404,
    RefusalCode.NOT_ACCEPTABLE: 406,
    RefusalCode.NOT_ON_AIR: 409,
}

log = logging.getLogger(__name__)


class Live:
    """The `MediaEngine` of this node: a context, within which one media process runs, supervised.

    Recordings are folders in `folder / "spaces"`, clips files in `folder / "clips"`. `addresses`: where microphones
    connect, `BIND` or `BIND=ANNOUNCED`; none given, on every address of this machine.
    """

    def __init__(self, folder: Path, addresses: Sequence[str] = ()) -> None:
        self._spaces_folder = folder.resolve() / "spaces"
        self._clips_folder = folder.resolve() / "clips"
        self._addresses = addresses
        self._process: MediaProcess | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._live: dict[str, Space] = {}
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._connected: set[tuple[str, str]] = set()
        self._timelines: OrderedDict[str, _Reader] = OrderedDict()
        self._farewells: dict[str, asyncio.Task[None]] = {}
