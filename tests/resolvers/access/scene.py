"""The scene: a live Space with everyone of SPEC's table in it, and all those who stand outside of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum, auto
from typing import Any

from strawberry.relay import GlobalID

from app.auth import JwtTokens
from app.domain.drafts import Draft
from app.domain.removals import RemovalAction
from app.domain.renditions import RenditionKind
from app.domain.roster import Person, Role
from app.domain.schedules import Appointment
from app.services.ports import Unauthenticated
from resolvers.operations import Api
from tests.fakes.world import KEY, World
from tests.resolvers.conftest import Caller

LONG_AGO = timedelta(days=400)
DRAFT = Draft("Jazz tonight", topics=("Music",), recording_enabled=True)


class Who(StrEnum):
    """Everyone who may ask."""

    HOST = auto()
    COHOST = auto()
    SPEAKER = auto()
    LISTENER = auto()
    OUTSIDER = auto()
    OTHER_HOST = auto()
    BLOCKED = auto()
    REMOVED = auto()
    OPERATOR = auto()
    EXPIRED = auto()
    ANONYMOUS = auto()


STAGE = frozenset({Who.HOST, Who.COHOST, Who.SPEAKER})
MODERATORS = frozenset({Who.HOST, Who.COHOST})
HOST = frozenset({Who.HOST})
INSIDE = STAGE | {Who.LISTENER}
ADMITTED = INSIDE | {Who.OUTSIDER, Who.OTHER_HOST, Who.OPERATOR}
"""Everyone with an account whom the host lets in."""
KEPT_OUT = frozenset({Who.BLOCKED, Who.REMOVED})
ACCOUNTS = ADMITTED | KEPT_OUT
OPERATORS = frozenset({Who.OPERATOR})
READERS = ACCOUNTS | {Who.ANONYMOUS}
"""Everyone but those whose token is over: to send one that is not good is an error, also where none is needed."""


def handle(who: Who | str) -> str:
    """The handle of someone on the scene."""
    return f"the_{who}"[:15].lower()


@dataclass
class Scene:
    """The people, by who they are or by name, and the Spaces: plain ids."""

    api: Api
    world: World
    callers: dict[Who, Caller]
    people: dict[str, Person]
    space_id: str = ""
    preparing_id: str = ""
    scheduled_id: str = ""
    ended_id: str = ""
    clip_id: str = ""
    draft_id: str = ""

    def person(self, who: Who | str) -> Person:
        """Someone on the scene."""
        return self.people[who]

    def variables(self, document: str) -> dict[str, str]:
        """The global ids that a document asks for by `$live` and the like."""
        ids = {"live": ("Space", self.space_id), "clip": ("Clip", self.clip_id), "draft": ("Clip", self.draft_id)}
        return {name: str(GlobalID(*one)) for name, one in ids.items() if f"${name}" in document}

    async def execute(self, who: Who, document: str, **variables: Any) -> Any:
        """Data and error codes of an operation."""
        try:
            result = await self.callers[who].execute(document, **variables)
        except Unauthenticated:
            return None, ["UNAUTHENTICATED"]
        return result.data, [(one.extensions or {}).get("code") for one in result.errors or ()]


async def set_scene(api: Api) -> Scene:
    """Spaces of the host's: a live one with raised hand and pending invitations, others in other states."""
    world = World()
    people, callers = dict[str, Person](), dict[Who, Caller]()
    for who in (*Who, "sia", "rob", "ned", "ines", "cleo"):
        if who is Who.ANONYMOUS:
            callers[who] = Caller(api, world)
            continue
        session = await world.sign_up(handle(who))
        people[who] = session.account.person
        if isinstance(who, Who):
            callers[who] = Caller(api, world, session)
    stale, _ = JwtTokens(KEY, clock=lambda: world.clock() - LONG_AGO).for_person(people[Who.EXPIRED].id)
    expired = callers[Who.EXPIRED]
    assert expired.session
    callers[Who.EXPIRED] = replace(expired, session=replace(expired.session, token=stale))
    scene = Scene(api, world, callers, people)
    await _open_spaces(scene)
    return scene


async def _open_spaces(scene: Scene) -> None:
    use_cases, host = scene.world.use_cases, scene.person(Who.HOST)
    invited = [scene.person(who).id for who in (Who.COHOST, Who.SPEAKER)]
    scene.preparing_id = (await use_cases.spaces.create(host, DRAFT, invited)).id
    tomorrow = Appointment(scene.world.clock() + timedelta(days=1), "UTC")
    scene.scheduled_id = (await use_cases.schedules.schedule(host, DRAFT, tomorrow, invited)).id
    for state in ("ended", "live"):
        space_id = (await use_cases.spaces.create(host, DRAFT, [])).id
        await use_cases.spaces.start(host, space_id)
        scene.space_id, scene.world.media.recorded[space_id] = space_id, 60_000
        await seat(scene, Who.COHOST, Role.COHOST)
        await seat(scene, Who.SPEAKER, Role.SPEAKER)
        if state == "ended":
            await use_cases.spaces.end(host, space_id)
            scene.ended_id = space_id
    for who in (Who.LISTENER, "rob"):
        await use_cases.attendance.join(scene.person(who), scene.space_id)
    await use_cases.stage.request_to_speak(scene.person("rob"), scene.space_id)
    cuts = [(scene.person(Who.LISTENER), scene.space_id) for _ in range(2)]
    clip, draft = [await use_cases.clips.create(*cut, start_ms=0, duration_ms=1000) for cut in cuts]
    scene.clip_id, scene.draft_id = clip.id, draft.id
    await use_cases.clips.publish(scene.person(Who.LISTENER), clip.id, "")
    await use_cases.clip_renditions.ask(scene.person(Who.LISTENER), clip.id, RenditionKind.MP3)
    await use_cases.stage.invite(host, scene.space_id, scene.person("ines").id, Role.SPEAKER)
    await use_cases.blocks.block(host, scene.person(Who.BLOCKED).id)
    removed = scene.person(Who.REMOVED)
    await use_cases.removals.remove(host, scene.space_id, removed.id, RemovalAction.REMOVE)
    other = scene.person(Who.OTHER_HOST)
    await use_cases.spaces.start(other, (await use_cases.spaces.create(other, DRAFT, [])).id)


async def seat(scene: Scene, who: Who | str, role: Role) -> None:
    """Someone takes a seat in the live Space."""
    use_cases, person = scene.world.use_cases, scene.person(who)
    space = await use_cases.stage.invite(scene.person(Who.HOST), scene.space_id, person.id, role)
    offer = space.invitation(person.id)
    assert offer
    await use_cases.stage.accept_invitation(person, scene.space_id, offer.id)
