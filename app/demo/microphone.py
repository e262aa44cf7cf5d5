"""A speaker's microphone: sound into a Space by WHIP, through FFmpeg's muxer as any program could."""

from __future__ import annotations

import asyncio
import queue
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from numpy.typing import NDArray

RATE = 48_000
BLOCK = 960
"""Samples sent at a time: 20 ms."""
WAITING = 4
"""Sentences that may wait to be said; one more waits at `say`."""
CONNECT_SECONDS = 30.0

Sound = NDArray[np.float32]


class Microphone:
    """A context in which a microphone is connected; it sends what it is told to say, and silence in between."""

    def __init__(self, whip_url: str) -> None:
        self._url = whip_url
        self._sentences: queue.Queue[Sound] = queue.Queue(WAITING)
        self._closing = threading.Event()
        self._connected = asyncio.Event()
        self._thread: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Returns when the sound flows. Raises what FFmpeg says where it cannot."""
        loop = asyncio.get_running_loop()
        self._thread = asyncio.create_task(asyncio.to_thread(self._run, loop), name="microphone")
        connected = asyncio.create_task(self._connected.wait())
        try:
            await asyncio.wait({self._thread, connected}, timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            connected.cancel()
            if not self._connected.is_set():
                self._closing.set()
                await asyncio.wait([self._thread])
        if not self._connected.is_set():
            await self._thread
            raise TimeoutError(f"no microphone connection within {CONNECT_SECONDS} s")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._thread is not None:
            await self._thread

    async def broken(self) -> None:
        """Returns when the connection is over, whoever ended it. Cancel-safe."""
        if self._thread is not None:
            await asyncio.wait([self._thread])

    @property
    def quiet(self) -> bool:
        """Whether everything has been said."""
        return self._sentences.empty()

    def say(self, sound: Sound) -> bool:
        """Says this, mono float32 at 48 kHz, after what waits already; False where too much waits."""
        try:
            self._sentences.put_nowait(sound)
        except queue.Full:
            return False
        return True

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = _identity(Path(folder))
            options = {"cert_file": str(certificate), "key_file": str(key)}
            with av.open(self._url, "w", format="whip", options=options) as muxer:
                stream = muxer.add_stream("libopus", rate=RATE, options={"fec": "1", "packet_loss": "10"})
                stream.codec_context.layout = "stereo"
                stream.codec_context.format = "flt"
                muxer.start_encoding()
                loop.call_soon_threadsafe(self._connected.set)
                self._send(muxer, stream)

    def _send(self, muxer: av.container.OutputContainer, stream: av.AudioStream) -> None:
        due, sent, said = time.monotonic(), 0, np.empty(0, np.float32)
        while not self._closing.is_set():
            if len(said) < BLOCK:
                said = np.concatenate([said, self._next_sentence()])
            block, said = said[:BLOCK], said[BLOCK:]
            frame = av.AudioFrame.from_ndarray(np.repeat(block, 2)[np.newaxis], format="flt", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, sent, Fraction(1, RATE)
            for packet in stream.encode(frame):
                muxer.mux(packet)
            sent += BLOCK
            due += BLOCK / RATE
            time.sleep(max(0.0, due - time.monotonic()))

    def _next_sentence(self) -> Sound:
        try:
            return self._sentences.get_nowait()
        except queue.Empty:
            return np.zeros(BLOCK, np.float32)


def _identity(folder: Path) -> tuple[Path, Path]:
    """A certificate for DTLS, ECDSA P-256 as RFC 8827 6.5 asks, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "microphone")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file
