"""What to do with a recording after a crash, before anything is added to it or it is called finished."""

import mmap
import os
from pathlib import Path

from media.fmp4 import Buffer, Part, read_part, walk
from media.takes import Entry, TakeFile, list_takes


def recover(folder: Path) -> None:
    """Cuts what a crash left half written and makes the index fit the sound. To be run while nobody writes.

    Only the newest file can need it, for a writer goes to a new one when the last is whole. A file without a single
    whole part is deleted. Doing it twice does no more than doing it once, and being killed in it does no harm.
    Raises OSError where the disk is broken or full; nothing is lost then either.
    """
    for take in reversed(list_takes(folder)):
        entries = _whole_parts(take)
        if entries:
            _mend(take, entries)
            return
        take.delete()


def _whole_parts(take: TakeFile) -> list[Entry]:
    """The index as it ought to be: as far as the file bears it out, then on by what else is whole in the file."""
    with take.data_path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return []
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as data:
            entries = take.entries() if take.index_path.exists() else []
            while entries and (last := _indexed_part(data, entries[-1])) is None:
                entries.pop()
            found = walk(data, after=last if entries else None)
            return entries + [Entry(part.offset, part.length, len(part.sizes)) for part in found]


def _indexed_part(data: Buffer, entry: Entry) -> Part | None:
    part = read_part(data, entry.offset)
    return part if part and (part.length, len(part.sizes)) == (entry.length, entry.packets) else None


def _mend(take: TakeFile, entries: list[Entry]) -> None:
    """Replaces the index as a whole, then cuts the data: readers never see an entry without its part."""
    index = b"".join(entry.pack() for entry in entries)
    if not take.index_path.exists() or take.index_path.read_bytes() != index:
        replacement = take.index_path.with_suffix(".index-new")
        replacement.write_bytes(index)
        replacement.replace(take.index_path)
    end = entries[-1].offset + entries[-1].length
    if take.data_path.stat().st_size > end:
        os.truncate(take.data_path, end)
