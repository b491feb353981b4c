"""E-mail over SMTP; without a server each mail becomes a file that mail programs open."""

import base64
import os
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from alerts.channels.base import Capabilities, revealed
from alerts.mail import digest, head, mail
from alerts.quoting import one_line
from core.errors import DeliveryError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Message, Receipt

PORTS = {"starttls": 587, "tls": 465, "none": 25}

# In this order: the first kind that fits. SMTPException stands for what smtplib says itself, such as no login that both sides know.
_BROKEN: dict[type[Exception], tuple[str, str]] = {
    TimeoutError: ("timeout", "did not answer in time"),
    ssl.SSLCertVerificationError: ("tls", "has no certificate that can be trusted"),
    ssl.SSLError: ("tls", "broke off the TLS handshake"),
    smtplib.SMTPServerDisconnected: ("dropped", "dropped the line"),
    ConnectionResetError: ("dropped", "dropped the line"),
    BrokenPipeError: ("dropped", "dropped the line"),
    smtplib.SMTPException: ("not_offered", "does not offer what is asked of it: STARTTLS, a login that we know, or letters beyond ASCII"),
    UnicodeError: ("unauthorized", "was not asked: username or password holds letters beyond ASCII"),
    Exception: ("connect", "cannot be reached"),
}
_WANTS_A_PERSON = frozenset({ssl.SSLCertVerificationError, smtplib.SMTPException, UnicodeError})

