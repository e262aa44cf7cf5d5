"""People: signing up, logging in under limits, those from outside, and who a token names."""

import asyncio
from datetime import timedelta

import pytest

from app.domain import refusals
from app.domain.people import Account
from app.services.people import ATTEMPTS_WINDOW, Attempts, People
from app.services.ports import Unauthenticated
from tests.fakes.people import MemoryPersonStore
from tests.services.world import NOW, Process, World

PASSWORD = "correct horse"
ATTEMPTS = Attempts(log_ins_per_account=3, log_ins_per_address=6, sign_ups_per_address=2)


def people_of(world: World) -> People:
    return Process(world).people(ATTEMPTS)


async def test_signing_up_makes_an_account_and_a_token_that_names_it() -> None:
    world = World()
    people = people_of(world)
    session = await people.sign_up("Ana_1", " Ana ", PASSWORD, address="here")
    account = session.account
    assert (account.handle, account.display_name, account.created_at) == ("Ana_1", "Ana", NOW)
    assert account.password_hash != PASSWORD

    viewer = await Process(world).viewers.of(f"Bearer {session.token}")
    assert viewer
    assert (viewer.person, viewer.expires_at) == (account.person, session.expires_at)
    assert await people.by_handle("ana_1") == await people.get(account.id) == account


async def test_every_broken_rule_is_said_at_once_and_nothing_is_kept() -> None:
    world = World()
    with pytest.raises(ExceptionGroup) as caught:
        await people_of(world).sign_up("a!", "", "short", address="here")
    assert len(caught.value.exceptions) == 3
    assert (await world.people.by_handle("a!"), world.passwords.work) == (None, 0)


async def test_a_handle_belongs_to_one_whatever_its_case_and_however_quick_the_other_is() -> None:
    world = World()
    people = people_of(world)
    answers = await asyncio.gather(
        people.sign_up("ana", "Ana", PASSWORD, address="here"),
        people.sign_up("ANA", "Ann", PASSWORD, address="there"),
        return_exceptions=True,
    )
    [refused] = [one for one in answers if isinstance(one, BaseException)]
    assert isinstance(refused, refusals.HandleTaken)
    assert refused.field == "handle"


async def test_the_password_opens_and_nothing_else_does() -> None:
    world = World()
    people = people_of(world)
    account = (await people.sign_up("ana", "Ana", PASSWORD, address="here")).account
    assert (await people.log_in("ANA", PASSWORD, address="here")).account == account

    texts = set()
    for handle, password in (("ana", "wrong horse"), ("nobody", PASSWORD)):
        before = world.passwords.work
        with pytest.raises(refusals.BadCredentials) as caught:
            await people.log_in(handle, password, address="here")
        texts.add((caught.value.text, caught.value.field))
        assert world.passwords.work == before + 1
    assert len(texts) == 1


async def test_an_account_from_outside_has_no_password_to_guess() -> None:
    world = World()
    people = people_of(world)
    await people.of_subject("https://id.example|7", "ana", "Ana")
    with pytest.raises(refusals.BadCredentials):
        await people.log_in("ana", "", address="here")


async def test_guessing_at_one_account_ends_at_its_limit_before_any_hashing_and_resumes_later() -> None:
    world = World()
    people = people_of(world)
    for n in range(3):
        with pytest.raises(refusals.BadCredentials):
            await people.log_in("ana", "guess", address=f"address {n}")
    work = world.passwords.work
    with pytest.raises(refusals.RateLimited) as caught:
        await people.log_in("Ana", "guess", address="another")
    assert (caught.value.limit, world.passwords.work) == (3, work)

    world.clock.advance(ATTEMPTS_WINDOW - timedelta(milliseconds=1))
    with pytest.raises(refusals.RateLimited):
        await people.log_in("ana", "guess", address="another")
    world.clock.advance(timedelta(milliseconds=1))
    with pytest.raises(refusals.BadCredentials):
        await people.log_in("ana", "guess", address="another")


async def test_guessing_from_one_address_ends_at_its_limit() -> None:
    people = people_of(World())
    for n in range(6):
        with pytest.raises(refusals.BadCredentials):
            await people.log_in(f"user_{n}", "guess", address="here")
    with pytest.raises(refusals.RateLimited):
        await people.log_in("user_7", "guess", address="here")
    with pytest.raises(refusals.BadCredentials):
        await people.log_in("user_7", "guess", address="there")


