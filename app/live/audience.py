"""The audience: who hears with low delay without being on stage, so many on the whole node and never one more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from app.services.media_engine import MediaRefused

FULL = 503

Listener = tuple[str, str]
"""Space and person; without an account the person is empty."""


class Audience:
    """`hearing` are the sessions there are, in all media processes; `is_seated` says who has a place by their seat."""

    def __init__(
        self, places: int, hearing: Callable[[], Iterable[Listener]], is_seated: Callable[[str, str], bool]
    ) -> None:
        self._places = places
        self._hearing = hearing
        self._is_seated = is_seated
        self._coming: list[Listener] = []

    @contextmanager
    def place(self, space_id: str, person_id: str) -> Iterator[None]:
        """A place while an offer is answered; the session that comes of it keeps it. One's second is the first's.

        Whoever leaves the stage counts from then on. Raises `MediaRefused` where there is none.
        """
        listener = (space_id, person_id)
        if not self._is_seated(*listener) and not self._has_place(listener) and self._taken() >= self._places:
            raise MediaRefused(FULL, "There is no room for another listener with low delay: listen by HLS.")
        self._coming.append(listener)
        try:
            yield
        finally:
            self._coming.remove(listener)

    def _all(self) -> Iterable[Listener]:
        yield from self._hearing()
        yield from self._coming

    def _has_place(self, listener: Listener) -> bool:
        return bool(listener[1]) and listener in self._all()

    def _taken(self) -> int:
        listeners = [one for one in self._all() if not self._is_seated(*one)]
        strangers = sum(not person_id for _, person_id in listeners)
        return strangers + len({one for one in listeners if one[1]})
