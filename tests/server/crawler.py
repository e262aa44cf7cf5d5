"""A crawler: reads a page's head as those do that show a preview of its link."""

from __future__ import annotations

from html.parser import HTMLParser


class Read(HTMLParser):
    """A page as a crawler reads it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.title = ""
        self._in_title = False
        self.meta: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.tags: list[str] = []
        self.frames: list[dict[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
        self.tags.append(tag)
        self._in_title = tag == "title"
        said = {name: value or "" for name, value in attrs}
        if tag == "meta" and "content" in said:
            self.meta[said.get("property") or said["name"]] = said["content"]
        if tag == "link" and "rel" in said:
            self.links[said["rel"]] = said["href"]
        if tag == "iframe":
            self.frames.append(said)

    def handle_data(self, data: str) -> None:
        """See `HTMLParser`."""
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        """See `HTMLParser`."""
        self._in_title = False
