"""A real HTTP server on a free loopback port that behaves as told: well, badly, or never ending.

`Server(answer)` calls `answer(request) -> Reply` for each request, in threads. `overrule(reply)` gives every request that reply until
`obey()`. Requests are kept in order in `requests`; what `answer` refuses (AssertionError) is kept in `complaints`.
"""

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import httpx

Manner = Literal["whole", "truncated", "endless", "drip", "drip_headers", "hang", "slam", "garbage"]


@dataclass(frozen=True)
class Request:
    """What was asked: `query` in order, header names in small letters."""

    method: str
    path: str
    query: dict[str, str]
    pairs: tuple[tuple[str, str], ...]
    headers: httpx.Headers
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What to answer and in what manner. Content-Length is added unless the manner makes it a lie."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    manner: Manner = "whole"


def bomb(megabytes: int = 64) -> Reply:
    """A small gzip body that unpacks to many megabytes."""
    return Reply(200, gzip.compress(bytes(megabytes * 1_000_000)), {"Content-Encoding": "gzip", "Content-Type": "application/json"})


class Server:
    """Use as a context manager; `url` has no slash at the end."""

    def __init__(self, answer: Callable[[Request], Reply], *, tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        self.closing = threading.Event()
        self._overruled: list[Reply] = []
        self._lock = threading.Lock()
        self._httpd = _Httpd(self)
        if tls is not None:
            self._httpd.socket = tls.wrap_socket(self._httpd.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._httpd.server_address[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"

    def __enter__(self) -> "Server":
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._httpd.shutdown()
        self._thread.join()
        self._httpd.server_close()

    def overrule(self, *replies: Reply) -> None:
        """Give these replies in turn, the last one for ever, whatever is asked."""
        self._overruled = list(replies)

    def obey(self) -> None:
        """Answer by `answer` again."""
        self._overruled = []

    def reply(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            if self._overruled:
                return self._overruled[0] if len(self._overruled) == 1 else self._overruled.pop(0)
            try:
                return self.answer(request)
            except AssertionError as complaint:
                self.complaints.append(f"{request.method} {request.path} {request.query}: {complaint}")
                return Reply(599, b"unexpected request")


class _Httpd(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: Server) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up on us is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Httpd
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        pairs = tuple(parse_qsl(parts.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, parts.path, dict(pairs), pairs, httpx.Headers(list(self.headers.items())), body)
        self._send(self.server.owner.reply(request))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve

    def _send(self, reply: Reply) -> None:
        if reply.manner == "hang":
            self.server.owner.closing.wait()
        if reply.manner in {"hang", "slam"}:
            self._hang_up()
            return
        if reply.manner == "garbage":
            self.wfile.write(reply.body or b"\x16\x03\x01 this is not HTTP\r\n\r\n")
            self.wfile.flush()
            self._hang_up()
            return
        if reply.manner == "drip_headers":
            self._write_all(iter([b"HTTP/1.1 200 OK\r\n"]))
            self._write_all(b"X-%d: y\r\n" % n for n in range(10_000_000) if not self.server.owner.closing.wait(0.02))
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.manner == "whole":
            self.send_header("Content-Length", str(len(reply.body)))
        if reply.manner == "truncated":
            self.send_header("Content-Length", str(len(reply.body) + 100))
        if reply.manner in {"endless", "drip"}:
            self.send_header("Connection", "close")
        self.end_headers()
        self._write_body(reply)

    def _write_body(self, reply: Reply) -> None:
        if reply.manner == "endless":
            self._write_all(_for_ever(reply.body or b" " * 8192))
        elif reply.manner == "drip":
            self._write_all(b" " for _ in range(10_000_000) if not self.server.owner.closing.wait(0.02))
        elif self.command != "HEAD":
            self.wfile.write(reply.body)
        self.wfile.flush()
        if reply.manner != "whole":
            self._hang_up()

    def _write_all(self, chunks: Iterator[bytes]) -> None:
        try:
            for chunk in chunks:
                if self.server.owner.closing.is_set():
                    return
                self.wfile.write(chunk)
                self.wfile.flush()
        except OSError:
            self.close_connection = True

    def _hang_up(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            self.close_connection = True


def _for_ever(chunk: bytes) -> Iterator[bytes]:
    while True:
        yield chunk
