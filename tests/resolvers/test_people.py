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


PROFILE = """mutation($input: UpdateProfileInput!) { updateProfile(input: $input) {
  user { handle displayName bio } userErrors { code field limit current } } }"""


async def test_a_profile_is_changed_by_its_owner_as_far_as_given(host: Caller, guest: Caller, anyone: Caller) -> None:
    changed = await host.ask(PROFILE, input={"bio": " I host. "})
    assert changed["user"] == {"handle": "hannah", "displayName": "Hannah", "bio": "I host."}
    changed = await host.ask(PROFILE, input={"displayName": " Hannah H "})
    assert changed == {"user": {"handle": "hannah", "displayName": "Hannah H", "bio": "I host."}, "userErrors": []}
    assert await guest.ask('{ user(handle: "hannah") { displayName bio } }') == {
        "displayName": "Hannah H",
        "bio": "I host.",
    }
    refused = await host.ask(PROFILE, input={"displayName": "", "bio": "x" * 161})
    assert [(one["code"], one["current"]) for one in refused["userErrors"]] == [
        ("INVALID_DISPLAY_NAME", 0),
        ("INVALID_BIO", 161),
    ]
    assert (await anyone.error(PROFILE, input={}))["extensions"]["code"] == "UNAUTHENTICATED"


USERS = """query($query: String!, $first: Int!, $after: String) { users(query: $query, first: $first, after: $after) {
  edges { node { handle } } pageInfo { hasNextPage endCursor } } }"""


async def test_people_by_the_beginning_of_handle_or_name(anyone: Caller, host: Caller, guest: Caller) -> None:
    await guest.ask(PROFILE, input={"displayName": "Hans Gustav"})
    first = await anyone.ask(USERS, query=" HAN", first=1)
    assert [edge["node"]["handle"] for edge in first["edges"]] == ["hannah"]
    assert first["pageInfo"]["hasNextPage"]
    second = await anyone.ask(USERS, query="han", first=1, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["handle"] for edge in second["edges"]] == ["gustav"]
    assert not second["pageInfo"]["hasNextPage"]
    assert (await anyone.ask(USERS, query="annah", first=1))["edges"] == []


async def test_a_search_for_nothing_or_too_much_is_refused(anyone: Caller) -> None:
    for query in (" ", "x" * 51):
        error = await anyone.error(USERS, query=query, first=1)
        assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "query"}


async def test_a_token_that_is_not_the_viewers_is_not_logged_out(host: Caller, guest: Caller, anyone: Caller) -> None:
    document = "mutation($input: LogOutInput!) { logOut(input: $input) { userErrors { code field } } }"
    assert guest.session
    refused = await host.ask(document, input={"token": guest.session.token})
    assert refused == {"userErrors": [{"code": "BAD_CREDENTIALS", "field": "token"}]}
    assert (await anyone.error(document, input={}))["extensions"]["code"] == "UNAUTHENTICATED"