async def test_accounts_from_one_address_are_limited_and_mistakes_do_not_count() -> None:
    world = World()
    people = people_of(world)
    for handle in ("ana", "ben"):
        with pytest.raises(ExceptionGroup):
            await people.sign_up("!", handle, PASSWORD, address="here")
        await people.sign_up(handle, handle, PASSWORD, address="here")
    with pytest.raises(refusals.RateLimited):
        await people.sign_up("cem", "Cem", PASSWORD, address="here")
    assert await people.by_handle("cem") is None
    await people.sign_up("cem", "Cem", PASSWORD, address="there")


async def test_someone_from_outside_has_one_account_under_a_handle_that_is_free() -> None:
    world = World()
    people = people_of(world)
    taken = (await people.sign_up("ana", "Ana", PASSWORD, address="here")).account
    outsider = await people.of_subject("https://id.example|7", "ana", " Ana from elsewhere ")
    assert outsider.handle not in ("ana", "")
    assert outsider.display_name == "Ana from elsewhere"
    assert await people.of_subject("https://id.example|7", "renamed", "Renamed") == outsider
    assert await people.get(taken.id) == taken

    nameless = await people.of_subject("https://id.example|8", "", "")
    assert (nameless.handle, nameless.display_name) == ("___", "___")


class HastyPersonStore(MemoryPersonStore):
    """Someone else is faster: `first` is added just before the next account."""

    first: Account | None = None

    async def add(self, account: Account) -> None:
        first, self.first = self.first, None
        if first:
            await super().add(first)
        await super().add(account)


async def test_someone_from_outside_who_comes_twice_at_once_has_one_account() -> None:
    world, store = World(), HastyPersonStore()
    world.people = store
    first = store.first = Account("first", "ana_m", "Ana", NOW, subject="https://id.example|7")
    assert await people_of(world).of_subject("https://id.example|7", "ana", "Ana") == first
    assert await store.by_handle("ana") is None


async def test_a_token_from_outside_names_that_account() -> None:
    world = World()
    token = world.tokens.for_subject("https://id.example|7", "ana", "Ana")
    viewer = await Process(world).viewers.of(f"bearer {token}")
    assert viewer
    assert viewer.person.handle == "ana"


async def test_without_a_token_one_is_anonymous_and_with_a_bad_one_nobody() -> None:
    world = World()
    viewers = Process(world).viewers
    assert await viewers.of(None) is None
    orphan, _ = world.tokens.for_person("deleted")
    for text in ("", "Bearer", "Bearer ", "Basic token-1", "Bearer forged", f"Bearer {orphan}", orphan):
        with pytest.raises(Unauthenticated):
            await viewers.of(text)


async def test_a_token_that_is_over_names_nobody() -> None:
    world = World()
    people = people_of(world)
    session = await people.sign_up("ana", "Ana", PASSWORD, address="here")
    world.clock.advance(session.expires_at - world.clock())
    with pytest.raises(Unauthenticated):
        await Process(world).viewers.of(f"Bearer {session.token}")


async def test_a_token_that_was_logged_out_names_nobody_and_the_others_of_the_person_still_do() -> None:
    world = World()
    people, viewers = people_of(world), Process(world).viewers
    one = await people.sign_up("ana", "Ana", PASSWORD, address="here")
    other, third = [await people.log_in("ana", PASSWORD, address="here") for _ in range(2)]
    viewer = await viewers.of(f"Bearer {one.token}")
    assert viewer
    await viewers.log_out(viewer, None)
    await viewers.log_out(viewer, other.token)
    for session in (one, other):
        with pytest.raises(Unauthenticated):
            await viewers.of(f"Bearer {session.token}")
    assert await viewers.of(f"Bearer {third.token}")


async def test_nobody_logs_another_out() -> None:
    world = World()
    people, viewers = people_of(world), Process(world).viewers
    ana = await people.sign_up("ana", "Ana", PASSWORD, address="here")
    ben = await people.sign_up("ben", "Ben", PASSWORD, address="here")
    viewer = await viewers.of(f"Bearer {ana.token}")
    assert viewer
    for token in (ben.token, "forged"):
        with pytest.raises(refusals.BadCredentials) as caught:
            await viewers.log_out(viewer, token)
        assert caught.value.field == "token"
    assert await viewers.of(f"Bearer {ben.token}")
