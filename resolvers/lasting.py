"""Lasting lists: what was answered of them once is answered again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

T = TypeVar("T")
Read = Callable[[Iterable[Any]], list[Any]]
"""Makes of a list's members what is answered; one for each selection of a plan."""

MAX_ANSWERS: Final = 8
"""Of one list; the oldest give way."""


class Lasting(list[T]):
    """A list that nobody changes, nor anything in it, and that many requests find.

    Answers hold only attributes of what is in it, so they last as long as it does; nobody changes them either.
    """

    def __init__(self, members: Iterable[T]) -> None:
        super().__init__(members)
        self._answers: dict[Read, list[Any]] = {}

    def answer(self, read: Read) -> list[Any]:
        """What `read` makes of the list, kept for the next that comes with it. Raises what `read` raises."""
        answer = self._answers.get(read)
        if answer is None:
            answer = read(self)
            if len(self._answers) >= MAX_ANSWERS:
                del self._answers[next(iter(self._answers))]
            self._answers[read] = answer
        return answer
