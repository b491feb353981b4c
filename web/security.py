"""What guards the pages: headers, a limit on tries, and redirects that stay here."""

import re
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from http import HTTPStatus

from core.errors import CzujkaError

UNRECORDED = frozenset({"/may-i-post"})
"""Asking what one may do leaves no line: who fears to be seen asking does not ask."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

_LOCAL = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")


class PageError(CzujkaError):
    """A request that is answered by an error page. `reason` chooses its words."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason, reason=reason)
        self.status = status


class SignInNeeded(CzujkaError):
    """Nobody is signed in."""

    reason = "sign_in_needed"


class Limiter:
    """At most `tries` in `window` for each address. Remembers at most `cap` addresses; the longest silent is forgotten first."""

    def __init__(self, tries: int = 10, window: timedelta = timedelta(minutes=5), cap: int = 10_000) -> None:
        self._tries, self._window, self._cap = tries, window, cap
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, address: str, now: datetime) -> bool:
        """Count one try. False: there were too many."""
        with self._lock:
            past = self._seen.setdefault(address, deque(maxlen=self._tries))
            self._seen.move_to_end(address)
            while past and past[0] <= now - self._window:
                past.popleft()
            if len(past) >= self._tries:
                return False
            past.append(now)
            while len(self._seen) > self._cap:
                self._seen.popitem(last=False)
            return True


def local_path(path: str, otherwise: str = "/") -> str:
    """The path if it leads to one of our own pages, else another: no redirect leaves this address."""
    return path if _LOCAL.fullmatch(path) and len(path) <= 2000 else otherwise
