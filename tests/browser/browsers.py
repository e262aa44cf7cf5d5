"""Chromium and Firefox, headless, each with a microphone that hears a tone: started, and told what to do.

By their own remote protocols over a WebSocket (CDP; WebDriver BiDi), as far as `goto` and `run` need them.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
import wave
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from websockets import ConnectionClosed
from websockets.asyncio.client import ClientConnection, connect

from media.opus import SAMPLE_RATE
from tests.media.sounds import tone
from tests.waiting import until

START_SECONDS = 120.0
ANSWER_SECONDS = 60.0
LOAD_SECONDS = 60.0
TONE_SECONDS = 20.0
LEVEL = 0.3
PHONE_WIDTH = 600

CHROMIUM = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    # In a container that is too small for it.
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "about:blank",
)
FIREFOX = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.autoplay.block-webaudio": False,
    # The loopback is where the server is.
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "remote.active-protocols": 1,
}


class Page(Protocol):
    """A browser's one page."""

    async def goto(self, url: str) -> None:
        """Opens an address, and waits until it is loaded."""

    async def run(self, script: str) -> Any:
        """The JSON value of a JavaScript expression, awaited. Raises `ScriptFailed`."""


class ScriptFailed(Exception):
    """What JavaScript has thrown."""


class Remote:
    """Commands and their answers over one WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}

    async def listen(self) -> None:
        """Until the browser is gone."""
        try:
            async for text in self._socket:
                message = json.loads(text)
                if (asked := self._waiting.get(message.get("id"))) and not asked.done():
                    asked.set_result(message)
        except ConnectionClosed:
            pass
        for asked in self._waiting.values():
            if not asked.done():
                asked.set_exception(ConnectionError("the browser is gone"))

    async def ask(self, method: str, **parameters: object) -> Any:
        """The result of a command; `session` is one of CDP's."""
        id, message = next(self._ids), dict[str, object]()
        if session := parameters.pop("session", None):
            message["sessionId"] = session
        self._waiting[id] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"id": id, "method": method, "params": parameters} | message))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await self._waiting[id]
        finally:
            del self._waiting[id]
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']} {answer.get('message', '')}")
        return answer["result"]


