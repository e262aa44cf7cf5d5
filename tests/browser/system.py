"""What the system around a browser does: its media keys, and whether there is a network."""

from __future__ import annotations

from tests.browser.browsers import ChromiumPage

HANDLERS = """
const set = MediaSession.prototype.setActionHandler;
globalThis.actionHandlers = {};
MediaSession.prototype.setActionHandler = function (action, handler) {
  set.call(this, action, handler);
  if (handler) actionHandlers[action] = handler;
  else delete actionHandlers[action];
};
"""


async def watch_controls(page: ChromiumPage) -> None:
    """From the next page on, `Visitor.read("control", ...)` does what a media key does.

    No key reaches a headless Chromium: where nobody shows them, the system's controls are nobody's.
    """
    await page.command("Page.enable")
    await page.command("Page.addScriptToEvaluateOnNewDocument", source=HANDLERS)
