"""Answers on Reddit: a comment under a post or comment. Source: Reddit API, "/api/comment", "/comments/article", "OAuth2".

Votes are for people by Reddit's rules ("votes must be cast by humans"), and only moderators hide: neither is done from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from collector import redditing
from collector.answers.writing import WAIT, Write, first, identifier_in, look, same_words, send, signing_in
from collector.base import Asking
from collector.reading import maybe_text, rows, table
from collector.reddit import Settings
from collector.things import flatten, made_at
from core.errors import AnswerError
from core.http import Http
from core.replies import ReplyKind, Target
from core.settings import SourceSettings
from core.types import Json

LIMIT = 10_000
NEEDS = "username and password, or a refresh_token"
RIGHTS = {ReplyKind.REPLY: "read, submit"}
_GONE = frozenset({"DELETED_COMMENT", "DELETED_LINK", "NO_THING_ID", "THING_NOT_FOUND"})


@dataclass(frozen=True, slots=True)
class RedditWriter:
    """Writes as the account that signs in; a refresh token needs the scopes submit and read."""

    settings: Settings
    limit: int = LIMIT
    repeatable: timedelta = timedelta(0)

    @property
    def speaks_as(self) -> str:
        settings = self.settings
        return settings.username or (settings.account or "").removeprefix("u/") or next(iter(settings.ours), "")

    def length(self, target: Target, text: str) -> int:  # noqa: ARG002 - every target counts alike
        """Code points."""
        return len(text)

    def reply(self, write: Write, http: Http) -> str:
        data = {"api_type": "json", "raw_json": "1", "thing_id": _thing(write.target), "text": write.text}
        url, token = self._url("api/comment"), self._token(write, http)
        found = table(send(http, "POST", url, write.now, data=data, bearer=token, headers=redditing.NAMED), "json")
        for error in rows(found, "errors"):
            raise _refusal(error, found, write.now)
        return identifier_in(_only(rows(found, "data", "things")), "data", "name")

    def find(self, write: Write, http: Http) -> str | None:
        """The newest comments under the post, or under the comment that is answered."""
        thing, post = _thing(write.target), _post(write.target).removeprefix("t3_")
        under = thing.removeprefix("t1_") if thing.startswith("t1_") else None
        params = {"limit": 100, "depth": 2, "sort": "new", "comment": under, "raw_json": 1}
        url, token = self._url(f"comments/{quote(post, safe='')}"), self._token(write, http)
        found = look(http, url, write.now, params=params, bearer=token, headers=redditing.NAMED)
        return first(maybe_text(one, "data", "name") for one in _comments(found) if self._is_it(one, thing, write))

    def like(self, write: Write, http: Http) -> None:  # noqa: ARG002 - there is nothing to ask
        raise AnswerError("votes on Reddit are for people, not for programs", permanent=True, reason="cannot")

    def hide(self, write: Write, http: Http) -> None:  # noqa: ARG002 - there is nothing to ask
        raise AnswerError("only moderators hide on Reddit", permanent=True, reason="cannot")

    def _is_it(self, thing: Any, parent: str, write: Write) -> bool:
        ours = self.settings.username or maybe_text(thing, "data", "author")
        return (
            maybe_text(thing, "data", "parent_id") == parent
            and (made_at(thing) or write.now) >= write.since - timedelta(minutes=1)
            and maybe_text(thing, "data", "author").casefold() == ours.casefold()
            and same_words(maybe_text(thing, "data", "body"), write.text)
        )

    def _token(self, write: Write, http: Http) -> str:
        server, oauth = (str(url).rstrip("/") for url in (self.settings.server, self.settings.oauth_server))
        with signing_in():
            return redditing.access_token(Asking(http=http, now=write.now), self.settings.who(), server, oauth)

    def _url(self, path: str) -> str:
        return f"{str(self.settings.oauth_server).rstrip('/')}/{path}"


def writer(source: SourceSettings) -> RedditWriter | None:
    """Only for whoever signs in as an account."""
    if not isinstance(source, Settings):
        return None
    return RedditWriter(source) if source.refresh_token or (source.username and source.password) else None


def _thing(target: Target) -> str:
    """Raises AnswerError: a private message is no comment."""
    if not target.external_id.startswith(("t1_", "t3_")):
        raise AnswerError("private messages are answered on Reddit", permanent=True, reason="cannot")
    return target.external_id


def _post(target: Target) -> str:
    """The post under which it stands. Raises AnswerError."""
    found = target.external_id if target.external_id.startswith("t3_") else target.thread_id or maybe_text(target.raw, "link_id")
    if not found:
        raise AnswerError("the post under which it stands is not known; look on Reddit", permanent=True, reason="no_id")
    return found


def _comments(found: Any) -> Iterator[Any]:
    """The second of two listings is the tree."""
    tree, _ = flatten(rows(rows([found], 0)[1:2], 0, "data", "children"))
    yield from tree


def _refusal(error: Any, found: Json, now: datetime) -> AnswerError:
    """What Reddit says within a 200: [word, sentence, field]. Nothing was written."""
    word, sentence = maybe_text(error, 0), f"Reddit does not take it: {maybe_text(error, 0)}: {maybe_text(error, 1)}"[:300]
    if word == "RATELIMIT":
        left = found.get("ratelimit")
        wait = timedelta(seconds=float(left)) if isinstance(left, int | float) and 0 < left < 86_400 else WAIT
        return AnswerError(sentence, reason="rate_limited", retry_at=now + wait)
    if word in _GONE:
        return AnswerError(sentence, permanent=True, reason="gone")
    return AnswerError(sentence, permanent=True, reason="refused" if word == "USER_REQUIRED" else "rejected")


def _only(things: list[Any]) -> Any:
    return things[0] if things else None
