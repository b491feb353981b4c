"""Sessions by app password. A server allows few sign-ins a day (300), so a session lives as long as the process, in memory only.

Tokens are never written into a cursor. Source: atproto.com, "com.atproto.server.createSession", "refreshSession".
"""

import threading
from dataclasses import dataclass, field

from collector.base import Asking, Reset, ask, read_json
from collector.reading import Unlike, text
from core.errors import BadResponse, CollectError, Unauthorized
from core.http import Answer


@dataclass
class Session:
    """One account's tokens on one server. Used by many threads: `access` and `renew` take turns."""

    server: str
    handle: str
    _access: str = ""
    _refresh: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def access(self, password: str, asking: Asking, reset: Reset) -> str:
        """The access token; signs in if there is none. Raises Unauthorized, RateLimited, BadResponse."""
        with self._lock:
            if not self._access:
                self._sign_in(password, asking, reset)
            return self._access

    def renew(self, expired: str, password: str, asking: Asking, reset: Reset) -> str:
        """A new access token in place of an expired one: by the refresh token, else by signing in again."""
        with self._lock:
            if self._access != expired:
                return self._access
            try:
                self._keep(ask(asking, "POST", self._url("refreshSession"), bearer=self._refresh, reset=reset, judge=_refused))
            except Unauthorized:
                self._sign_in(password, asking, reset)
            return self._access

    def _sign_in(self, password: str, asking: Asking, reset: Reset) -> None:
        self._access = self._refresh = ""
        who = {"identifier": self.handle, "password": password}
        self._keep(ask(asking, "POST", self._url("createSession"), json=who, reset=reset, judge=_refused))

    def _keep(self, answer: Answer) -> None:
        raw = read_json(answer)
        try:
            self._access, self._refresh = text(raw, "accessJwt"), text(raw, "refreshJwt")
        except Unlike as error:
            raise BadResponse(f"{self.server} answered a sign-in without tokens", reason="garbage") from error

    def _url(self, method: str) -> str:
        return f"{self.server}/xrpc/com.atproto.server.{method}"


def _refused(answer: Answer, _now: object) -> CollectError | None:
    """400 and 401 both say that the handle, the app password or the token will not do."""
    if answer.status not in {400, 401}:
        return None
    return Unauthorized("Bluesky does not accept the handle and its app password; make a new one under Settings → App passwords")


_sessions: dict[tuple[str, str], Session] = {}
_sessions_lock = threading.Lock()


def session_for(server: str, handle: str) -> Session:
    """The session of this account on this server, the same for every source that uses it."""
    with _sessions_lock:
        return _sessions.setdefault((server, handle), Session(server, handle))
