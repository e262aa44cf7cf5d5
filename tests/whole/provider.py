"""An identity provider as people have one: it publishes its keys over HTTP and signs tokens with them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER = "https://login.example.org/"
AUDIENCE = "spaces"
LIFETIME_SECONDS = 600

Claims = dict[str, Any]


class Provider:
    """Signs with RS256 and ES256; `url` is where its keys are."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._rsa = rsa.generate_private_key(65537, 2048)
        self._ec = ec.generate_private_key(ec.SECP256R1())

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a server that trusts this provider."""
        return {"JWKS_URL": self.url, "JWKS_ISSUER": ISSUER, "JWKS_AUDIENCE": AUDIENCE}

    @property
    def keys(self) -> str:
        """The published key set (RFC 7517, section 5)."""
        published = [
            json.loads(RSAAlgorithm.to_jwk(self._rsa.public_key())) | {"kid": "RS256", "alg": "RS256", "use": "sig"},
            json.loads(ECAlgorithm.to_jwk(self._ec.public_key())) | {"kid": "ES256", "alg": "ES256", "use": "sig"},
        ]
        return json.dumps({"keys": published})

    @property
    def public_pem(self) -> bytes:
        """The RSA key that everyone may know."""
        return self._rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def token(self, subject: str, algorithm: str = "ES256", kid: str | None = None, **claims: object) -> str:
        """A token for someone, good for 10 minutes where the claims do not say otherwise; None takes a claim out."""
        return self.signed(self.claims(subject, **claims), self._key(algorithm), algorithm, kid or algorithm)

    @staticmethod
    def claims(subject: str, **claims: object) -> Claims:
        """What a good token says."""
        good = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "exp": int(time.time()) + LIFETIME_SECONDS}
        said = {**good, "preferred_username": subject, "name": subject.title(), **claims}
        return {name: value for name, value in said.items() if value is not None}

    @staticmethod
    def signed(claims: Claims, key: Any, algorithm: str, kid: str) -> str:
        """Those claims under any key."""
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})

    def _key(self, algorithm: str) -> Any:
        return self._ec if algorithm == "ES256" else self._rsa


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider whose keys can be fetched inside the block."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = provider.keys.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: stderr is for what goes wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        provider = Provider(f"http://127.0.0.1:{server.server_address[1]}/keys")
        thread = Thread(target=server.serve_forever, name="identity provider")
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
