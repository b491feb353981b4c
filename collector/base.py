"""What a collector is: a module with `Settings`, `capabilities` and `collect(settings, cursor, asking) -> Page`.

`collect` asks for one page and returns at once: items, the cursor to go on from, and `more` when there is more to fetch now. It
keeps nothing between calls; what it must remember is in the cursor, which is stored in the same transaction as the items. With
`cursor=None` it is the first poll: the last 30 days where the platform allows (newest page first is fine). It raises a
CollectError and then nothing is stored.

`ask` and `read_json` turn every failure of a request into the error tree, the same for all platforms.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from core.errors import BadResponse, CollectError, Gone, HttpError, RateLimited, Unauthorized
from core.http import Answer, Http, redact, retry_at
from core.types import Json, Page

FIRST_POLL = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a platform's collector can do."""

    comments: bool = False
    mentions: bool = False
    edits: bool = False
    deletions: bool = False
    backfill: bool = False
    reply: bool = False
    hide: bool = False
    like: bool = False
    paid_reads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What `collect` may use: the client, the present instant (aware UTC), the brand's terms, and what to read again.

    `known` are external ids of this source's recent items whose comments, edits or deletions may be asked for (newest first).
    """

    http: Http
    now: datetime
    terms: tuple[str, ...] = ()
    known: tuple[str, ...] = field(default=())


class Collector(Protocol):
    """The face of every module in this room."""

    capabilities: Capabilities

    def collect(self, settings: object, cursor: Json | None, asking: Asking) -> Page:
        """Ask for one page. Raises CollectError."""
        ...


Reset = Callable[[Answer, datetime], datetime | None]
Judge = Callable[[Answer, datetime], CollectError | None]


def ask(asking: Asking, method: str, url: str, *, reset: Reset | None = None, judge: Judge | None = None, **kw: Any) -> Answer:
    """One request whose answer has a good status (2xx or 304). `reset` reads a platform's own way of saying when to come back.

    `judge` may know better what a bad status means on this platform. Raises what it says, else Unauthorized (401, 403), Gone (404,
    410), RateLimited (429), BadResponse (all else, and every failure of transport).
    """
    try:
        answer = asking.http.request(method, url, **kw)
    except HttpError as error:
        raise BadResponse(str(error), reason=error.reason) from error
    check(answer, asking.now, reset=reset, judge=judge)
    return answer


def check(answer: Answer, now: datetime, *, reset: Reset | None = None, judge: Judge | None = None) -> None:
    """Raise what a status means; nothing for 2xx and 304."""
    if 200 <= answer.status < 300 or answer.status == 304:
        return
    judged = judge(answer, now) if judge else None
    if judged is not None:
        raise judged
    where, back = redact(answer.url), (reset(answer, now) if reset else None) or retry_at(answer.headers, now)
    raise _by_status(answer.status, where, back, now)


def read_json(answer: Answer) -> Any:
    """The body as JSON. Raises BadResponse(garbage)."""
    try:
        return answer.json()
    except HttpError as error:
        raise BadResponse(str(error), reason=error.reason) from error


def epoch(value: object, now: datetime) -> datetime | None:
    """A reset time given as seconds since 1970, at most a week ahead; None for anything else."""
    try:
        return min(max(datetime.fromtimestamp(float(str(value)), UTC), now), now + timedelta(days=7))
    except (ValueError, OverflowError, OSError):
        return None


def _by_status(status: int, where: str, back: datetime | None, now: datetime) -> CollectError:
    if status in {401, 403}:
        return Unauthorized(f"{where} answered {status}: it does not accept our credentials, or they lack a right", retry_at=back)
    if status in {404, 410}:
        return Gone(f"{where} answered {status}: there is nothing there; is the address or the name right?")
    if status == 429:
        return RateLimited(f"{where} answered 429: too many requests", retry_at=back or now + timedelta(minutes=15))
    reason = "server_error" if status >= 500 else "unexpected_status"
    return BadResponse(f"{where} answered {status}", reason=reason, retry_at=back)
