"""A real HTTP server that takes what channels send, answers as it is told, and keeps a ledger of everything that arrived."""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One request as it came. `headers` does not mind upper and lower case."""

    method: str
    path: str
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How to answer. `how` is "answer", "hang" (never), "drop" (hangs up), "cut" (hangs up in mid-body), "raw" (just `body`)."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    how: str = "answer"


def json_reply(value: object, status: int = 200, **headers: str) -> Reply:
    """A JSON answer; header names are written with underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status=status, body=json.dumps(value).encode(), headers={"Content-Type": "application/json", **named})


class Sink:
    """`with Sink() as sink:` listens on a free port of 127.0.0.1. `answers(...)` are given first, one each; then `usual` answers."""

    def __init__(self, usual: Callable[[Arrived], Reply] = lambda _: Reply()) -> None:
        self.usual = usual
        self.arrived: list[Arrived] = []
        self._next: deque[Reply] = deque()
        self._came = threading.Condition()
        self._over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.sink = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answers(self, *replies: Reply) -> None:
        """The next requests are answered by these, in order."""
        self._next.extend(replies)

    def wait_for(self, count: int, timeout_s: float = 10.0) -> list[Arrived]:
        """Everything that arrived, once at least `count` requests have. Raises TimeoutError."""
        with self._came:
            if not self._came.wait_for(lambda: len(self.arrived) >= count, timeout_s):
                raise TimeoutError(f"{len(self.arrived)} of {count} requests arrived")
            return list(self.arrived)

    def take(self, arrived: Arrived) -> Reply:
        """Put a request into the ledger and say how it is answered."""
        with self._came:
            self.arrived.append(arrived)
            self._came.notify_all()
            return self._next.popleft() if self._next else self.usual(arrived)

    def hang(self) -> None:
        """Wait until the sink is closed."""
        self._over.wait(30)

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    sink: Sink
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.server.sink.take(Arrived(method=self.command, path=self.path, headers=self.headers, body=body))
        if reply.how == "answer":
            self._answer(reply, reply.body)
            return
        if reply.how == "hang":
            self.server.sink.hang()
        elif reply.how == "cut":
            self._answer(reply, reply.body[: len(reply.body) // 2])
        elif reply.how == "raw":
            self.wfile.write(reply.body)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, reply: Reply, sent: bytes) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(sent)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the ledger is the log."""