_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f]{1,64}@[^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f]{1,253}")
_SERVER = re.compile(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?")


class Settings(ChannelSettings):
    """E-mail.

    `server` is host or host:port; without it each mail is a file in `folder`. `tls`: "starttls" (the default, port 587), "tls"
    from the first byte (465), or "none" (25), which takes no password unless the server is this machine. The server's certificate
    is always checked, against `ca_file` if given. `timeout` bounds one whole delivery. `sender` is an address, or
    "Name <address>"; the default is czujka@ and the name of this machine. `to` gets what goes to the channel itself (a step that
    notifies "channel:mail") and to nobody by name. `heading` stands before every subject and on top of every mail, such as "TEST".
    """

    kind: Literal["email"] = "email"
    server: str | None = None
    tls: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretRef | None = None
    sender: str | None = None
    to: str | None = None
    ca_file: Path | None = None
    folder: Path = Path("var/mail")
    heading: str = Field("", max_length=40)
    timeout: Duration = Field(timedelta(seconds=30), gt=timedelta(0))

    @field_validator("server")
    @classmethod
    def _server(cls, value: str | None) -> str | None:
        if value is not None and not _SERVER.fullmatch(value):
            raise ValueError('host or host:port was expected, such as "smtp.example.com:587"')
        return value

    @field_validator("sender")
    @classmethod
    def _sender(cls, value: str | None) -> str | None:
        if value is not None and not _ADDRESS.fullmatch(parseaddr(value)[1]):
            raise ValueError('an address was expected, such as "Czujka <czujka@example.com>"')
        return value

    @field_validator("to")
    @classmethod
    def _to(cls, value: str | None) -> str | None:
        if value is not None and not _ADDRESS.fullmatch(value):
            raise ValueError('an address was expected, such as "duty@example.com"')
        return value

    @model_validator(mode="after")
    def _login(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together: give both or none")
        if self.username is not None and self.tls == "none" and not self._is_here():
            raise ValueError('tls = "none" would send the password in clear: use "starttls" or "tls"')
        return self

    def address(self) -> tuple[str, int]:
        """Host and port of the server."""
        found = _SERVER.fullmatch(self.server or "")
        if found is None:
            raise ValueError("there is no server")
        return found[1].strip("[]"), int(found[2] or PORTS[self.tls])

    def from_address(self) -> Address:
        """Who the mails are from."""
        name, address = parseaddr(self.sender or f"Czujka <czujka@{socket.gethostname()}>")
        return _address(address, one_line(name, 80))

    def _is_here(self) -> bool:
        host = self.address()[0] if self.server else "localhost"
        with suppress(ValueError):
            return ip_address(host).is_loopback
        return host == "localhost"


capabilities = Capabilities(idempotent=False, edits=False, buttons=True, max_chars=100_000, follows_up_on=("resolved",))


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:  # noqa: ARG001 - SMTP needs no HTTP client
    """Send one mail, or write its file. The receipt is the Message-ID, the same at every try.

    Raises DeliveryError: permanent for addresses and logins that are refused (5xx), else to be tried again (4xx, time-out, a line
    that drops). Source: RFC 5321, 4.2.1; RFC 3463.
    """
    written = mail(message, settings.from_address(), _recipient(settings, contact))
    return post(written, settings, message.sent_at, message.dedup_key)


def post(written: EmailMessage, settings: Settings, now: datetime, dedup_key: str) -> Receipt:
    """Give a finished mail to the server, or write its file; a repeat with the same key replaces the file. Raises DeliveryError."""
    if settings.heading:
        head(written, settings.heading)
    if settings.server is None:
        _write(written, settings.folder, f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}", digest(dedup_key)[:16])
    else:
        with _connected(settings, written["From"].addresses[0].domain) as server:
            server.send_message(written)
    return Receipt(remote_id=written["Message-ID"])


def _recipient(settings: Settings, contact: Contact) -> Address:
    """The contact's address; for one that only names the channel `to`, or whoever reads the folder. Raises DeliveryError(bad_address)."""
    if contact.address not in {"", contact.channel}:
        return _address(contact.address)
    if settings.to is None and settings.server is None:
        return settings.from_address()
    return _address(settings.to or contact.address)


def _address(address: str, name: str = "") -> Address:
    """The address with its domain as mail servers write it. Raises DeliveryError(bad_address)."""
    user, _, domain = address.rpartition("@")
    try:
        if not _ADDRESS.fullmatch(address):
            raise ValueError(address)
        return Address(name, user, domain.encode("idna").decode())
    except (UnicodeError, ValueError) as error:
        raise DeliveryError(f"{one_line(address, 80)!r} is not an e-mail address", permanent=True, reason="bad_address") from error


def _write(written: EmailMessage, folder: Path, time: str, key: str) -> None:
    """Write the mail's file in one piece. A repeat replaces the file of the first try, and a half-written one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = next(folder.glob(f"*-{key}.eml"), folder / f"{time}-{key}.eml")
        part = folder / f".{key}.part"
        with part.open("wb") as file:
            part.chmod(0o600)
            file.write(written.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise DeliveryError(f"the mail cannot be written to {folder}: {error.strerror}", permanent=False, reason="folder") from error


@contextmanager
def _connected(settings: Settings, domain: str) -> Iterator[smtplib.SMTP]:
    """A session ready to send, cut off when `timeout` is over however slowly the server drips. Raises DeliveryError."""
    where = "{}:{}".format(*settings.address())
    secret = revealed(settings.password) if settings.password else ""
    server, late = _client(settings, domain), threading.Event()
    watch = threading.Timer(settings.timeout.total_seconds(), _cut, (server, late))
    watch.daemon = True
    watch.start()
    try:
        _open(server, settings, secret, late)
        yield server
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        named = _named(error, where, _forms(settings.username or "", secret), late=late.is_set())
        named.may_have_arrived = server.went_out and (late.is_set() or not isinstance(error, smtplib.SMTPResponseException))
        raise named from None
    finally:
        watch.cancel()
        server.close()


class _Knowing(smtplib.SMTP):
    """Knows whether a whole mail has gone out: from its closing dot on the server may have taken it. Source: RFC 5321, 4.1.1.4."""

    went_out = False

    def send(self, s: Any) -> None:
        super().send(s)
        self.went_out = self.went_out or (isinstance(s, bytes) and s.endswith(b"\r\n.\r\n"))


class _KnowingTls(_Knowing, smtplib.SMTP_SSL):
    """The same over TLS from the start."""


def _client(settings: Settings, domain: str) -> _Knowing:
    """A client that is not connected yet, so that it can be cut off while it connects. Raises DeliveryError(tls)."""
    # a little longer than the whole delivery may take: what ends a delivery is the watch, which knows that it was too slow
    timeout_s = settings.timeout.total_seconds() + 5
    if settings.tls == "tls":
        return _KnowingTls(local_hostname=domain, timeout=timeout_s, context=_context(settings))
    return _Knowing(local_hostname=domain, timeout=timeout_s)


def _context(settings: Settings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    except OSError as error:
        raise DeliveryError(f"ca_file {settings.ca_file} cannot be read: {error.strerror}", permanent=True, reason="tls") from error


def _open(server: smtplib.SMTP, settings: Settings, secret: str, late: threading.Event) -> None:
    host, port = settings.address()
    server._host = host  # type: ignore[attr-defined]  # the name to check the certificate for: smtplib knows it only from its constructor
    code, greeting = server.connect(host, port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, greeting)
    _in_time(late)
    if settings.tls == "starttls":
        server.starttls(context=_context(settings))
        _in_time(late)
    if settings.username is not None:
        server.login(settings.username, secret)


def _in_time(late: threading.Event) -> None:
    """The watch cannot cut a socket that is being made; so it is asked once there is one."""
    if late.is_set():
        raise TimeoutError


def _cut(server: smtplib.SMTP, late: threading.Event) -> None:
    late.set()
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)


def _named(error: Exception, where: str, hidden: Sequence[str], *, late: bool) -> DeliveryError:
    """What went wrong, in the words of the server but without secrets."""
    if not late and isinstance(error, smtplib.SMTPRecipientsRefused):
        return _refused(*next(iter(error.recipients.values())), where, hidden, "bad_address")
    if not late and isinstance(error, smtplib.SMTPResponseException):
        return _refused(error.smtp_code, error.smtp_error, where, hidden, "rejected")
    kind = TimeoutError if late else next(kind for kind in _BROKEN if isinstance(error, kind))
    reason, what = _BROKEN[kind]
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"{what}: {error.verify_message}"
    return DeliveryError(f"{where} {what}", permanent=kind in _WANTS_A_PERSON, reason=reason)


def _forms(username: str, secret: str) -> list[str]:
    """How a password goes over the line, in clear and in base64. Source: RFC 4616 (PLAIN)."""
    coded = [base64.b64encode(text.encode()).decode().rstrip("=") for text in (secret, f"\0{username}\0{secret}")]
    return [secret, *coded] if secret else []


def _refused(code: int, words: bytes | str, where: str, hidden: Sequence[str], reason: str) -> DeliveryError:
    """A reply with a code. Below 400 and above 599 is no refusal but nonsense, which may pass. Source: RFC 4954, 6 (login codes)."""
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    for form in hidden:
        said = said.replace(form, "***")
    permanent = 500 <= code <= 599
    if not permanent:
        reason = "refused_for_now" if 400 <= code <= 499 else "garbage"
    elif code in {530, 534, 535, 538}:
        reason = "unauthorized"
    elif "5.7." in said:
        reason = "rejected"
    return DeliveryError(f"{where} answered {code}: {one_line(said, 200)}", permanent=permanent, reason=reason)
