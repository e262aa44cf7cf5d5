"""The whole server, put together from its settings; nothing imports this but the command line."""

from __future__ import annotations

import asyncio
import fcntl
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import available_timezones

from starlette.applications import Starlette
from starlette.types import ASGIApp

from app.auth import Argon2Passwords, JwtTokens, OutsideProvider, SigningKeyUnusable, signing_key
from app.bus.backends import BusUnavailable
from app.bus.bus import Bus
from app.collector import collect_seldom
from app.config import Settings
from app.domain.roster import Limits
from app.feeds.bells import BusBells
from app.feeds.closings import BusClosingFeed
from app.feeds.feeds import LiveFeeds
from app.feeds.moves import BusMoveFeed
from app.live.live import Live
from app.live.recordings import LiveRecordings
from app.live.workshop import ClipWorkshop
from app.mongod import Mongod, MongodUnavailable
from app.services.media_engine import MediaUnavailable
from app.services.people import Attempts, People
from app.services.stores import Node
from app.services.use_cases import UseCases
from app.services.viewers import Viewer
from app.services.world import Adapters, Policy
from app.store.database import Database, DatabaseUnreachable, is_up, make_primary, open_database
from app.store.spaces import make_findable
from app.store.stores import mongo_stores
from app.web.audio import audio_routes
from app.web.calendar import calendar_routes
from app.web.calls import call_routes
from app.web.clips import clip_routes
from app.web.embeds import embed_routes
from app.web.graphql import Front, graphql_endpoint, graphql_routes
from app.web.health import health_routes
from app.web.page import page_routes
from app.web.persisted import PersistedDocuments, given_in
from app.web.previews import preview_routes
from app.web.rates import Rates
from app.web.replays import replay_routes
from app.web.serving import AddressUnavailable, bind, serving, stop_signals
from app.web.site import site_routes
from app.web.subtitles import subtitle_routes
from app.welcome import welcome
from media.treatment import Wanted
from resolvers import api
from resolvers.broadcasts import Broadcasts
from resolvers.context import RequestContext

ALONE = "memory://"
"""The broadcast of a process that serves alone, and so has the sound of all its Spaces."""
NO_TIME_ZONES = {"Factory", "localtime"}
"""Files among the time zones' of some systems, which name no time zone."""
UNABLE = (
    AddressUnavailable,
    BusUnavailable,
    DatabaseUnreachable,
    MediaUnavailable,
    MongodUnavailable,
    SigningKeyUnusable,
    OSError,
)


class CannotStart(Exception):
    """The server cannot run here, or no longer; the message is one sentence for whoever started it."""


def now() -> datetime:
    """The clock of the whole server: UTC, in whole milliseconds, which is what MongoDB keeps."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def new_id() -> str:
    """96 random bits: nobody guesses an id, and none is given twice."""
    return secrets.token_hex(12)


async def serve(settings: Settings, tell: Callable[[str], None]) -> None:
    """Runs the server until Ctrl-C or SIGTERM, and tells where it is.

    Raises `CannotStart`; whatever was started is stopped by then.
    """
    with stop_signals() as stop:
        try:
            with bind(settings.host, settings.port) as listening:
                host, port = listening.getsockname()[:2]
                public_url = (settings.public_url or f"http://{host}:{port}").rstrip("/")
                async with (
                    create_app(settings, public_url) as app,
                    serving(app.asgi, listening, settings.trusted_proxies),
                ):
                    collect_seldom()
                    await welcome(tell, public_url, settings.data.resolve(), app.people if app.mongod else None)
                    await _until(stop, app.mongod)
        except* UNABLE as reasons:
            raise CannotStart(_first(reasons)) from None


@dataclass(frozen=True, slots=True)
class App:
    """The server's parts that the command line needs, all of them running."""

    asgi: ASGIApp
    people: People
    live: Live
    mongod: Mongod | None


@asynccontextmanager
async def create_app(settings: Settings, public_url: str) -> AsyncIterator[App]:
    """Everything started in the order of need, and stopped in the opposite one. Raises one of `UNABLE`."""
    settings.data.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as running:
        node = Node(running.enter_context(_node_id(settings.data)), public_url)
        mongod, database = await _open_database(settings, running)
        live = await running.enter_async_context(
            Live(
                settings.data / "audio",
                settings.media_addresses,
                workers=settings.media_workers,
                max_listeners=settings.whep_listeners,
                transcriber=settings.transcriber,
                treating=Wanted(settings.noise_suppression == "on", settings.automatic_gain == "on"),
            )
        )
        bus = await running.enter_async_context(Bus(settings.broadcast_url))
        adapters = await _adapters(settings, node, database, bus, live, running)
        use_cases = UseCases(adapters, _policy(settings))
        await running.enter_async_context(_background(*use_cases.works))
        yield App(_asgi(settings, use_cases, database, bus, live, public_url), use_cases.people, live, mongod)


async def _open_database(settings: Settings, running: AsyncExitStack) -> tuple[Mongod | None, Database]:
    mongod, uri = None, settings.mongodb_uri
    if uri is None:
        mongod = await running.enter_async_context(Mongod(settings.data, make_primary))
        uri = mongod.uri
    database = await running.enter_async_context(open_database(uri))
    await make_findable(database)
    return mongod, database


