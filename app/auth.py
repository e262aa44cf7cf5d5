"""Proof of who is asking: passwords (argon2id), this server's tokens (HS256) and an outside provider's (JWKS)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.domain import refusals
from app.services.ports import Clock, Identity, MediaGrant, MediaUse, Unauthenticated

KEY_BYTES = 32
"""HS256 wants a key no shorter than its hash (RFC 7518, 3.2)."""
PERSON_LIFETIME = timedelta(days=7)
MEDIA_LIFETIME = timedelta(minutes=10)
JWKS_LIFETIME = timedelta(minutes=5)
JWKS_TIMEOUT = timedelta(seconds=5)
OUTSIDE_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "PS256", "EdDSA"]
ALIKE_SHARE = 10
"""Listeners without an account who come within a tenth of such a lifetime (a minute) get one address, which a cache can
serve them all from."""
SEAL_BYTES = 12
HASHING_THREADS = 2
HASHING_QUEUE = 64
"""Hashes that may wait for a thread; one more is refused, so that a flood of log-ins cannot pile up."""

Result = TypeVar("Result")

PERSON = "spaces:person"
MEDIA = "spaces:media"


class Argon2Passwords:
    """argon2id with the library's recommended costs (RFC 9106), off the event loop."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._pool = ThreadPoolExecutor(HASHING_THREADS, thread_name_prefix="argon2")
        self._waiting = 0
        self._decoy = self._hasher.hash(secrets.token_hex(8))

    async def hash(self, password: str) -> str:
        """The hash to keep. Raises `RateLimited` where too many wait."""
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password fits; without a hash False, after the same time. Raises `RateLimited`."""
        fits = await self._run(lambda: self._fits(password_hash or self._decoy, password))
        return fits and password_hash is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for the hashes under way."""
        self._pool.shutdown()

    def _fits(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= HASHING_QUEUE:
            raise refusals.RateLimited(limit=HASHING_QUEUE, current=self._waiting)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1


class SigningKeyUnusable(Exception):
    """The file of the signing key does not hold one; the message is one sentence for whoever started the server."""


def signing_key(path: Path) -> bytes:
    """The key in this file, made on the first start, readable by the owner alone. Raises `SigningKeyUnusable`."""
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise SigningKeyUnusable(f"{path} is too short for a signing key: remove it, and everyone logs in anew.")
    return key


def _make_key(path: Path) -> None:
    """The file appears with the whole key in it, or it is another process's that was faster."""
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        os.unlink(unfinished)


class JwtTokens:
    """This server's own tokens, and those of an outside provider where there is one."""

    def __init__(
        self,
        key: bytes,
        *,
        clock: Clock,
        outside: OutsideProvider | None = None,
        media_lifetime: timedelta = MEDIA_LIFETIME,
    ) -> None:
        self._key = key
        self._clock = clock
        self._outside = outside
        self._media_lifetime = media_lifetime

    def for_person(self, person_id: str) -> tuple[str, datetime]:
        """A bearer token, good for a week."""
        return self._issue({"aud": PERSON, "sub": person_id, "jti": secrets.token_hex(8)}, PERSON_LIFETIME)

    def for_media(self, grant: MediaGrant) -> tuple[str, datetime]:
        """A token for an address of sound, good for `media_lifetime`; without a person for up to a tenth more."""
        claims = {"aud": MEDIA, "sub": grant.subject, "use": grant.use.value, "who": grant.person_id}
        alike = self._media_lifetime / ALIKE_SHARE if grant.person_id is None else None
        return self._issue({**claims, "log": grant.login}, self._media_lifetime, alike=alike)

    async def identify(self, token: str) -> Identity:
        """Whom the token names; signed by this server, else by the outside provider. Raises `Unauthenticated`."""
        try:
            if self._outside and jwt.get_unverified_header(token).get("alg") in OUTSIDE_ALGORITHMS:
                return await self._outside.identify(token)
            claims = self._read(token, PERSON)
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The token has expired: log in again.") from None
        except jwt.PyJWKClientConnectionError:
            raise Unauthenticated("The keys to check the token with cannot be fetched now: try again.") from None
        except jwt.PyJWTError:
            raise Unauthenticated("The token is not valid.") from None
        return Identity(_moment(claims["exp"]), _token_id(token), person_id=claims["sub"])

    def media_grant(self, token: str) -> MediaGrant | None:
        """What a media token grants; None where it is forged, of another kind or over."""
        try:
            claims = self._read(token, MEDIA)
            return MediaGrant(MediaUse(claims["use"]), claims["sub"], claims["who"], claims["log"])
        except (jwt.PyJWTError, KeyError, ValueError):
            return None

    def seal(self, *words: str) -> str:
        """See `Tokens`. 96 bits; no JWT has a NUL in it, so nothing sealed is one."""
        digest = hmac.digest(self._key, "\0".join(("seal", *words)).encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:SEAL_BYTES]).decode()

    def _issue(
        self, claims: dict[str, Any], lifetime: timedelta, *, alike: timedelta | None = None
    ) -> tuple[str, datetime]:
        """All tokens of these claims within `alike` are the same one, good for up to so much more."""
        # JWT's times are whole seconds: the answer says exactly what the token says.
        expires_at = (self._clock() + lifetime).replace(microsecond=0)
        if alike:
            expires_at += timedelta(seconds=-expires_at.timestamp() % max(1, int(alike.total_seconds())))
        return jwt.encode({**claims, "exp": expires_at}, self._key, algorithm="HS256"), expires_at

    def _read(self, token: str, audience: str) -> dict[str, Any]:
        options = {"require": ["exp", "sub", "aud"], "verify_exp": False}
        claims = jwt.decode(token, self._key, algorithms=["HS256"], audience=audience, options=options)  # type: ignore[arg-type]
        if claims["exp"] <= self._clock().timestamp():
            raise jwt.ExpiredSignatureError
        return claims


