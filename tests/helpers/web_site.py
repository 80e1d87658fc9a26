"""A small web server on this machine, whose files, faults and memory belong to one test."""

import hashlib
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass
class Fault:
    """What goes wrong with one request."""

    status: int | None = None  # this answer instead of the file
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None  # bytes of the body, then the line goes dead
    silent: float = 0.0  # seconds before the body
    length: int | None = None  # what Content-Length says instead of the truth
    body: bytes | None = None  # sent instead of the file
    endless: bool = False  # the answer tells no length; it ends when the line does


@dataclass
class Asked:
    """One request, as the server saw it."""

    method: str
    path: str
    range: str | None
    if_range: str | None
    sent: int = 0  # bytes of the body that were written


class Site:
    """The server; a context. `url("/x")` is an address, `files["/x"]` the bytes there.

    `faults["/x"]` are taken one a request, first to last; when they are used up all is well.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.without_ranges: set[str] = set()
        self.without_marks: set[str] = set()  # neither ETag nor Last-Modified
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        site = self

        class Handler(_Handler):
            def __init__(self, *arguments) -> None:
                self.site = site
                super().__init__(*arguments)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def of(self, path: str) -> list[Asked]:
        """The requests for a path."""
        return [a for a in self.asked if a.path == path]

    def sent(self, path: str) -> int:
        return sum(a.sent for a in self.of(path))

    def __enter__(self) -> "Site":
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, *_) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        asked = Asked(
            self.command, self.path, self.headers.get("Range"), self.headers.get("If-Range")
        )
        with self.site.lock:
            self.site.asked.append(asked)
            waiting = self.site.faults.get(self.path, [])
            fault = waiting.pop(0) if waiting else Fault()
        content = fault.body if fault.body is not None else self.site.files.get(self.path)
        if fault.status or content is None:
            self._head(fault.status or 404, {"Content-Length": "0", **fault.headers})
            return
        status, headers, body = self._part(asked, content)
        length = len(body) if fault.length is None else fault.length
        told = {} if fault.endless else {"Content-Length": str(length)}
        self._head(status, {**told, **headers, **fault.headers})
        if with_body:
            self._body(asked, body, fault)

    def _part(self, asked: Asked, content: bytes) -> tuple[int, dict[str, str], bytes]:
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        headers = {} if self.path in self.site.without_marks else {"ETag": tag}
        if asked.range is None or self.path in self.site.without_ranges:
            return 200, headers, content
        if asked.if_range not in (None, tag):
            return 200, headers, content
        first, last = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.range).groups()
        start = int(first) if first else max(0, len(content) - int(last))
        end = min(int(last), len(content) - 1) if first and last else len(content) - 1
        if start > end:
            return 416, {"Content-Range": f"bytes */{len(content)}"}, b""
        headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
        return 206, headers, content[start : end + 1]

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _body(self, asked: Asked, body: bytes, fault: Fault) -> None:
        time.sleep(fault.silent)
        body = body if fault.cut_after is None else body[: fault.cut_after]
        try:
            for at in range(0, len(body), 1 << 16):
                self.wfile.write(body[at : at + (1 << 16)])
                asked.sent += len(body[at : at + (1 << 16)])
        except OSError:  # the other side has had enough
            self.close_connection = True
        if fault.cut_after is not None or fault.length is not None or fault.endless:
            self.close_connection = True
