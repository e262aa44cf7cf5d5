"""Marks: whether a field is the same for all who may see what it is of, said where the field is defined.

Only what is marked `FOR_ALL` is ever executed once for many; whatever bears no mark is each viewer's own. What is
marked `FOR_ALL_NOW` is the same for all at one moment, but time alone changes it: it is never kept.
"""

from typing import Final

MARK: Final = "for_all"
TIMED: Final = "timed"

FOR_ALL: Final = {MARK: True}
"""Nothing of it depends on who asks: neither on their account, nor on how they stand to anyone, nor on a token."""
FOR_ALL_NOW: Final = {MARK: True, TIMED: True}
"""As `FOR_ALL`, at one moment: by the clock it changes without anything having happened."""
PER_VIEWER: Final = {MARK: False}
"""It depends on who asks, or leads on to what may."""