def _moment(numeric_date: float) -> datetime:
    """The time of a NumericDate (RFC 7519, section 2). Raises `jwt.DecodeError` beyond the year 9999."""
    try:
        return datetime.fromtimestamp(numeric_date, UTC)
    except (OverflowError, ValueError, OSError):
        raise jwt.DecodeError("exp is no time") from None


def _token_id(token: str) -> str:
    """A hash of what is signed, and not of the signature: an ECDSA one (r, s) has a twin (r, n - s) that is as good."""
    return hashlib.sha256(token.rpartition(".")[0].encode()).hexdigest()


class OutsideProvider:
    """Tokens of an identity provider, checked with the keys it publishes (RFC 7517); a person is its issuer and sub."""

    def __init__(self, jwks_url: str, *, issuer: str | None, audience: str | None) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = jwt.PyJWKClient(
            jwks_url, lifespan=JWKS_LIFETIME.total_seconds(), timeout=JWKS_TIMEOUT.total_seconds()
        )

    async def identify(self, token: str) -> Identity:
        """Raises `jwt.PyJWTError`, also where the keys cannot be fetched. Keys are kept for 5 minutes."""
        try:
            key = await asyncio.to_thread(self._keys.get_signing_key_from_jwt, token)
        except ValueError:
            raise jwt.PyJWKClientConnectionError("What was fetched is not JSON.") from None
        claims = jwt.decode(
            token,
            key,
            algorithms=OUTSIDE_ALGORITHMS,
            audience=self._audience,
            issuer=self._issuer,
            options={"require": ["exp", "sub"], "verify_aud": self._audience is not None},
        )
        return Identity(
            _moment(claims["exp"]),
            _token_id(token),
            subject=f"{claims.get('iss', '')}|{claims['sub']}",
            handle=str(claims.get("preferred_username", "")),
            display_name=str(claims.get("name", "")),
        )
