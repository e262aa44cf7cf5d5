"""What to do with a recording after a crash, before anything is added to it or it is called finished."""

import mmap
import os
from pathlib import Path

from media.fmp4 import Part, walk
from media.takes import Entry, TakeFile, list_takes


def recover(folder: Path) -> None:
    """Cuts what a crash left half written and makes the index fit the sound. To be run while nobody writes.

    The newest file is the only one that can need it: a writer goes to a new file only when the last one is
    whole. Doing it twice does no more than doing it once, and being killed in the middle does no harm.
    """
    for take in reversed(list_takes(folder)):
        parts = _whole_parts(take.data_path)
        if parts:
            _mend(take, parts)
            return
        take.delete()


def _whole_parts(path: Path) -> list[Part]:
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return []
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as data:
            return list(walk(data))


def _mend(take: TakeFile, parts: list[Part]) -> None:
    """The index is replaced as a whole, before the data is cut: readers never see an entry without its part."""
    index = b"".join(Entry(part.offset, part.length, len(part.sizes)).pack() for part in parts)
    if not take.index_path.exists() or take.index_path.read_bytes() != index:
        replacement = take.index_path.with_suffix(".index-new")
        replacement.write_bytes(index)
        replacement.replace(take.index_path)
    end = parts[-1].offset + parts[-1].length
    if take.data_path.stat().st_size > end:
        os.truncate(take.data_path, end)
