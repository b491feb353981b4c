"""The one HTTP client: time-outs in total, size limits after decompression, address guards at every hop, secrets kept out of errors.

`Http.request` answers with an `Answer` whatever the status, or raises HttpError with a reason. Nothing is kept between requests:
no cookies, no proxies from the environment, no credentials from a .netrc. It may be used from many threads.
"""

import base64
import json
import os
import re
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, cast

import httpcore
import httpx
import requests

from core import metrics
from core.address import Deadline, Guard, GuardedBackend
from core.clock import Clock, utc_now
from core.decompress import decompress
from core.errors import HttpError
from core.text import clean_json
from core.version import VERSION

USER_AGENT = f"Czujka/{VERSION}"
MAX_REDIRECTS = 5

_SECRET_HEADERS = re.compile(r"auth|cookie|token|key|secret", re.IGNORECASE)
_SECRET_PARAMS = re.compile(r"token|key|secret|password|passwd|auth|sig|proof|code|session", re.IGNORECASE)
_SECRET_PATH = re.compile(r"(?<=/)(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w:.~-]{20,}")
_IDEMPOTENT = frozenset({"GET", "HEAD"})
_TRANSPORT = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
_WHILE_READING = (httpcore.ReadTimeout, httpcore.ReadError, httpcore.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the body is decompressed, `url` is where the last redirect led, header names have no case.

    `moved_to` is set when the resource moved for good (301, 308 on every hop): the address to ask in future.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    received_at: datetime | None = None
    moved_to: str | None = None

    def json(self) -> Any:
        """The body read as JSON, without what no database takes (NUL, lone surrogates). Raises HttpError(garbage)."""
        try:
            return clean_json(json.loads(self.body, parse_constant=_refuse_constant))
        except (ValueError, RecursionError) as error:
            raise HttpError(f"{redact(self.url)} did not answer with JSON ({len(self.body)} bytes)", reason="garbage") from error

    def text(self) -> str:
        """The body in the character set of its Content-Type, UTF-8 without one; unreadable bytes become U+FFFD."""
        named = re.search(r"charset=[\"']?([\w.:-]+)", self.headers.get("content-type", ""), re.IGNORECASE)
        try:
            return self.body.decode(named[1] if named else "utf-8", errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")


class Http:
    """A client with guards. `timeout_s` bounds a whole request with its redirects; `max_bytes` a body before and after decompression."""

    def __init__(
        self, *, allow_private: Sequence[str] = (), timeout_s: float = 20.0, max_bytes: int = 20_000_000, clock: Clock = utc_now
    ) -> None:
        self._timeout_s, self._max_bytes, self._clock = timeout_s, max_bytes, clock
        self._deadline = Deadline()
        self._backend = GuardedBackend(Guard.of(allow_private), self._deadline)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=15.0,
            network_backend=self._backend,
        )

    def get(self, url: str, **kw: Any) -> Answer:
        """`request("GET", …)`."""
        return self.request("GET", url, **kw)

    def post(self, url: str, **kw: Any) -> Answer:
        """`request("POST", …)`."""
        return self.request("POST", url, **kw)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        auth: tuple[str, str] | None = None,
        bearer: str | None = None,
        timeout_s: float | None = None,
        max_bytes: int | None = None,
        follow: bool = True,
    ) -> Answer:
        """Ask, following up to five redirects unless told otherwise. `timeout_s` bounds everything together.

        Parameters that are None are left out. Credentials are not sent on to another origin, a body neither. Raises HttpError:
        timeout, connect, tls, too_large, refused_address, redirect, garbage.
        """
        self._deadline.at = time.monotonic() + (self._timeout_s if timeout_s is None else timeout_s)
        request = _build(method, url, params, _headers(headers, auth, bearer), json=json, data=data, content=content)
        permanent = True
        for hop in range(MAX_REDIRECTS + 1):
            answer = self._ask(request, self._max_bytes if max_bytes is None else max_bytes)
            target = answer.headers.get("location") if follow and answer.status in {301, 302, 303, 307, 308} else None
            if target is None:
                moved = str(request.url) if hop and permanent else None
                return Answer(answer.status, answer.headers, answer.body, str(request.url), self._clock(), moved)
            permanent = permanent and answer.status in {301, 308}
            request = _redirected(request, target, answer.status)
        raise HttpError(f"{redact(url)} redirects more than {MAX_REDIRECTS} times", reason="redirect")

    def session(self) -> requests.Session:
        """A requests session for SDKs with their own transport: every request goes through this client. Raises HttpError."""
        from core.session import guarded_session

        return guarded_session(self)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()
        self._backend.close()

    def _ask(self, request: httpx.Request, max_bytes: int) -> Answer:
        """One request without redirects. A GET whose connection broke before any answer is tried once more."""
        try:
            return self._ask_once(request, max_bytes)
        except HttpError as error:
            if error.reason != "connect" or request.method not in _IDEMPOTENT or time.monotonic() >= self._deadline.at:
                raise
            return self._ask_once(request, max_bytes)

    def _ask_once(self, request: httpx.Request, max_bytes: int) -> Answer:
        where = redact(str(request.url))
        try:
            response = self._pool.handle_request(_to_core(request, self._deadline.left(None)))
        except _TRANSPORT as error:
            metrics.HTTP_REQUESTS.add(method=request.method, status=metrics.UNANSWERED)
            raise _named(error, where, begun=False) from error
        metrics.HTTP_REQUESTS.add(method=request.method, status=metrics.status_class(response.status))
        try:
            raw = _read(cast("Iterable[bytes]", response.stream), max_bytes, where)
        except _TRANSPORT as error:
            raise _named(error, where, begun=True) from error
        finally:
            response.close()
        headers = httpx.Headers(response.headers)
        return Answer(response.status, headers, decompress(raw, headers.get("content-encoding", ""), max_bytes, where), str(request.url))


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When a server wants to be asked again: Retry-After in seconds or as an HTTP date, at most a week ahead. Source: RFC 9110, 10.2.3."""
    value = headers.get("retry-after", "").strip()
    try:
        if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
            found = now + timedelta(seconds=float(value))
        else:
            found = parsedate_to_datetime(value)
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None
    return min(max(found, now), now + timedelta(days=7))


def redact(url: str) -> str:
    """An address that may be shown: without user and password, secret parameters and long opaque parts of the path."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "an address that cannot be read"
    path = _SECRET_PATH.sub("***", parsed.path)
    query = "&".join(f"{key}={'***' if _SECRET_PARAMS.search(key) else value}" for key, value in parsed.params.multi_items())
    port = f":{parsed.port}" if parsed.port else ""
    return f"{parsed.scheme}://{parsed.host}{port}{path}{'?' + query if query else ''}"