@contextmanager
def _node_id(data: Path) -> Iterator[str]:
    """This data folder's own, so that a server started again goes on with the Spaces it had on air, at once.

    Two servers of one name would both mix what one has the lease of. Raises `CannotStart` for the second.
    """
    with (data / "node-id").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"The data folder {data} is in use by another server: stop that one, or choose another folder."
            ) from None
        file.seek(0)
        node_id = file.read()
        if not node_id:
            node_id = new_id()
            file.write(node_id)
            file.flush()
        yield node_id


async def _adapters(
    settings: Settings, node: Node, database: Database, bus: Bus, live: Live, running: AsyncExitStack
) -> Adapters:
    stores = mongo_stores(database)
    feeds = LiveFeeds(stores.spaces, stores.reactions, bus, heartbeat_seconds=settings.heartbeat_seconds)
    return Adapters(
        stores=stores,
        feeds=await running.enter_async_context(feeds),
        closings=BusClosingFeed(bus),
        moves=BusMoveFeed(bus),
        bells=BusBells(bus),
        media=live,
        workshop=ClipWorkshop(settings.data / "audio" / "clips", settings.poster_fonts),
        recordings=LiveRecordings(settings.data / "audio"),
        passwords=running.enter_context(Argon2Passwords()),
        tokens=_tokens(settings),
        node=node,
        clock=now,
        new_id=new_id,
    )


def _tokens(settings: Settings) -> JwtTokens:
    outside = None
    if settings.jwks_url:
        outside = OutsideProvider(settings.jwks_url, issuer=settings.jwks_issuer, audience=settings.jwks_audience)
    return JwtTokens(
        signing_key(settings.data / "token.key"),
        clock=now,
        outside=outside,
        media_lifetime=timedelta(seconds=settings.media_token_seconds),
    )


def _policy(settings: Settings) -> Policy:
    return Policy(
        topics=settings.topics,
        time_zones=available_timezones() - NO_TIME_ZONES,
        reactions=settings.reactions,
        operators=settings.operators,
        limits=Limits(settings.cohost_seats, settings.speaker_seats),
        grace=timedelta(seconds=settings.presence_grace_seconds),
        empty_timeout=timedelta(seconds=settings.empty_timeout_seconds),
        schedule_grace=timedelta(seconds=settings.schedule_grace_seconds),
        heartbeat=timedelta(seconds=settings.heartbeat_seconds),
        recordings_kept_for=timedelta(days=settings.recording_days) if settings.recording_days else None,
        attempts=Attempts(
            log_ins_per_account=settings.log_ins_per_account,
            log_ins_per_address=settings.log_ins_per_address,
            sign_ups_per_address=settings.sign_ups_per_address,
        ),
    )


@asynccontextmanager
async def _background(*works: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Works that go on until the end of the block, and are cancelled and awaited there."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work(), name=work.__qualname__) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


def _asgi(
    settings: Settings, use_cases: UseCases, database: Database, bus: Bus, live: Live, public_url: str
) -> ASGIApp:
    def context(viewer: Viewer | None, address: str) -> RequestContext:
        return RequestContext(use_cases, viewer, address=address, public_url=public_url, clock=now)

    schema = api.build_schema()
    graphql = graphql_endpoint(
        schema,
        authenticate=use_cases.viewers.of,
        recognize=use_cases.viewers.at_hand,
        context_of=context,
        closings=use_cases.closings,
        clock=now,
        broadcasts=Broadcasts(schema, use_cases.streams, lambda: context(None, "")),
        rates=Rates.of(per_viewer=settings.requests_per_viewer, per_address=settings.requests_per_address),
        persisted=_persisted(settings),
    )
    site = Starlette(
        routes=[
            *health_routes(partial(is_up, database), lambda: bus.is_up, lambda: [one.is_up for one in live.loads]),
            *graphql_routes(graphql),
            *audio_routes(use_cases.audio),
            *call_routes(use_cases.calls),
            *clip_routes(use_cases.audio, use_cases.clip_downloads),
            *replay_routes(use_cases.audio, use_cases.replays),
            *calendar_routes(use_cases.schedules, public_url),
            *subtitle_routes(use_cases.audio, use_cases.subtitles),
            *preview_routes(use_cases.audio, use_cases.previews, public_url),
            *embed_routes(use_cases.previews, public_url),
            *site_routes(),
            *page_routes(use_cases.previews, public_url, sound_elsewhere=settings.broadcast_url != ALONE),
        ]
    )
    return Front(site, graphql)


def _persisted(settings: Settings) -> PersistedDocuments:
    if settings.persisted_documents is None:
        return PersistedDocuments()
    try:
        return PersistedDocuments(given_in(settings.persisted_documents))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CannotStart(f"PERSISTED_DOCUMENTS cannot be read: {error}") from None


async def _until(stop: asyncio.Event, mongod: Mongod | None) -> None:
    """Waits for the signal to stop. Raises `MongodUnavailable` where the embedded database dies first."""
    if mongod is None:
        await stop.wait()
        return
    stopped, died = asyncio.create_task(stop.wait()), asyncio.create_task(mongod.exited())
    try:
        await asyncio.wait({stopped, died}, return_when=asyncio.FIRST_COMPLETED)
        if died.done():
            raise MongodUnavailable(died.result())
    finally:
        stopped.cancel()
        died.cancel()
        await asyncio.gather(stopped, died, return_exceptions=True)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
