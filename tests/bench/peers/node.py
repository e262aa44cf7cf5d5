"""The npm packages of the peers on Node.js, installed when a bench first asks for them, outside of this folder."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
SCRIPTS: Final = "*.mjs"
PATIENCE: Final = 180.0


class NotThere(Exception):
    """Why the peers on Node.js cannot be measured."""


async def installed() -> Path:
    """A folder with the scripts and what they import. Raises `NotThere` without Node.js, npm or its registry."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise NotThere("no node or npm in PATH")
    package = FOLDER / "package.json"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "spaces-bench"
    folder = cache / hashlib.sha256(package.read_bytes()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "installed"
    if not done.exists():
        shutil.copy(package, folder)
        await _install(folder)
        done.touch()
    for script in FOLDER.glob(SCRIPTS):
        shutil.copy(script, folder)
    return folder


async def _install(folder: Path) -> None:
    npm = await asyncio.create_subprocess_exec(
        *("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent", "--ignore-scripts"), cwd=folder
    )
    try:
        async with asyncio.timeout(PATIENCE):
            code = await npm.wait()
    except TimeoutError:
        npm.kill()
        await npm.wait()
        raise NotThere(f"npm took more than {PATIENCE:.0f} s") from None
    if code:
        raise NotThere(f"npm install ended with {code}")