class ChromiumPage:
    """Driven by the Chrome DevTools Protocol."""

    def __init__(self, remote: Remote, session: str) -> None:
        self._remote = remote
        self._session = session

    async def goto(self, url: str) -> None:
        """See `Page`."""
        going = await self._remote.ask("Page.navigate", session=self._session, url=url)
        if "errorText" in going:
            raise ConnectionError(f"{url}: {going['errorText']}")

        async def loaded() -> bool:
            # The page before it may still be there, and complete.
            tree = await self._remote.ask("Page.getFrameTree", session=self._session)
            arrived = tree["frameTree"]["frame"]["loaderId"] == going["loaderId"]
            return bool(arrived and await self.run("document.readyState") == "complete")

        await until(loaded, f"{url} is loaded", deadline=LOAD_SECONDS)

    async def run(self, script: str) -> Any:
        """See `Page`."""
        answer = await self._remote.ask(
            "Runtime.evaluate",
            session=self._session,
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise ScriptFailed(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    async def tab(self) -> ChromiumPage:
        """Another tab of the same browser, for the same person, in front of this one."""
        return await ChromiumPage.opened(self._remote)

    @classmethod
    async def opened(cls, remote: Remote) -> ChromiumPage:
        """A new tab of this browser."""
        target = (await remote.ask("Target.createTarget", url="about:blank"))["targetId"]
        attached = await remote.ask("Target.attachToTarget", targetId=target, flatten=True)
        return cls(remote, attached["sessionId"])

    async def come_to_front(self) -> None:
        """This tab is the one that is seen; the others are hidden, and know it."""
        await self._remote.ask("Page.bringToFront", session=self._session)

    async def look(self, width: int, height: int, *, scheme: str) -> None:
        """From now on it is so wide and high, and its reader prefers light or dark pages."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < PHONE_WIDTH}
        await self._remote.ask("Emulation.setDeviceMetricsOverride", session=self._session, **size)
        await self.prefer(scheme)

    async def prefer(self, scheme: str) -> None:
        """From now on its reader prefers light or dark pages."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await self._remote.ask("Emulation.setEmulatedMedia", session=self._session, features=features)

    async def drag(self, *places: tuple[float, float]) -> None:
        """The mouse is pressed at the first place, moved over the others, and let go at the last."""
        for number, (x, y) in enumerate(places):
            await self._mouse("mouseMoved" if number else "mousePressed", x, y)
        await self._mouse("mouseReleased", *places[-1])

    async def _mouse(self, type: str, x: float, y: float) -> None:
        how = {"button": "left", "buttons": 0 if type == "mouseReleased" else 1, "clickCount": 1}
        await self._remote.ask("Input.dispatchMouseEvent", session=self._session, type=type, x=x, y=y, **how)

    async def command(self, method: str, **parameters: object) -> Any:
        """The result of any of the protocol's commands, in this page."""
        return await self._remote.ask(method, session=self._session, **parameters)

    async def picture(self) -> bytes:
        """What is to be seen, as a PNG."""
        answer = await self._remote.ask("Page.captureScreenshot", session=self._session, format="png")
        return base64.b64decode(answer["data"])


class FirefoxPage:
    """Driven by WebDriver BiDi."""

    def __init__(self, remote: Remote, context: str) -> None:
        self._remote = remote
        self._context = context

    async def goto(self, url: str) -> None:
        """See `Page`."""
        await self._remote.ask("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def run(self, script: str) -> Any:
        """See `Page`."""
        answer = await self._remote.ask(
            "script.evaluate",
            expression=f"Promise.resolve({script}).then((value) => JSON.stringify(value ?? null))",
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise ScriptFailed(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])


@asynccontextmanager
async def chromium(folder: Path, hz: float, *arguments: str) -> AsyncIterator[Page]:
    """Chromium, whose microphone hears this tone."""
    wav = folder / f"tone-{hz:g}.wav"
    _write_tone(wav, hz)
    profile = folder / f"chromium-{hz:g}"
    command = [
        _found("chromium", "chromium-browser", "google-chrome"),
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        f"--use-file-for-fake-audio-capture={wav}",
        *arguments,
        *CHROMIUM,
    ]
    async with _running(command):
        address = await _told(profile / "DevToolsActivePort", lambda text: "ws://127.0.0.1:{}{}".format(*text.split()))
        async with _remote(address) as remote:
            yield await ChromiumPage.opened(remote)


@asynccontextmanager
async def firefox(folder: Path, hz: float) -> AsyncIterator[Page]:
    """Firefox, whose microphone hears this tone."""
    profile = folder / f"firefox-{hz:g}"
    profile.mkdir()
    preferences = FIREFOX | {"media.navigator.audio.fake_frequency": round(hz)}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [_found("firefox-esr", "firefox"), "--headless", "--no-remote", "--profile", str(profile)]
    async with (
        loudspeaker(folder) as environment,
        _running([*command, "--remote-debugging-port=0", "about:blank"], environment),
    ):
        address = await _told(
            profile / "WebDriverBiDiServer.json",
            lambda text: "ws://{ws_host}:{ws_port}/session".format(**json.loads(text)),
        )
        async with _remote(address) as remote:
            await remote.ask("session.new", capabilities={})
            [context] = (await remote.ask("browsingContext.getTree"))["contexts"]
            yield FirefoxPage(remote, context["context"])


def _write_tone(path: Path, hz: float) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((tone(hz, TONE_SECONDS, LEVEL) * 32767).astype("<i2").tobytes())


def _found(*names: str) -> str:
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise FileNotFoundError(f"none of {', '.join(names)} is installed")
    return path


async def _told(file: Path, read: Callable[[str], str]) -> str:
    """The address that a browser writes into its profile once it is up: at a port that nobody else had."""
    addresses: list[str] = []

    def there() -> bool:
        with suppress(OSError, ValueError, LookupError):
            addresses.append(read(file.read_text()))
        return bool(addresses)

    await until(there, f"the browser is up, and has written {file}", deadline=START_SECONDS)
    return addresses[0]


@asynccontextmanager
async def _remote(address: str) -> AsyncIterator[Remote]:
    async with connect(address, max_size=None, compression=None) as socket:
        remote = Remote(socket)
        listening = asyncio.create_task(remote.listen())
        try:
            yield remote
        finally:
            await socket.close()
            await listening


@asynccontextmanager
async def loudspeaker(folder: Path) -> AsyncIterator[dict[str, str]]:
    """The environment in which there is one: Firefox runs no AudioContext without. It leads to nowhere."""
    home = folder / "pulse"
    home.mkdir()
    modules = ("module-null-sink", f"module-native-protocol-unix socket={home}/socket auth-anonymous=1")
    command = [_found("pulseaudio"), "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    async with _running([*command, *(word for module in modules for word in ("-L", module))], environment):
        await until((home / "socket").exists, "there is a loudspeaker", deadline=START_SECONDS)
        yield {**os.environ, "PULSE_SERVER": f"unix:{home}/socket"}


@asynccontextmanager
async def _running(command: Sequence[str], environment: Mapping[str, str] | None = None) -> AsyncIterator[None]:
    """A program and all its processes, until the end of the block."""
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, stdin=nothing, stdout=nothing, stderr=nothing, env=environment
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
