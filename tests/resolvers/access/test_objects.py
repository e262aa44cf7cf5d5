"""Every field of every type, by every way that leads to it, tried by everyone: also by id, whoever gave them that."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.operations import Api
from tests.resolvers.access.fields import SPACE
from tests.resolvers.access.objects import HIDDEN_SPACE, NAMES, WALKS, furnish
from tests.resolvers.access.scene import Scene, Who, set_scene
from tests.resolvers.access.test_access import SCHEMA, fields_of, selected

WAYS = [(kind, way) for kind, walk in WALKS.items() for way in walk.ways]


@pytest.fixture
async def scene(api: Api) -> Scene:
    """A fresh scene."""
    return await set_scene(api)


@pytest.mark.parametrize("kind", WALKS)
def test_every_field_has_a_row(kind: str) -> None:
    assert fields_of(SCHEMA, kind) == set(WALKS[kind].fields.split())


@pytest.mark.parametrize(("kind", "way"), WAYS)
async def test_every_way_to_every_field(scene: Scene, kind: str, way: str) -> None:
    walk, ids = WALKS[kind], await furnish(scene)
    for field in walk.fields.split():
        await _shown_to(scene, ids, way, kind, field, walk.ways[way])


@pytest.mark.parametrize("way", HIDDEN_SPACE)
async def test_a_space_that_is_preparing_is_reached_by_whom_it_invites_alone(scene: Scene, way: str) -> None:
    ids = await furnish(scene)
    for field in SPACE:
        await _shown_to(scene, ids, way, "Space", field, HIDDEN_SPACE[way])


async def test_a_draft_is_in_nobodys_list_but_its_creators(scene: Scene) -> None:
    ids = await furnish(scene)
    for who in Who:
        document = "query($live: ID!) { space(id: $live) { clips(first: 9) { edges { node { id } } } } }"
        data, _ = await scene.execute(who, document, live=ids["live"])
        assert (ids["draft"] in str(data)) is (who is Who.LISTENER), who


async def _shown_to(
    scene: Scene, ids: dict[str, str], way: str, kind: str, field: str, allowed: frozenset[Who]
) -> None:
    used = [name for name in NAMES if f"${name}" in way]
    declared = f"({', '.join(f'${name}: ID!' for name in used)})" if used else ""
    document = f"query{declared} {{ {way % f'found: {field}{selected(kind, field)}'} }}"
    for who in Who:
        data, errors = await scene.execute(who, document, **{name: ids[name] for name in used})
        shown = not errors and _has_found(data)
        assert shown is (who in allowed), f"{who} {field}: {data} {errors}"


def _has_found(data: Any) -> bool:
    """Whether anybody answered for the field, be it that there is nothing."""
    if isinstance(data, list):
        return any(_has_found(one) for one in data)
    return isinstance(data, dict) and ("found" in data or any(_has_found(one) for one in data.values()))
