"""Upgrades: what is granted here is what websockets' own handshake grants, and in the same words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.server import ServerProtocol

from app.web.upgrades import granted, response

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
USUAL = {
    b"host": b"spaces.example",
    b"connection": b"keep-alive, Upgrade",
    b"upgrade": b"websocket",
    b"sec-websocket-key": KEY,
    b"sec-websocket-version": b"13",
    b"sec-websocket-protocol": b"graphql-transport-ws, other",
}
VALUES = st.sampled_from(
    [
        KEY,
        KEY + b"=",
        b"Upgrade",
        b"keep-alive",
        b"upgrade, keep-alive",
        b"upgrades",
        b"c2hvcnQ=",
        b"",
        b"13",
        b"8",
        b"websocket",
        b"0",
        b"chunked",
        b"https://spaces.example",
    ]
)
NAMES = st.sampled_from([*USUAL, b"origin", b"content-length", b"transfer-encoding", b"x-other"])


def test_a_usual_request_is_granted_as_in_the_rfc() -> None:
    upgrade = granted("GET", "1.1", b"/graphql?a=b", list(USUAL.items()))
    assert upgrade
    assert upgrade.accept == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert upgrade.subprotocols == ["graphql-transport-ws", "other"]
    head = response(upgrade.accept, "graphql-transport-ws", [(b"date", b"today")])
    assert head.startswith(b"HTTP/1.1 101 ")
    assert head.endswith(b"\r\ndate: today\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n")


@given(
    method=st.sampled_from(["GET", "POST"]),
    url=st.sampled_from([b"/graphql", b"http://spaces.example/graphql", b"/\xc3\xa4"]),
    without=st.none() | st.sampled_from(list(USUAL)),
    more=st.lists(st.tuples(NAMES, VALUES), max_size=2),
)
def test_nothing_is_granted_that_the_library_would_refuse(
    method: str, url: bytes, without: bytes | None, more: list[tuple[bytes, bytes]]
) -> None:
    headers = [(name, value) for name, value in USUAL.items() if name != without] + more
    upgrade = granted(method, "1.1", url, headers)
    if upgrade is None:
        assert headers != list(USUAL.items()) or method != "GET" or url != b"/graphql"
        return
    asked = Headers([(name.decode(), value.decode()) for name, value in headers])
    answer = ServerProtocol().accept(Request(url.decode(), asked, method, "HTTP/1.1"))
    assert answer.status_code == 101
    assert answer.headers["Sec-WebSocket-Accept"].encode() == upgrade.accept
