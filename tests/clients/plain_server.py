"""`python -m tests.clients.plain_server serve ...`: the server over uvicorn's own websockets."""

from __future__ import annotations

import sys

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

import app.web.serving
from app.__main__ import main

if __name__ == "__main__":
    setattr(app.web.serving, "Socket", WebSocketsSansIOProtocol)  # noqa: B010
    sys.exit(main())
