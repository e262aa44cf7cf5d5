"""Heads: what a page says in its `<head>` of what it shows, for link previews, search and screen readers.

By Open Graph, Twitter's cards and oEmbed's discovery. All that people wrote is escaped here, and nowhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from html import escape
from typing import Final
from urllib.parse import quote, urlencode

from app.domain.previews import Preview, PreviewKind
from app.services.audio import CLIP_FILE
from app.services.clip_downloads import POSTER_FILE

SITE_NAME: Final = "Spaces"
POSTER_SIZE: Final = (1200, 630)
ICON: Final = ("/static/icon-512.png", (512, 512), "The sign of this server")


def address(preview: Preview, public_url: str) -> str:
    """Where the page of this is."""
    if preview.kind is PreviewKind.SITE:
        return f"{public_url}/"
    return f"{public_url}/{preview.kind}/{quote(preview.key, safe='')}"


def poster_address(preview: Preview, public_url: str) -> str:
    """Where the picture of a Space or a clip is: another address when it shows something else, as some keep it long."""
    shown = repr((preview.title, preview.description, preview.picture)).encode(errors="replace")
    return f"{address(preview, public_url)}/{POSTER_FILE}?v={hashlib.sha256(shown).hexdigest()[:8]}"


def head(preview: Preview, public_url: str) -> str:
    """The tags, `<title>` among them."""
    title = preview.title if preview.kind is PreviewKind.SITE else f"{preview.title} · {SITE_NAME}"
    page = address(preview, public_url)
    lines = [
        f"<title>{escape(title)}</title>",
        _tag("meta", name="description", content=preview.description),
        _tag("link", rel="canonical", href=page),
        *(_tag("meta", property=name, content=text) for name, text in _open_graph(preview, public_url)),
        _tag("meta", name="twitter:card", content="summary_large_image" if preview.picture else "summary"),
    ]
    if preview.picture:
        asked = f"{public_url}/oembed?{urlencode({'url': page, 'format': 'json'})}"
        lines.append(_tag("link", rel="alternate", type="application/json+oembed", href=asked, title=preview.title))
    return "\n  ".join(lines)


def _open_graph(preview: Preview, public_url: str) -> Iterator[tuple[str, str]]:
    is_person = preview.kind is PreviewKind.PERSON
    yield "og:site_name", SITE_NAME
    yield "og:type", "profile" if is_person else "website"
    yield "og:title", preview.title
    yield "og:description", preview.description
    yield "og:url", address(preview, public_url)
    if is_person:
        yield "profile:username", preview.key
    picture, (width, height), shows = f"{public_url}{ICON[0]}", ICON[1], ICON[2]
    if preview.picture:
        picture, (width, height), shows = poster_address(preview, public_url), POSTER_SIZE, preview.picture
    yield "og:image", picture
    yield "og:image:type", "image/png"
    yield "og:image:width", str(width)
    yield "og:image:height", str(height)
    yield "og:image:alt", shows
    if preview.sound_ms:
        yield "og:audio", f"{address(preview, public_url)}/{CLIP_FILE}"
        yield "og:audio:type", "audio/mp4"


def _tag(tag: str, /, **attributes: str) -> str:
    written = " ".join(f'{key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{tag} {written}>"
