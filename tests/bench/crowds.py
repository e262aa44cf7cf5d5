"""Databases full of Spaces and people, always the same ones for a size; written past the use cases, for speed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from app.domain.attendance import Attendance
from app.domain.people import Account, folded
from app.domain.roster import Person, Role, Seat
from app.domain.spaces import Space, SpaceState
from app.services.plain import Plain
from app.store.database import Database, Document, to_document
from app.store.spaces import new_document
from tests.domain import builders

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOPICS: Final = tuple(f"Topic {number}" for number in range(20))
LANGUAGES: Final = ("en", "en-GB", "pt-BR", "de", "ja", None)
LIVE_IN: Final = 20
"""One Space of so many is live, as in a busy evening; the others are over."""
ON_STAGE: Final = 4
LISTENERS: Final = 4
"""For each live Space, with an account."""
FOLLOWED: Final = 3_000
"""Whom the viewer follows, as far as there are so many people."""
WORDS: Final = tuple(f"word{number}" for number in range(2_000))
AT_ONCE: Final = 500

_ACCOUNTS: Final = Plain(Account)
_ATTENDANCES: Final = Plain(Attendance)


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many Spaces; twice as many people. Person 0 hosts most and is followed by half of them, 1 is the viewer."""

    spaces: int

    @property
    def people(self) -> int:
        """Everyone with an account."""
        return self.spaces * 2

    @property
    def viewer(self) -> Person:
        """Who follows thousands."""
        return person(1)

    async def fill(self, database: Database) -> None:
        """Writes all of it into an empty database."""
        await _insert(database, "people", map(_account, range(self.people)))
        await _insert(database, "spaces", (new_document(one) for one in self._spaces()))
        await _insert(database, "follows", self._follows())
        await _insert(database, "attendance", self._attendances())
        blocking = range(2, min(52, self.people))
        await _insert(database, "blocks", ({"_id": {"by": _id(one), "of": _id(1)}, "at": NOW} for one in blocking))

    def _spaces(self) -> Iterator[Space]:
        chance = random.Random(self.spaces)
        for number in range(self.spaces):
            live = number % LIVE_IN == 0
            host = person(0 if number == 0 or number % 50 == 1 else chance.randrange(2, self.people))
            others = [person(chance.randrange(2, self.people)) for _ in range(ON_STAGE - 1)]
            seats = [Seat(host, Role.HOST, True, NOW), *(Seat(one, Role.SPEAKER, True, NOW) for one in others)]
            yield builders.space(
                SpaceState.LIVE if live else SpaceState.ENDED,
                id=f"s{number:09}",
                host=host,
                title=f"The talk of {chance.choice(WORDS)} and {chance.choice(WORDS)} tonight {number}",
                topics=tuple(chance.sample(TOPICS, chance.randrange(1, 4))),
                language=chance.choice(LANGUAGES),
                started_at=NOW + timedelta(seconds=chance.randrange(self.spaces)),
                stage=tuple(seats) if live else (),
                listeners=chance.randrange(1000) if live else 0,
                anonymous=chance.randrange(1000) if live else 0,
            )

    def _follows(self) -> Iterator[Document]:
        for number in range(2, self.people // 2):
            yield {"_id": {"by": _id(number), "of": _id(0)}, "at": NOW}
        for number in range(min(FOLLOWED, self.people - 2)):
            yield {"_id": {"by": _id(1), "of": _id(number + 2)}, "at": NOW + timedelta(seconds=number)}

    def _attendances(self) -> Iterator[Document]:
        chance = random.Random(self.spaces)
        for number in range(0, self.spaces, LIVE_IN):
            for one in {chance.randrange(2, self.people) for _ in range(LISTENERS)}:
                key = {"space_id": f"s{number:09}", "person_id": _id(one)}
                there = Attendance(f"s{number:09}", person(one), NOW, NOW)
                yield {"_id": key} | _ATTENDANCES.encode(there)


def person(number: int) -> Person:
    """One of the people."""
    return Person(_id(number), f"user{number}", f"User Number {number}")


def _id(number: int) -> str:
    return f"p{number:09}"


def _account(number: int) -> Document:
    one = person(number)
    account = Account(one.id, one.handle, one.display_name, NOW, listening_visible=number % 3 == 0)
    folds = {"folded_handle": folded(account.handle), "folded_name": folded(account.display_name)}
    return to_document(_ACCOUNTS.encode(account)) | folds


async def _insert(database: Database, collection: str, documents: Iterable[Document]) -> None:
    rest = iter(documents)
    while some := list(islice(rest, AT_ONCE)):
        await database[collection].insert_many(some, ordered=False)
