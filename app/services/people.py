"""Signing up, logging in, and finding people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import defaults, people, refusals
from app.domain.drafts import SettingsEdit
from app.domain.people import Account, Found
from app.domain.rates import Rates
from app.domain.roster import Person
from app.services.pages import Window
from app.services.ports import Clock, NewId, Passwords, Tokens
from app.services.stores import HandleExists, PersonStore
from app.services.whereabouts import Whereabouts

LOG_INS_PER_ACCOUNT = 10
LOG_INS_PER_ADDRESS = 60
SIGN_UPS_PER_ADDRESS = 600
ATTEMPTS_WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Session:
    """An account with a fresh bearer token."""

    account: Account
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often one may try within `ATTEMPTS_WINDOW`; raised where many people share an address."""

    log_ins_per_account: int = LOG_INS_PER_ACCOUNT
    log_ins_per_address: int = LOG_INS_PER_ADDRESS
    sign_ups_per_address: int = SIGN_UPS_PER_ADDRESS


async def require_account(store: PersonStore, person_id: str) -> Account:
    """The account of someone whom an input names as `userId`. Raises `UserNotFound`."""
    account = await store.get(person_id)
    if account is None:
        raise refusals.UserNotFound(field="userId")
    return account


class People:
    """Accounts of this server. Attempts are limited by account and by address before a password is ever hashed."""

    def __init__(
        self,
        store: PersonStore,
        passwords: Passwords,
        tokens: Tokens,
        whereabouts: Whereabouts,
        *,
        new_id: NewId,
        clock: Clock,
        attempts: Attempts,
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._tokens = tokens
        self._whereabouts = whereabouts
        self._new_id = new_id
        self._clock = clock
        self._by_account = Rates(attempts.log_ins_per_account, ATTEMPTS_WINDOW)
        self._by_address = Rates(attempts.log_ins_per_address, ATTEMPTS_WINDOW)
        self._sign_ups = Rates(attempts.sign_ups_per_address, ATTEMPTS_WINDOW)

    async def sign_up(self, handle: str, display_name: str, password: str, *, address: str) -> Session:
        """A new account and a token for it. Raises every broken rule at once, `HandleTaken`, `RateLimited`."""
        people.check_sign_up(handle, display_name, password)
        self._sign_ups.take(address, self._clock())
        account = Account(
            id=self._new_id(),
            handle=handle,
            display_name=display_name.strip(),
            created_at=self._clock(),
            password_hash=await self._passwords.hash(password),
        )
        try:
            await self._store.add(account)
        except HandleExists:
            raise refusals.HandleTaken(field="handle") from None
        return self._session(account)

    async def log_in(self, handle: str, password: str, *, address: str) -> Session:
        """A token for who knows the password. Raises `BadCredentials`, without telling which of both is wrong."""
        now = self._clock()
        self._by_address.take(address, now)
        self._by_account.take(handle.casefold(), now)
        account = await self._store.by_handle(handle)
        if not await self._passwords.verify(account.password_hash if account else None, password) or account is None:
            raise refusals.BadCredentials(field="password")
        return self._session(account)

    async def update_profile(self, actor: Person, display_name: str | None, bio: str | None) -> Account:
        """The changed account; None is left as it is. Spaces go on showing the name one came in with.

        Raises every broken rule at once.
        """
        people.check_profile(display_name, bio)
        account = await self._store.update(
            actor.id,
            display_name=None if display_name is None else display_name.strip(),
            bio=None if bio is None else bio.strip(),
        )
        if account is None:
            raise refusals.UserNotFound
        return account

    async def update_settings(self, actor: Person, listening_visible: bool | None) -> Account:
        """The changed account; None is left as it is."""
        if listening_visible is None:
            account = await self._store.get(actor.id)
        else:
            account = await self._store.set_listening_visible(actor.id, listening_visible)
            self._whereabouts.moved(actor.id)
        if account is None:
            raise refusals.UserNotFound
        return account

    async def update_space_defaults(self, actor: Person, edit: SettingsEdit) -> Account:
        """The account with what the edit names of its defaults for new Spaces. Raises every broken rule at once."""
        defaults.check(edit)
        account = await self._store.update_space_defaults(actor.id, edit)
        if account is None:
            raise refusals.UserNotFound
        return account

    async def search(self, prefix: str, window: Window[Found]) -> list[Account]:
        """People by the beginning of handle or display name, see `PersonStore.search`."""
        return await self._store.search(prefix, window)

    def _session(self, account: Account) -> Session:
        token, expires_at = self._tokens.for_person(account.id)
        return Session(account, token, expires_at)

    async def get(self, person_id: str) -> Account | None:
        """The account of this id."""
        return await self._store.get(person_id)

    async def get_many(self, person_ids: Collection[str]) -> list[Account]:
        """Those of the accounts that there are, in no particular order."""
        return await self._store.get_many(person_ids)

    async def by_handle(self, handle: str) -> Account | None:
        """The account of this handle, without regard to case."""
        return await self._store.by_handle(handle)

    async def of_subject(self, subject: str, handle_hint: str, display_name: str) -> Account:
        """The account of someone whom an outside provider knows, made when they come for the first time.

        The handle is the provider's hint where it is free and fits, else one made of the new id.
        """
        if known := await self._store.by_subject(subject):
            return known
        person_id, now = self._new_id(), self._clock()
        for handle in (people.handle_from(handle_hint), people.handle_from(f"u_{person_id}")):
            account = Account(person_id, handle, display_name.strip()[:50] or handle, now, subject=subject)
            try:
                await self._store.add(account)
                return account
            except HandleExists:
                if known := await self._store.by_subject(subject):
                    return known
        raise refusals.HandleTaken(field="handle")
