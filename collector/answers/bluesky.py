"""Answers on Bluesky: a post in reply, a like, each a record of our own repository under a name that we choose.

A record that is put twice under one name is one record, and its home can be asked for it by that name. Source: docs.bsky.app, "Posts",
"Rate limits"; atproto.com, "Timestamp Identifiers"; the lexicons com.atproto.repo.putRecord, com.atproto.repo.getRecord,
app.bsky.feed.post, app.bsky.feed.like, app.bsky.richtext.facet.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from collector.answers.writing import WAIT, Write, identifier_in, look, send, signing_in
from collector.atproto import session_for
from collector.base import Asking
from collector.bluesky import Settings, judge, reset
from collector.reading import maybe_text, rows, table
from core.errors import AnswerError, CollectError, RateLimited
from core.http import Answer, Http, retry_at
from core.replies import ReplyKind, Target
from core.settings import SourceSettings
from core.types import Json

LIMIT = 300
NEEDS = "handle and app_password"
RIGHTS = dict.fromkeys((ReplyKind.REPLY, ReplyKind.LIKE), "app_password")
_BYTES_A_LETTER = 10
_POST, _LIKE = "app.bsky.feed.post", "app.bsky.feed.like"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_LINK = re.compile(r"https?://\S*[^\s<>\"'.,;:!?)\]}…]")
_TAG = re.compile(r"(?<!\S)#([^\W\d_]\w{0,63})")


@dataclass(frozen=True, slots=True)
class BlueskyWriter:
    """Writes as the account that signs in by its app password; those have no scopes."""

    settings: Settings
    limit: int = LIMIT
    repeatable: timedelta = timedelta(days=365)

    @property
    def speaks_as(self) -> str:
        return self.settings.handle or ""

    def length(self, target: Target, text: str) -> int:  # noqa: ARG002 - every target counts alike
        """Letters as they are seen, at most 300, in at most 3000 bytes. Joined emoji are counted part by part, so never too short."""
        seen = sum(not unicodedata.combining(letter) for letter in unicodedata.normalize("NFC", text))
        return max(seen, -(-len(text.encode()) // _BYTES_A_LETTER))

    def reply(self, write: Write, http: Http) -> str:
        record = {"$type": _POST, "text": write.text, "reply": self._thread(write, http), "facets": list(facets(write.text))}
        return self._put(write, http, _POST, record)

    def find(self, write: Write, http: Http) -> str | None:
        """Its home knows it by its name, at once and for ever."""
        params = {"repo": self.settings.handle, "collection": _POST, "rkey": name_of(write)}
        try:
            found = self._look(write, http, "com.atproto.repo.getRecord", params)
        except AnswerError as error:
            if error.reason != "gone":
                raise
            return None
        return maybe_text(found, "uri") or None

    def like(self, write: Write, http: Http) -> None:
        self._put(write, http, _LIKE, {"$type": _LIKE, "subject": self._thread(write, http)["parent"]})

    def hide(self, write: Write, http: Http) -> None:  # noqa: ARG002 - there is nothing to ask
        raise AnswerError("answers are not hidden from here on Bluesky", permanent=True, reason="cannot")

    def _thread(self, write: Write, http: Http) -> Json:
        """The post that is answered and the first of its thread, as they are now. Raises AnswerError: gone, or closed to answers."""
        shown = rows(self._look(write, http, "app.bsky.feed.getPosts", {"uris": [write.target.external_id]}), "posts")
        if not shown:
            raise AnswerError("the post is not there any more", permanent=True, reason="gone")
        if table(shown, 0, "viewer").get("replyDisabled") is True and write.text:
            raise AnswerError("its author lets only some people answer it", permanent=True, reason="rejected")
        parent = {"uri": maybe_text(shown, 0, "uri"), "cid": maybe_text(shown, 0, "cid")}
        return {"parent": parent, "root": table(shown, 0, "record", "reply", "root") or parent}

    def _put(self, write: Write, http: Http, collection: str, record: Json) -> str:
        said = {name: value for name, value in record.items() if value != []} | {"createdAt": _stamp(write.since)}
        body = {"repo": self.settings.handle, "collection": collection, "rkey": name_of(write), "record": said}
        url = self._url("com.atproto.repo.putRecord")
        put = self._signed(write, http, lambda token: send(http, "POST", url, write.now, json=body, bearer=token, judge=_judge))
        return identifier_in(put, "uri")

    def _look(self, write: Write, http: Http, method: str, params: Json) -> Any:
        url = self._url(method)
        return self._signed(write, http, lambda token: look(http, url, write.now, params=params, bearer=token, judge=_judge))

    def _signed(self, write: Write, http: Http, does: Callable[[str], Any]) -> Any:
        """Do it as the account; a token that has expired did nothing and is renewed once."""
        settings, asking = self.settings, Asking(http=http, now=write.now)
        password = settings.app_password.reveal() if settings.app_password else ""
        session = session_for(str(settings.pds).rstrip("/"), settings.handle or "")
        with signing_in():
            token = session.access(password, asking, reset)
        try:
            return does(token)
        except AnswerError as error:
            if error.reason != "expired":
                raise
        with signing_in():
            token = session.renew(token, password, asking, reset)
        return does(token)

    def _url(self, method: str) -> str:
        return f"{str(self.settings.pds).rstrip('/')}/xrpc/{method}"


def writer(source: SourceSettings) -> BlueskyWriter | None:
    """Only for whoever can sign in."""
    return BlueskyWriter(source) if isinstance(source, Settings) and source.handle and source.app_password else None


def name_of(write: Write) -> str:
    """The record's name: a timestamp identifier of when it was written, the same for every try of it."""
    number = (write.written_at - _EPOCH) // timedelta(microseconds=1) << 10 | int.from_bytes(sha256(write.key.encode()).digest()[:2]) & 1023
    return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))


def facets(text: str) -> Iterator[Json]:
    """Addresses and tags, which are plain words otherwise; places count bytes of UTF-8."""
    for found in _LINK.finditer(text):
        yield _facet(text, found, {"$type": "app.bsky.richtext.facet#link", "uri": found[0]})
    for found in _TAG.finditer(text):
        yield _facet(text, found, {"$type": "app.bsky.richtext.facet#tag", "tag": found[1]})


def _facet(text: str, found: "re.Match[str]", feature: Json) -> Json:
    start = len(text[: found.start()].encode())
    return {"index": {"byteStart": start, "byteEnd": start + len(found[0].encode())}, "features": [feature]}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _judge(answer: Answer, now: datetime) -> CollectError | None:
    if answer.status == 429:
        back = reset(answer, now) or retry_at(answer.headers, now) or now + WAIT
        return RateLimited("Bluesky answered 429: too many requests", retry_at=back)
    return judge(answer, now)