@cache
def _certificates(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Whom we trust: the certificates named by SSL_CERT_FILE or SSL_CERT_DIR, else those that ship with certifi. Slow to load: kept."""
    if file or folder:
        return ssl.create_default_context(cafile=file, capath=folder)
    return httpx.create_ssl_context()


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _headers(given: Mapping[str, str] | None, auth: tuple[str, str] | None, bearer: str | None) -> httpx.Headers:
    headers = httpx.Headers({"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"})
    try:
        headers.update(given)
        if auth is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{auth[0]}:{auth[1]}".encode()).decode()
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
    except UnicodeError:
        # the exception would quote the secret, so it is not chained
        raise HttpError("a header cannot be sent: it holds letters beyond ASCII; was a token pasted wrongly?", reason="garbage") from None
    return headers


def _build(method: str, url: str, params: Mapping[str, Any] | None, headers: httpx.Headers, **body: Any) -> httpx.Request:
    try:
        target = httpx.URL(url)
        if params:
            target = target.copy_merge_params({key: value for key, value in params.items() if value is not None})
        request = httpx.Request(method, target, headers=headers, **body)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise HttpError(f"{redact(url)} cannot be asked: {type(error).__name__}", reason="refused_address") from None
    _check_scheme(request.url)
    request.read()
    return request


def _check_scheme(url: httpx.URL) -> None:
    if url.scheme not in {"http", "https"} or not url.host:
        raise HttpError(f"{redact(str(url))} is not an http or https address", reason="refused_address")


def _redirected(request: httpx.Request, location: str, status: int) -> httpx.Request:
    """The request that follows a redirect. Source: RFC 9110, 15.4."""
    try:
        target = request.url.join(location)
    except httpx.InvalidURL:
        raise HttpError(f"{redact(str(request.url))} redirects to an address that cannot be read", reason="redirect") from None
    _check_scheme(target)
    same_origin = (target.scheme, target.host, target.port) == (request.url.scheme, request.url.host, request.url.port)
    turns_to_get = status == 303 or (status in {301, 302} and request.method == "POST")
    method = "GET" if turns_to_get and request.method != "HEAD" else request.method
    body = b"" if method in _IDEMPOTENT else request.content
    if body and not same_origin:
        raise HttpError(f"{redact(str(request.url))} redirects what we send to another host; it was not sent there", reason="redirect")
    kept = {
        name: value
        for name, value in request.headers.items()
        if name not in {"host", "content-length", "transfer-encoding"}
        and (body or name != "content-type")
        and (same_origin or not _SECRET_HEADERS.search(name))
    }
    return _build(method, str(target), None, httpx.Headers(kept), content=body or None)


def _to_core(request: httpx.Request, timeout_s: float) -> httpcore.Request:
    url = httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path)
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
    return httpcore.Request(request.method, url, headers=request.headers.raw, content=request.content, extensions={"timeout": timeout})


def _read(stream: Iterable[bytes], max_bytes: int, where: str) -> bytes:
    chunks, size = [], 0
    for chunk in stream:
        size += len(chunk)
        if size > max_bytes:
            raise HttpError(f"{where} sent more than {max_bytes} bytes", reason="too_large")
        chunks.append(chunk)
    return b"".join(chunks)


def _named(error: Exception, where: str, *, begun: bool) -> HttpError:
    """The HttpError for a transport's exception. A protocol error's words may quote our headers: they are not repeated.

    What fails while we read has been asked: the request goes out whole before the first byte of an answer is waited for.
    """
    went_out = begun or isinstance(error, _WHILE_READING)
    if isinstance(error, httpcore.TimeoutException):
        return HttpError(f"{where} did not answer in time", reason="timeout", went_out=went_out)
    if isinstance(error, httpcore.ConnectError) and re.search(r"ssl|tls|certificate", f"{error} {error.__cause__!r}", re.IGNORECASE):
        return HttpError(f"{where} has no certificate that can be trusted: {_certificate_problem(error)}", reason="tls")
    if isinstance(error, httpcore.LocalProtocolError):
        return HttpError(f"{where} was not asked: a header or the address holds letters that cannot be sent", reason="garbage")
    if isinstance(error, httpcore.RemoteProtocolError) and "without sending a response" not in str(error):
        return HttpError(f"{where} broke off or does not speak HTTP", reason="garbage", went_out=went_out)
    what = "broke off its answer" if begun else "cannot be reached"
    return HttpError(f"{where} {what}: {str(error) or type(error).__name__}", reason="garbage" if begun else "connect", went_out=went_out)


def _certificate_problem(error: Exception) -> str:
    found = re.search(r"verify failed: ([^(]+)", str(error))
    return found[1].strip() if found else "the handshake failed"
