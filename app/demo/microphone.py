"""A speaker's microphone: sound into a Space by WHIP, through FFmpeg's muxer as any program could."""

from __future__ import annotations

import asyncio
import queue
import tempfile
import threading
import time
from contextlib import suppress
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
CLOSE_SECONDS = 10.0
STUCK_SECONDS = 5.0
"""FFmpeg now and then waits for ever where it sends to a server that was killed."""
LOOK_SECONDS = 1.0

Sound = NDArray[np.float32]


class Microphone:
    """A context in which a microphone is connected; it sends what it is told to say, and silence in between."""

    def __init__(self, whip_url: str) -> None:
        self._url = whip_url
        self._sentences: queue.Queue[Sound] = queue.Queue(WAITING)
        self._closing = threading.Event()
        self._connected = asyncio.Event()
        self._ended: asyncio.Future[None] | None = None
        self._sent_at = 0.0

    async def __aenter__(self) -> Self:
        """Returns when the sound flows. Raises what FFmpeg says where it cannot."""
        loop = asyncio.get_running_loop()
        self._ended = ended = loop.create_future()
        threading.Thread(target=self._work, args=(loop, ended), name="microphone", daemon=True).start()
        connected = asyncio.create_task(self._connected.wait())
        try:
            await asyncio.wait({ended, connected}, timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            connected.cancel()
            if not self._connected.is_set():
                self._closing.set()
                await asyncio.wait([ended], timeout=CLOSE_SECONDS)
        if not self._connected.is_set():
            await self._close()
            raise TimeoutError(f"no microphone connection within {CONNECT_SECONDS} s")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def broken(self) -> None:
        """Returns when the connection is over, whoever ended it, or FFmpeg is stuck in sending. Cancel-safe."""
        while self._ended is not None and time.monotonic() - self._sent_at < STUCK_SECONDS:
            done, _ = await asyncio.wait([self._ended], timeout=LOOK_SECONDS)
            if done:
                return

    async def _close(self) -> None:
        """Raises what FFmpeg says. Where it is stuck in sending to a server that has died, its thread is left to it."""
        self._closing.set()
        if self._ended is not None:
            done, _ = await asyncio.wait([self._ended], timeout=CLOSE_SECONDS)
            for one in done:
                one.result()

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

    def _work(self, loop: asyncio.AbstractEventLoop, ended: asyncio.Future[None]) -> None:
        fault: Exception | None = None
        try:
            self._run(loop)
        except Exception as error:
            fault = error
        with suppress(RuntimeError):
            # The loop may be closed by now.
            loop.call_soon_threadsafe(_end, ended, fault)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = _identity(Path(folder))
            options = {"cert_file": str(certificate), "key_file": str(key)}
            with av.open(self._url, "w", format="whip", options=options) as muxer:
                stream = muxer.add_stream("libopus", rate=RATE, options={"fec": "1", "packet_loss": "10"})
                stream.codec_context.layout = "stereo"
                stream.codec_context.format = "flt"
                muxer.start_encoding()
                self._sent_at = time.monotonic()
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
            self._sent_at = time.monotonic()
            sent += BLOCK
            due += BLOCK / RATE
            time.sleep(max(0.0, due - time.monotonic()))

    def _next_sentence(self) -> Sound:
        try:
            return self._sentences.get_nowait()
        except queue.Empty:
            return np.zeros(BLOCK, np.float32)


def _end(ended: asyncio.Future[None], fault: Exception | None) -> None:
    if ended.done():
        return
    if fault is None:
        ended.set_result(None)
    else:
        ended.set_exception(fault)


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
