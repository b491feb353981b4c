"""Answers on X: a post in reply, hiding a reply in a thread of ours.

On all plans but Enterprise, programs may answer only a post whose author mentions the account or quotes its post (since February
2026). Source: X API v2, "Create Post", "Hide replies", "Search operators", "Counting characters"; X Developers, announcement of
programmatic replies.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from collector.answers.writing import Write, first, identifier_in, look, same_words, send
from collector.reading import maybe_moment, maybe_text, rows
from collector.x import Settings
from core.errors import AnswerError, BadResponse, CollectError, HttpError
from core.http import Answer, Http
from core.replies import ReplyKind, Target
from core.settings import SourceSettings

LIMIT = 280
NEEDS = "token"
RIGHTS = {ReplyKind.REPLY: "tweet.read, users.read, tweet.write", ReplyKind.HIDE: "tweet.read, users.read, tweet.moderate.write"}
_A_LINK = 23
_LINK = re.compile(r"https?://\S+")
_NOT_THIS_TEXT = re.compile("duplicate content|only reply to or quote|who can reply|not allowed because you have not been", re.IGNORECASE)
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


@dataclass(frozen=True, slots=True)
class XWriter:
    """Writes with the source's token: one of a user, with tweet.write, and tweet.moderate.write to hide."""

    settings: Settings
    limit: int = LIMIT
    repeatable: timedelta = timedelta(0)

    @property
    def speaks_as(self) -> str:
        return self.settings.account or next(iter(self.settings.ours), "")

    def length(self, target: Target, text: str) -> int:  # noqa: ARG002 - every target counts alike
        """Links count 23; letters of Latin, Greek, Cyrillic and the like one, all others two. Joined emoji are counted part by part,
        so never too short."""
        links = _LINK.findall(text)
        return _A_LINK * len(links) + sum(1 if _is_light(letter) else 2 for letter in _LINK.sub("", text))

    def reply(self, write: Write, http: Http) -> str:
        body = {"text": write.text, "reply": {"in_reply_to_tweet_id": write.target.external_id}}
        sent = send(http, "POST", self._url("tweets"), write.now, json=body, bearer=self._token(), judge=_judge)
        return identifier_in(sent, "data", "id")

    def find(self, write: Write, http: Http) -> str | None:
        """A search of the last days; what it shows is paid for like every read."""
        params = {"query": f"in_reply_to_tweet_id:{write.target.external_id}", "tweet.fields": "created_at", "max_results": 10}
        found = look(http, self._url("tweets/search/recent"), write.now, params=params, bearer=self._token())
        return first(
            maybe_text(one, "id")
            for one in rows(found, "data")
            if (maybe_moment(one, "created_at") or write.now) >= write.since - timedelta(minutes=1)
            and same_words(maybe_text(one, "text"), write.text)
        )

    def like(self, write: Write, http: Http) -> None:  # noqa: ARG002 - there is nothing to ask
        raise AnswerError("likes on X are not given from here", permanent=True, reason="cannot")

    def hide(self, write: Write, http: Http) -> None:
        path = f"tweets/{quote(write.target.external_id, safe='')}/hidden"
        send(http, "PUT", self._url(path), write.now, json={"hidden": True}, bearer=self._token())

    def _token(self) -> str:
        return self.settings.token.reveal()

    def _url(self, path: str) -> str:
        return f"{str(self.settings.server).rstrip('/')}/2/{path}"


def writer(source: SourceSettings) -> XWriter | None:
    """With every token; one of an app alone is refused by X."""
    return XWriter(source) if isinstance(source, Settings) else None


def _is_light(letter: str) -> bool:
    return any(low <= ord(letter) <= high for low, high in _LIGHT)


def _judge(answer: Answer, _now: datetime) -> CollectError | None:
    """403 says that the token may not, and also that this post may not be answered or that we have said the same before."""
    if answer.status != 403:
        return None
    try:
        said = maybe_text(answer.json(), "detail")[:200]
    except HttpError:
        return None
    return BadResponse(f"X does not take it: {said}", reason="rejected") if _NOT_THIS_TEXT.search(said) else None
