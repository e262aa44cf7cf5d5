"""Accounts, sessions and who is asking."""

from __future__ import annotations

from tests.fakes.world import PASSWORD
from tests.resolvers.conftest import Caller

SIGN_UP = """mutation($input: SignUpInput!) { signUp(input: $input) {
  user { id handle displayName bio createdAt } token expiresAt userErrors { code field limit current } } }"""
LOG_IN = """mutation($input: LogInInput!) { logIn(input: $input) {
  user { handle } token userErrors { code message } } }"""


async def test_signing_up_answers_a_token_that_works(anyone: Caller) -> None:
    new = await anyone.ask(SIGN_UP, input={"handle": "Ada_L", "displayName": " Ada ", "password": PASSWORD})
    assert new["userErrors"] == []
    assert (new["user"]["handle"], new["user"]["displayName"], new["user"]["bio"]) == ("Ada_L", "Ada", "")
    assert new["user"]["createdAt"].endswith("Z")
    viewer = await anyone.world.viewers.of(f"Bearer {new['token']}")
    assert viewer
    assert viewer.person.handle == "Ada_L"


async def test_every_broken_rule_of_an_account_is_told_at_once(anyone: Caller) -> None:
    refused = await anyone.ask(SIGN_UP, input={"handle": "a!", "displayName": " ", "password": "short"})
    assert refused["user"] is refused["token"] is None
    assert refused["userErrors"] == [
        {"code": "INVALID_HANDLE", "field": "handle", "limit": 15, "current": 2},
        {"code": "INVALID_DISPLAY_NAME", "field": "displayName", "limit": 50, "current": 0},
        {"code": "INVALID_PASSWORD", "field": "password", "limit": 128, "current": 5},
    ]


async def test_a_handle_is_given_once_in_any_case(anyone: Caller, host: Caller) -> None:
    refused = await anyone.ask(SIGN_UP, input={"handle": "HANNAH", "displayName": "H", "password": PASSWORD})
    assert [one["code"] for one in refused["userErrors"]] == ["HANDLE_TAKEN"]


async def test_logging_in(anyone: Caller, host: Caller) -> None:
    done = await anyone.ask(LOG_IN, input={"handle": "hannah", "password": PASSWORD})
    assert done["user"] == {"handle": "hannah"}
    assert done["token"]


async def test_a_wrong_password_and_then_too_many(anyone: Caller, host: Caller) -> None:
    wrong = {"handle": "hannah", "password": "wrong"}
    codes = [(await anyone.ask(LOG_IN, input=wrong))["userErrors"][0]["code"] for _ in range(4)]
    assert codes == ["BAD_CREDENTIALS"] * 3 + ["RATE_LIMITED"]


async def test_the_viewer(anyone: Caller, host: Caller) -> None:
    document = "{ viewer { user { handle createdAt } } }"
    assert (await host.ask(document))["user"]["handle"] == "hannah"
    assert await anyone.ask(document) is None


async def test_a_user_by_handle(anyone: Caller, host: Caller) -> None:
    assert await anyone.ask('{ user(handle: "Hannah") { displayName } }') == {"displayName": "Hannah"}
    assert await anyone.ask('{ user(handle: "nobody") { displayName } }') is None
