"""A web server for the tests that serves a timeline as the real one does, for third-party players."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from media.playlists import live_playlist
from media.replay import WHOLE, Extent, replay_playlist, replay_resource
from media.timeline import Timeline


@contextmanager
def serve_hls(
    timeline: Timeline, before_playlist: Callable[[], None] = lambda: None, extent: Extent = WHOLE
) -> Iterator[str]:
    """Serves it at the address given, calling `before_playlist` ahead of each playlist; stops on leaving.

    Of a replay the extent alone is served.
    """
    lock = Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                body = self._body(self.path.removeprefix("/"))
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

        def _body(self, name: str) -> bytes | None:
            if name in ("live.m3u8", "replay.m3u8"):
                before_playlist()
                timeline.refresh()
                playlist = live_playlist(timeline) if name == "live.m3u8" else replay_playlist(timeline, extent)
                return playlist.encode() if playlist else None
            if timeline.ended:
                return replay_resource(timeline, name, extent)
            found = timeline.segment(name)
            return found.read() if found else None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
