"""Who someone is: tokens of an outside provider and this server's own, over every transport; forged ones nowhere."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.exceptions import ConnectionClosed

from app.auth import JwtTokens, OutsideProvider, signing_key
from app.services.ports import Unauthenticated
from tests.server.running import RunningServer
from tests.waiting import DEADLINE, until
from tests.whole.conftest import Newcomer
from tests.whole.people import Json, Person
from tests.whole.provider import Provider
from tests.whole.rooms import live_space

VIEWER = "{ viewer { user { id handle displayName } } }"
VERSIONS = "subscription ($id: ID!) { spaceEvents(spaceId: $id) { __typename version } }"
SHORT_LIFE = 3
"""Seconds, of a token that ends while its stream is open: its end is in whole ones."""


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
async def test_a_provider_s_token_is_taken_over_http_websocket_and_sse(
    anyone: Person, newcomer: Newcomer, provider: Provider, algorithm: str
) -> None:
    subject = f"ann_{algorithm}"
    ann = await anyone.of_token(provider.token(subject, algorithm))
    viewer = (await ann.read(VIEWER))["user"]
    assert viewer["handle"] == subject
    assert viewer["displayName"] == subject.title()
    made = await ann.do("createSpace", title="For ann alone")
    space_id = made["space"]["id"]
    async with ann.follow(VERSIONS, id=space_id) as events:
        assert (await anext(events))["__typename"] == "SpaceSnapshot"
    async with ann.follow_by_sse(VERSIONS, id=space_id) as payloads:
        assert (await anext(payloads))["data"]["spaceEvents"]["__typename"] == "SpaceSnapshot"


Forge = Callable[[Provider], str]


def hmac_under_public_key(provider: Provider) -> str:
    """A token signed with what everyone may know; PyJWT itself refuses to make one."""
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    head, body, _ = jwt.encode(provider.claims("ann"), "x" * 32, algorithm="HS256", headers={"kid": "RS256"}).split(".")
    signature = algorithm.sign(f"{head}.{body}".encode(), provider.public_pem)
    return f"{head}.{body}.{jwt.utils.base64url_encode(signature).decode()}"


FORGERIES: dict[str, Forge] = {
    "another issuer": lambda provider: provider.token("ann", iss="https://evil.example.org/"),
    "no issuer": lambda provider: provider.token("ann", iss=None),
    "another audience": lambda provider: provider.token("ann", aud="another-service"),
    "no audience": lambda provider: provider.token("ann", aud=None),
    "nobody": lambda provider: provider.token("ann", sub=None),
    "no end": lambda provider: provider.token("ann", exp=None),
    "expired": lambda provider: provider.token("ann", exp=int(time.time()) - 5),
    "an end that is no time": lambda provider: provider.token("ann", exp=10**30),
    "not yet": lambda provider: provider.token("ann", nbf=int(time.time()) + 600),
    "an unknown key": lambda provider: provider.token("ann", kid="another"),
    "the key of another algorithm": lambda provider: provider.token("ann", "RS256", kid="ES256"),
    "another's signature": lambda provider: provider.signed(
        provider.claims("ann"), ec.generate_private_key(ec.SECP256R1()), "ES256", "ES256"
    ),
    "alg none": lambda provider: jwt.encode(provider.claims("ann"), "", algorithm="none"),
    "HS256 under the public key": hmac_under_public_key,
    "claims changed": lambda provider: ".".join(
        [provider.token("ann").split(".")[0], *provider.token("ben").split(".")[1:2], "c2lnbmF0dXJl"]
    ),
    "no token": lambda provider: "token",
    "no text": lambda provider: "\u00ff\u00fe",
    "very long": lambda provider: "a." * 5000,
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
async def test_no_other_token_is_taken_anywhere(
    anyone: Person, http: httpx2.AsyncClient, provider: Provider, forge: Forge
) -> None:
    token = forge(provider)
    bearer = (b"Authorization", f"Bearer {token}".encode("latin-1"))
    for accept in (b"application/json", b"text/event-stream"):
        answer = await http.post(f"{anyone.url}/graphql", json={"query": VIEWER}, headers=[bearer, (b"Accept", accept)])
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert answer.headers["www-authenticate"].startswith("Bearer")
    with pytest.raises(ConnectionClosed) as closed:
        async with Person(http, anyone.url, token).follow("{ viewer { user { id } } }"):
            pass
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


async def test_this_server_s_own_tokens_are_not_for_sound_nor_those_of_sound_for_people(
    newcomer: Newcomer, anyone: Person, http: httpx2.AsyncClient
) -> None:
    signed_up = await anyone.do("signUp", handle="own_token", displayName="Own", password="password")
    space_id = await live_space(await newcomer("host"))
    media_token = (await anyone.audio(space_id))["hlsUrl"].split("/")[-2]
    answer = await http.post(
        f"{anyone.url}/graphql", json={"query": VIEWER}, headers={"Authorization": f"Bearer {media_token}"}
    )
    assert answer.status_code == 401
    assert (await http.get(f"{anyone.url}/audio/{signed_up['token']}/live.m3u8")).status_code == 401


async def test_an_account_is_made_once_however_many_come_at_once(anyone: Person, provider: Provider) -> None:
    token = provider.token("everywhere")
    seen = await asyncio.gather(*(anyone.of_token(token) for _ in range(20)))
    assert len({one.id for one in seen}) == 1
    # Someone else's hint is the same: another account under another handle.
    other = await anyone.of_token(provider.token("someone|else", preferred_username="everywhere"))
    assert other.id != seen[0].id
    assert (await other.read(VIEWER))["user"]["handle"] != "everywhere"


async def until_ended(events: AsyncIterator[Json]) -> None:
    """Reads on until there is nothing more."""
    async for _ in events:
        pass


async def test_a_stream_ends_when_its_token_does(anyone: Person, newcomer: Newcomer, provider: Provider) -> None:
    space_id = await live_space(await newcomer("host"))
    brief = await anyone.of_token(provider.token("brief", exp=int(time.time()) + SHORT_LIFE))

    async def over_websocket() -> None:
        async with brief.follow(VERSIONS, id=space_id) as events:
            with pytest.raises(ConnectionClosed) as closed:
                await until_ended(events)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4403, "The token has expired")

    async def over_sse() -> None:
        async with brief.follow_by_sse(VERSIONS, id=space_id) as payloads:
            last = [payload async for payload in payloads][-1]
        assert last["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

    async with asyncio.timeout(DEADLINE):
        await asyncio.gather(over_websocket(), over_sse())


async def test_guessing_a_password_is_limited(anyone: Person) -> None:
    await anyone.do("signUp", handle="guessed", displayName="Guessed", password="password")
    codes: list[str] = []

    async def limited() -> bool:
        [error] = await anyone.refusals("logIn", handle="guessed", password="wrong-password")
        codes.append(error["code"])
        return codes[-1] == "RATE_LIMITED"

    await until(limited, "guessing is limited")
    assert codes == ["BAD_CREDENTIALS"] * 10 + ["RATE_LIMITED"]


async def test_keys_that_cannot_be_fetched_are_not_the_token_s_fault(provider: Provider, server: RunningServer) -> None:
    for address in ("http://127.0.0.1:9/keys", f"{server.url}/nowhere", f"{server.url}/graphql?query"):
        outside = OutsideProvider(address, issuer=None, audience=None)
        tokens = JwtTokens(b"k" * 32, clock=lambda: datetime.now(UTC), outside=outside)
        with pytest.raises(Unauthenticated, match="cannot be fetched"):
            await tokens.identify(provider.token("ann"))


def test_a_key_is_made_once_however_many_start_at_once(tmp_path: Path) -> None:
    path = tmp_path / "token.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: signing_key(path), range(8)))
    assert len(keys) == 1
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]
