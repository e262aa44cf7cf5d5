"""Settings, from the environment; only main reads them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

TOPICS = (
    "Art", "Books", "Business", "Comedy", "Culture", "Education", "Film", "Food", "Games", "Health",
    "History", "Life", "Music", "News", "Politics", "Science", "Sports", "Tech", "Travel", "World",
)  # fmt: skip
REACTIONS = ("❤️", "😂", "👏", "🔥", "💯", "👍", "👎", "😮", "😢", "✋")


def _split(text: object) -> object:
    return [one.strip() for one in text.split(",") if one.strip()] if isinstance(text, str) else text


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""In the environment: words with commas between them."""


class Settings(BaseSettings):
    """What an operator may set, in upper case in the environment."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    data: Path = Field(Path("data"), description="Folder of sound, keys and the embedded database.")
    public_url: str | None = Field(None, description="How browsers reach this server; else http://HOST:PORT.")
    mongodb_uri: str | None = Field(None, description="A MongoDB >= 6 replica set; else the embedded one.")
    broadcast_url: str = Field("memory://", description="redis://... where several processes serve together.")
    trusted_proxies: Words = Field((), description="Addresses whose X-Forwarded-For is believed.")
    media_addresses: Words = Field((), description="IP addresses offered to microphones; else those of HOST.")
    media_workers: int = Field(default_factory=_cores, ge=1, le=1024, description="Processes that mix the Spaces.")
    whep_listeners: int = Field(200, ge=0, description="Who may hear by WHEP at once, besides those on stage.")
    transcriber: str = Field(
        "pocketsphinx", pattern="^(off|pocketsphinx|whisper:.+)$", description="What puts speech into words."
    )
    noise_suppression: Literal["off", "on"] = Field("off", description="Of every microphone.")
    automatic_gain: Literal["off", "on"] = Field("off", description="All voices to one level.")
    poster_fonts: Words = Field((), description="Font files for posters, tried before others.")
    jwks_url: str | None = Field(None, pattern="^https?://", description="Keys of an outside identity provider.")
    jwks_issuer: str | None = Field(None, description="The `iss` its tokens must carry.")
    jwks_audience: str | None = Field(None, description="The `aud` its tokens must carry.")
    topics: Words = Field(TOPICS, description="Topics a Space may have.")
    reactions: Words = Field(REACTIONS, description="Reactions people may send.")
    operators: Words = Field((), description="Handles of those who read reports and may end any Space.")
    cohost_seats: int = Field(2, ge=0, le=50, description="Co-hosts of a Space.")
    speaker_seats: int = Field(10, ge=0, le=50, description="Speakers of a Space.")
    presence_grace_seconds: float = Field(60, gt=0, description="How long a silent person is believed to be there.")
    empty_timeout_seconds: float = Field(3600, gt=0, description="When a live Space ends that nobody is in any more.")
    schedule_grace_seconds: float = Field(
        7200, gt=0, description="When a scheduled Space that was not started expires."
    )
    recording_days: float | None = Field(None, gt=0, description="How long recordings are kept; else for ever.")
    media_token_seconds: float = Field(600, ge=5, description="How long an address of sound holds.")
    heartbeat_seconds: float = Field(10, gt=0, description="Between two heartbeats of a stream.")
    log_ins_per_account: int = Field(10, ge=1, description="Log-ins of one account in 5 minutes.")
    log_ins_per_address: int = Field(60, ge=1, description="Log-ins from one address in 5 minutes.")
    sign_ups_per_address: int = Field(600, ge=1, description="New accounts from one address in 5 minutes.")
    requests_per_viewer: float = Field(100, gt=0, description="Operations of one viewer in a second, on average.")
    requests_per_address: float = Field(1000, gt=0, description="The same of all from one network address.")
    persisted_documents: Path | None = Field(None, description="A file of documents that clients name by their ids.")
