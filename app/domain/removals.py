"""Removals: that somebody was put out of a Space and is kept out of it. `evictions` decides and carries out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.personal import Delivery, RemovedFromSpace
from app.domain.reports import Complaint
from app.domain.roster import Person


class RemovalAction(StrEnum):
    """What a removal is beside keeping someone out of the Space."""

    REMOVE = "REMOVE"
    BLOCK = "BLOCK"
    REPORT = "REPORT"


@dataclass(frozen=True, slots=True)
class Removal:
    """A person who was put out of a Space and is kept out of it, with all that this act of a moderator was to do.

    `others_too`: another moderator had removed them before, and that is not for this one to take back.
    """

    space_id: str
    person: Person
    by: Person
    at: datetime
    action: RemovalAction
    complaint: Complaint | None = None
    reason: str | None = None
    others_too: bool = False

    def after(self, earlier: Removal | None) -> Removal:
        """This removal in the place of an earlier one, which it does not weaken."""
        if earlier is None:
            return self
        return replace(self, others_too=earlier.others_too or earlier.by.id != self.by.id)

    def repeats(self, earlier: Removal) -> bool:
        """Whether this is what that moderator did already."""
        return (self.by.id, self.action, self.complaint) == (earlier.by.id, earlier.action, earlier.complaint)


def notice(removal: Removal) -> Delivery:
    """What tells the person that they were removed."""
    told = RemovedFromSpace(at=removal.at, space_id=removal.space_id)
    return Delivery(removal.person.id, f"{removal.space_id}/removed/{removal.at.isoformat()}", told)
