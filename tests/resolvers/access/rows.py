"""Rows: for a field of the API who may use it, and what it takes to try."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from strawberry.relay import GlobalID

from tests.resolvers.access.scene import Scene, Who

Arguments = dict[str, Any]
Arrange = Callable[[Scene, Who], Awaitable[Arguments]]


@dataclass(frozen=True)
class Row:
    """Who may, and how the scene is arranged so that nothing but a lack of authority stands in the way."""

    allowed: frozenset[Who]
    arrange: Arrange


def space_gid(space_id: str) -> str:
    """A Space's global id."""
    return str(GlobalID("Space", space_id))


def user_gid(scene: Scene, who: Who | str) -> str:
    """The global id of someone on the scene."""
    return str(GlobalID("User", scene.person(who).id))


async def post_of(scene: Scene, who: Who | str) -> str:
    """The global id of a new Post of someone's."""
    post = await scene.world.use_cases.posts.create(scene.person(who), "Tides rise.")
    return str(GlobalID("Post", post.id))


def given(**arguments: Any) -> Arrange:
    """Fixed arguments."""

    async def arrange(scene: Scene, who: Who) -> Arguments:
        return dict(arguments)

    return arrange


def in_live(**arguments: Any) -> Arrange:
    """In the live Space."""

    async def arrange(scene: Scene, who: Who) -> Arguments:
        return {"spaceId": space_gid(scene.space_id), **arguments}

    return arrange


def in_preparing(**arguments: Any) -> Arrange:
    """In the Space that is preparing."""

    async def arrange(scene: Scene, who: Who) -> Arguments:
        return {"spaceId": space_gid(scene.preparing_id), **arguments}

    return arrange


def in_scheduled(**arguments: Any) -> Arrange:
    """In the Space to come."""

    async def arrange(scene: Scene, who: Who) -> Arguments:
        return {"spaceId": space_gid(scene.scheduled_id), **arguments}

    return arrange


def in_ended(**arguments: Any) -> Arrange:
    """In the Space that is over."""

    async def arrange(scene: Scene, who: Who) -> Arguments:
        return {"spaceId": space_gid(scene.ended_id), **arguments}

    return arrange


def about(name: Who | str, arrange: Arrange | None = None) -> Arrange:
    """About someone else, in a Space or not."""

    async def arranged(scene: Scene, who: Who) -> Arguments:
        return {**(await arrange(scene, who) if arrange else {}), "userId": user_gid(scene, name)}

    return arranged
