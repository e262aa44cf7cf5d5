"""Keys of a keyboard, pressed in Chromium's page as a person presses them: the browser itself does what they do."""

from __future__ import annotations

from tests.browser.browsers import ChromiumPage

SHIFT = 8
CODES = {
    "Tab": 9,
    "Enter": 13,
    "Escape": 27,
    " ": 32,
    "PageUp": 33,
    "PageDown": 34,
    "End": 35,
    "Home": 36,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
}
TEXTS = {"Enter": "\r"}


async def press_key(page: ChromiumPage, key: str, *, shift: bool = False) -> None:
    """Presses one key and lets it go: one of CODES, or a letter."""
    text = TEXTS.get(key, key if len(key) == 1 else "")
    code = CODES.get(key) or ord(key.upper())
    how = {"key": key, "windowsVirtualKeyCode": code, "modifiers": SHIFT if shift else 0}
    await page.command("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **how)
    await page.command("Input.dispatchKeyEvent", type="keyUp", **how)


async def type_text(page: ChromiumPage, text: str) -> None:
    """Writes where the focus is."""
    for letter in text:
        await press_key(page, letter)
