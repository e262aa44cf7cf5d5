"""What every refusal is."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """A rule said no and nothing changed.

    `code` is the API's name of the rule, `message` a sentence for people, `field` the input field it is about,
    `limit` and `current` the figures where the rule has them. Several refusals of one command travel in an
    `ExceptionGroup`.
    """

    code: ClassVar[str]
    message: ClassVar[str]

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        limit: int | None = None,
        current: int | None = None,
    ) -> None:
        self.text = message or self.message
        self.field = field
        self.limit = limit
        self.current = current
        super().__init__(self.text)
