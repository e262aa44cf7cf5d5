"""Defaults for new Spaces over the API."""

from __future__ import annotations

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import SPACE

DEFAULTS = "spaceDefaults { clippingAllowed recordingEnabled speakPolicy language }"
UPDATE = f"""mutation($input: UpdateSpaceDefaultsInput!) {{ updateSpaceDefaults(input: $input) {{
  {DEFAULTS} userErrors {{ code field }} }} }}"""
SETTINGS = SPACE % "clippingAllowed recordingEnabled speakPolicy language"
OWN = {"clippingAllowed": False, "recordingEnabled": True, "speakPolicy": "INVITED_ONLY", "language": "en"}
SERVERS = {"clippingAllowed": True, "recordingEnabled": False, "speakPolicy": "EVERYONE", "language": None}


async def test_what_is_left_out_is_as_the_account_has_it(host: Caller, guest: Caller) -> None:
    assert (await host.ask(f"{{ viewer {{ {DEFAULTS} }} }}"))["spaceDefaults"] == SERVERS
    assert await host.ask(UPDATE, input=OWN) == {"spaceDefaults": OWN, "userErrors": []}
    assert (await host.ask(f"{{ viewer {{ {DEFAULTS} }} }}"))["spaceDefaults"] == OWN
    cases: list[tuple[dict[str, object], dict[str, object]]] = [
        ({}, OWN),
        ({"language": None, "clippingAllowed": None}, OWN),
        (
            {"clippingAllowed": True, "speakPolicy": "EVERYONE"},
            OWN | {"clippingAllowed": True, "speakPolicy": "EVERYONE"},
        ),
    ]
    for chosen, expected in cases:
        made = await host.do("createSpace", title="Jazz", **chosen)
        assert await host.ask(SETTINGS, id=made["space"]["id"]) == expected
    made = await guest.do("createSpace", title="Blues")
    assert await guest.ask(SETTINGS, id=made["space"]["id"]) == SERVERS


async def test_off_from_the_onset_is_off_for_good(host: Caller) -> None:
    await host.ask(UPDATE, input={"clippingAllowed": False})
    space_id = (await host.do("createSpace", title="Jazz"))["space"]["id"]
    await host.do("startSpace", spaceId=space_id)
    refused = await host.do("setClippingAllowed", spaceId=space_id, clippingAllowed=True)
    assert [one["code"] for one in refused["userErrors"]] == ["CLIPPING_LOCKED"]


async def test_defaults_change_as_far_as_given_and_by_the_rules(host: Caller, anyone: Caller) -> None:
    await host.ask(UPDATE, input=OWN)
    assert (await host.ask(UPDATE, input={"language": None}))["spaceDefaults"] == OWN | {"language": None}
    refused = await host.ask(UPDATE, input={"language": "?", "recordingEnabled": False})
    assert refused == {"spaceDefaults": None, "userErrors": [{"code": "INVALID_LANGUAGE", "field": "language"}]}
    assert (await host.ask(f"{{ viewer {{ {DEFAULTS} }} }}"))["spaceDefaults"]["recordingEnabled"] is True
    assert (await anyone.error(UPDATE, input={}))["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_space_repeated_under_its_key_is_one(host: Caller) -> None:
    first = await host.do("createSpace", title="Jazz", idempotencyKey="k")
    assert (await host.do("createSpace", title="Blues", idempotencyKey="k"))["space"]["id"] == first["space"]["id"]
    assert (await host.do("createSpace", title="Jazz"))["space"]["id"] != first["space"]["id"]
