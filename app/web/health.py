"""Health: whether this process can serve, for load balancers and whoever looks after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route


def health_routes(
    database: Callable[[], Awaitable[bool]], bus: Callable[[], bool], workers: Callable[[], Sequence[bool]]
) -> list[BaseRoute]:
    """`/healthz`: what is up; 503 without database, or without any media worker.

    Without the bus a process serves on, only slower to learn from the others: no reason to take it out.
    """

    async def healthz(request: Request) -> JSONResponse:
        there = workers()
        up = {"database": await database(), "sound": any(there)}
        return JSONResponse(
            {**up, "bus": bus(), "mediaWorkers": {"up": sum(there), "of": len(there)}}, 200 if all(up.values()) else 503
        )

    return [Route("/healthz", healthz)]
