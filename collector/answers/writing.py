"""What a writer is, and how a platform's answer to a write is understood.

A write whose outcome is unknown (no answer after all of it had gone out, an answer that cannot be read, a server error) may have been
done: it is never simply repeated. `find` looks for it; a writer with `repeatable` gives the platform a key by which a repeat
within that time is the same write.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from collector.base import Judge
from core.errors import AnswerError, BadResponse, CollectError, Gone, HttpError, RateLimited, Unauthorized
from core.http import Answer, Http, redact, retry_at
from core.replies import Target

WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write: to which post, the text ('' for likes and hidings), its key, since when it may be there, and when a person wanted it.

    `key` and `written_at` are the same for every try of one write. Times are aware UTC.
    """

    target: Target
    text: str
    key: str
    since: datetime
    written_at: datetime
    now: datetime


class Writer(Protocol):
    """What writes for one source. Everything raises AnswerError."""

    @property
    def speaks_as(self) -> str:
        """Our name there, '' if the settings do not tell."""
        ...

    @property
    def limit(self) -> int:
        """How long a reply may be, in the platform's own counting."""
        ...

    @property
    def repeatable(self) -> timedelta:
        """For how long a write may be repeated under its key; zero where it may not."""
        ...

    def length(self, target: Target, text: str) -> int:
        """How long this reply is, as the platform counts."""
        ...

    def reply(self, write: Write, http: Http) -> str:
        """Write it. Answers the external id that it will have when it is collected."""
        ...

    def find(self, write: Write, http: Http) -> str | None:
        """Read the thread again: our reply's external id if it is there."""
        ...

    def like(self, write: Write, http: Http) -> None:
        """Like the post; liking twice is liking once. Only where the capabilities say so."""
        ...

    def hide(self, write: Write, http: Http) -> None:
        """Hide the post; hiding twice is hiding once. Only where the capabilities say so."""
        ...


def send(http: Http, method: str, url: str, now: datetime, *, judge: Judge | None = None, **kw: Any) -> Any:
    """One write; the JSON of its answer. `judge` may know better what a bad status means there. Raises AnswerError."""
    try:
        answer = http.request(method, url, follow=False, **kw)
    except HttpError as error:
        permanent = error.reason in ("refused_address", "garbage") and not error.went_out
        raise AnswerError(str(error), permanent=permanent, unknown=error.went_out, reason=error.reason) from error
    check(answer, now, judge)
    return _read(answer, unknown=True)


def look(http: Http, url: str, now: datetime, *, judge: Judge | None = None, **kw: Any) -> Any:
    """Read something again; the JSON. Nothing is done by looking, so every failure is worth another look. Raises AnswerError."""
    try:
        answer = http.request("GET", url, **kw)
    except HttpError as error:
        raise AnswerError(str(error), reason=error.reason) from error
    check(answer, now, judge)
    return _read(answer, unknown=False)


@contextmanager
def signing_in() -> Iterator[None]:
    """What goes wrong while we sign in went wrong before anything was written. Raises AnswerError."""
    try:
        yield
    except Unauthorized as error:
        raise AnswerError(str(error), permanent=True, reason="refused") from error
    except CollectError as error:
        raise AnswerError(str(error), reason=error.reason, retry_at=error.retry_at) from error


def check(answer: Answer, now: datetime, judge: Judge | None = None) -> None:
    """Raise what a status means for a write: nothing for 2xx."""
    judged = judge(answer, now) if judge else None
    if isinstance(judged, Unauthorized):
        raise AnswerError(str(judged), permanent=True, reason="expired" if judged.reason == "expired" else "refused")
    if isinstance(judged, BadResponse) and judged.reason == "rejected":
        raise AnswerError(str(judged), permanent=True, reason="rejected")
    if isinstance(judged, Gone):
        raise AnswerError(str(judged), permanent=True, reason="gone")
    if isinstance(judged, RateLimited):
        raise AnswerError(str(judged), reason="rate_limited", retry_at=judged.retry_at)
    status, where = answer.status, redact(answer.url)
    if 200 <= status < 300:
        return
    if status in (401, 403):
        raise AnswerError(f"{where} answered {status}: the token may not do this{_said(answer)}", permanent=True, reason="refused")
    if status in (404, 410):
        raise AnswerError(f"{where} answered {status}: the post is not there any more", permanent=True, reason="gone")
    if status == 429:
        raise AnswerError(
            f"{where} answered 429: too many requests", reason="rate_limited", retry_at=retry_at(answer.headers, now) or now + WAIT
        )
    if status >= 500 or status == 408:
        raise AnswerError(f"{where} answered {status}", unknown=True, reason="server_error")
    raise AnswerError(f"{where} answered {status}: it does not take this{_said(answer)}", permanent=True, reason="rejected")


def identifier_in(found: Any, *path: str) -> str:
    """An id in the answer to a write that was taken. Without one nobody knows what was done. Raises AnswerError(unknown)."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, str | int) or isinstance(found, bool) or not str(found):
        raise AnswerError("the platform took it, but its answer names nothing", unknown=True, reason="garbage")
    return str(found)


def same_words(one: str, other: str) -> bool:
    """The same text but for spaces and the mentions at its start, which platforms add and take away."""
    return _plain(one) == _plain(other)


def first(ids: Iterable[str]) -> str | None:
    """The first, if there is one."""
    return next(iter(ids), None)


def _plain(text: str) -> str:
    return re.sub(r"^(\s*@[\w.@-]+)+", "", re.sub(r"\s+", " ", text)).strip().casefold()


def _read(answer: Answer, *, unknown: bool) -> Any:
    try:
        return answer.json() if answer.body else {}
    except HttpError as error:
        raise AnswerError(str(error), unknown=unknown, reason="garbage") from error


def _said(answer: Answer) -> str:
    """The platform's own words, short; nothing if they cannot be read."""
    try:
        found = answer.json()
    except HttpError:
        return ""
    for name in ("error_description", "message", "detail", "error"):
        said = found.get(name) if isinstance(found, dict) else None
        said = said.get("message") if isinstance(said, dict) else said
        if isinstance(said, str) and said:
            return f": {' '.join(said.split())[:200]}"
    return ""
