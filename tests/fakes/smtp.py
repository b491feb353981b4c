"""A real SMTP server (aiosmtpd) that accepts, refuses, greylists, drops the line or is slow, and keeps a ledger of every mail.

`with MailServer() as server:` listens on a free port of 127.0.0.1; `server.mode` may change at any time.
"""

import asyncio
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

MODES = ("accept", "refuse", "refuse_spam", "later", "greylist", "drop_in_data", "drop_after_data", "slow", "busy", "garbage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail that the server took. `secure`: it came over TLS; `login`: who had signed in, '' for nobody."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    secure: bool
    login: str = ""

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def part(self, subtype: str) -> str:
        """The text of the plain or html part."""
        found = self.message.get_body((subtype,))
        assert found is not None
        return str(found.get_content())


class MailServer:
    """`tls`: "none", "starttls" (demanded) or "tls". `login`: (user, password) that must be given. `mails` is the ledger.

    Modes: accept; refuse (550 for the recipient); refuse_spam (554 5.7.1 for the content); later (451 always); greylist (451 at a
    recipient's first try); drop_in_data; drop_after_data (takes the mail, then hangs up without saying so); slow (never answers the
    content); busy (421 at once); garbage (answers nonsense to the recipient).
    """

    def __init__(self, tls: str = "none", login: tuple[str, str] | None = None) -> None:
        self.mode = "accept"
        self.mails: list[Mail] = []
        self.tried: list[str] = []
        self.login, self.tls = login, tls
        self._came = threading.Condition()
        self._over = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        self.ca_file = Path(self._folder.name) / "ca.pem"
        self._context = self._certificate()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    @property
    def address(self) -> str:
        return f"localhost:{self.port}"

    def wait_for(self, count: int, timeout_s: float = 10.0) -> list[Mail]:
        """Every mail so far, once at least `count` have come. Raises TimeoutError."""
        with self._came:
            if not self._came.wait_for(lambda: len(self.mails) >= count, timeout_s):
                raise TimeoutError(f"{len(self.mails)} of {count} mails came")
            return list(self.mails)

    def close(self) -> None:
        self._over.set()
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: ARG002
        if self.login and not session.authenticated:
            return "530 5.7.0 sign in first"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: ARG002
        self.tried.append(address)
        answers = {"refuse": "550 5.1.1 no such user", "later": "451 4.7.1 try again later", "garbage": "ojej co teraz"}
        if self.mode in answers:
            return answers[self.mode]
        if self.mode == "greylist" and self.tried.count(address) == 1:
            return "451 4.7.1 greylisted, come back in a while"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mode == "slow":
            await asyncio.to_thread(self._over.wait, 30)
        if self.mode == "refuse_spam":
            return "554 5.7.1 looks like spam"
        self._record(session, envelope)
        if self.mode == "drop_after_data":
            _hang_up(server)
        return "250 taken"

    def _record(self, session: Session, envelope: Envelope) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        login = session.auth_data.login.decode() if isinstance(session.auth_data, LoginPassword) else ""
        secure = session.ssl is not None or self.tls == "tls"
        mail = Mail(sender=envelope.mail_from or "", recipients=tuple(envelope.rcpt_tos), content=content, secure=secure, login=login)
        with self._came:
            self.mails.append(mail)
            self._came.notify_all()

    def _certificate(self) -> ssl.SSLContext:
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        authority.cert_pem.write_to_path(str(self.ca_file))
        return context

    def _protocol(self) -> SMTP:
        demands: dict[str, Any] = {"enable_SMTPUTF8": False, "hostname": "fake.example", "timeout": 60, "loop": self._loop}
        if self.tls == "starttls":
            demands |= {"tls_context": self._context, "require_starttls": True}
        if self.login:
            demands |= {"authenticator": self._authenticate, "auth_require_tls": self.tls == "starttls"}
        return _Smtp(self, self, **demands)

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:  # noqa: ARG002
        assert self.login is not None
        user, password = self.login
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=False, auth_data=data if right else None)

    async def _start(self) -> int:
        self._server = await self._loop.create_server(
            self._protocol, "localhost", 0, family=socket.AF_INET, ssl=self._context if self.tls == "tls" else None
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        self._server.close()
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._loop.shutdown_default_executor()


class _Smtp(SMTP):
    def __init__(self, handler: MailServer, mails: MailServer, **demands: Any) -> None:
        super().__init__(handler, **demands)
        self._mails = mails

    async def push(self, status: str | bytes) -> None:
        """What is said to the client; a busy server says only that, and hangs up."""
        busy = self._mails.mode == "busy"
        await super().push("421 4.3.2 too busy, come back later" if busy else status)  # type: ignore[type-var]
        if busy and isinstance(self.transport, asyncio.WriteTransport):
            self.transport.close()

    async def smtp_DATA(self, arg: str | None) -> None:
        if self._mails.mode != "drop_in_data":
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        await self._reader.readline()
        _hang_up(self)


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


class RawServer:
    """A TCP server for what no real server does: `talk(connection)` runs for each client."""

    def __init__(self, talk: Callable[[socket.socket, threading.Event], None]) -> None:
        self._talk = talk
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self._talk(connection, self._over)


def drip(line: bytes) -> Callable[[socket.socket, threading.Event], None]:
    """Says one letter every 50 ms and never comes to an end."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        while not over.wait(0.05):
            connection.sendall(line[:1])

    return talk


def say(line: bytes) -> Callable[[socket.socket, threading.Event], None]:
    """Says one line and waits for the client to go."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(line)
        connection.settimeout(10)
        while connection.recv(4096):
            pass

    return talk
