"""praw over our own client: it signs in and asks, without its sleeps, its retries and its redirects."""

from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import praw
import prawcore
import requests
from prawcore import Requestor

from collector.base import Asking, check, read_json
from core.errors import BadResponse, Gone, HttpError, Unauthorized
from core.http import USER_AGENT, Answer, Http
from core.types import Json

NAMED = {"User-Agent": f"{USER_AGENT} (self-hosted monitoring)"}
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)


class _Requestor(Requestor):
    """Raises what a status means before prawcore sleeps over it. `answer` is the last one."""

    now: datetime
    answer: Answer

    def request(self, *args: Any, **kw: Any) -> requests.Response:
        try:
            response: requests.Response = self._http.request(*args, **{**kw, "allow_redirects": True, "timeout": None})
        except HttpError as error:
            raise BadResponse(str(error), reason=error.reason) from error
        except requests.TooManyRedirects as error:
            raise BadResponse("Reddit redirects for ever", reason="redirect") from error
        except requests.RequestException as error:
            raise BadResponse("Reddit redirects to what is no address of the web", reason="refused_address") from error
        self.answer = Answer(response.status_code, response.headers.copy(), response.content, response.url)
        check(self.answer, self.now, reset=reset)
        if response.history and response.url.split("?")[0].endswith("/subreddits/search"):
            raise Gone("there is no such subreddit")
        for name in ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset"):
            response.headers.pop(name, None)  # prawcore would sleep by them
        return response


_signed_in: WeakKeyDictionary[Http, dict[tuple[str, ...], tuple[praw.Reddit, _Requestor]]] = WeakKeyDictionary()
_lock = Lock()


def ask(asking: Asking, who: Json, server: str, oauth: str, path: str, **params: Any) -> Answer:
    """GET one path as `who` (praw's settings for signing in). A token that is refused is renewed once. Raises CollectError."""
    key = (server, oauth, *(str(value) for value in who.values()))
    with _lock:
        kept = _signed_in.setdefault(asking.http, {}).pop(key, None)
    if kept is not None:
        try:
            return _ask(asking, kept, key, path, params)
        except Unauthorized:
            kept = None
    return _ask(asking, _sign_in(asking, who, server, oauth), key, path, params)


def _ask(asking: Asking, client: tuple[praw.Reddit, _Requestor], key: tuple[str, ...], path: str, params: Json) -> Answer:
    """The client is kept for the next time unless it fails: two sources never share one at the same time."""
    reddit, requestor = client
    requestor.now = asking.now
    try:
        reddit.request(method="GET", path=path, params={name: value for name, value in params.items() if value is not None})
    except prawcore.OAuthException as error:
        raise Unauthorized("Reddit does not accept the sign-in; check client_id, client_secret and the account") from error
    except (prawcore.PrawcoreException, praw.exceptions.PRAWException, *_UNREADABLE) as error:
        raise BadResponse(f"Reddit's answer to {path} cannot be read: {type(error).__name__}", reason="garbage") from error
    read_json(requestor.answer)
    with _lock:
        _signed_in[asking.http][key] = client
    return requestor.answer


def access_token(asking: Asking, who: Json, server: str, oauth: str) -> str:
    """A fresh token of the account that signs in, for what is written with our own client. Raises CollectError."""
    reddit, requestor = _sign_in(asking, who, server, oauth)
    requestor.now = asking.now
    try:
        authorizer: Any = reddit._core._authorizer if reddit._core is not None else None
        authorizer.refresh()
    except prawcore.OAuthException as error:
        raise Unauthorized("Reddit does not accept the sign-in; check client_id, client_secret and the account") from error
    except (prawcore.PrawcoreException, *_UNREADABLE) as error:
        raise BadResponse(f"Reddit's answer to a sign-in cannot be read: {type(error).__name__}", reason="garbage") from error
    if not authorizer.access_token:
        raise BadResponse("Reddit answered a sign-in without a token", reason="garbage")
    return str(authorizer.access_token)


def _sign_in(asking: Asking, who: Json, server: str, oauth: str) -> tuple[praw.Reddit, _Requestor]:
    reddit = praw.Reddit(
        **who,
        user_agent=NAMED["User-Agent"],
        reddit_url=server,
        oauth_url=oauth,
        check_for_updates=False,
        check_for_async=False,
        requestor_class=_Requestor,
        requestor_kwargs={"session": asking.http.session()},
    )
    session = reddit._core
    if session is None or not isinstance(session.requestor, _Requestor):
        raise BadResponse("praw did not take our client", reason="client")
    return reddit, session.requestor


def reset(answer: Answer, now: datetime) -> datetime | None:
    """When the window ends: x-ratelimit-reset counts the seconds left."""
    try:
        left = float(answer.headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return None
    return now + timedelta(seconds=left) if 0 <= left <= 604_800 else None
