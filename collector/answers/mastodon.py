"""Answers on Mastodon: a status in reply, a favourite. Source: docs.joinmastodon.org, "statuses API methods", "Posting toots"."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from collector.answers.writing import Write, first, identifier_in, look, same_words, send
from collector.mastodon import Settings
from collector.reading import maybe_moment, maybe_text, rows
from core.errors import AnswerError
from core.http import Http
from core.replies import ReplyKind, Target
from core.settings import SourceSettings
from core.text import html_to_text

LIMIT = 500
NEEDS = "token"
RIGHTS = {ReplyKind.REPLY: "write:statuses", ReplyKind.LIKE: "write:favourites"}
_A_LINK = 23
_LINK = re.compile(r"https?://\S+")
_MENTION = re.compile(r"(@[A-Za-z0-9_]+)@[A-Za-z0-9.-]+[A-Za-z0-9]")
_VISIBLE = frozenset({"public", "unlisted", "private", "direct"})


@dataclass(frozen=True, slots=True)
class MastodonWriter:
    """Writes with the source's token, which needs write:statuses and write:favourites."""

    settings: Settings
    limit: int = LIMIT
    repeatable: timedelta = timedelta(minutes=50)

    @property
    def speaks_as(self) -> str:
        return self.settings.account or next(iter(self.settings.ours), "")

    def length(self, target: Target, text: str) -> int:
        """Links count 23 each, of a mention only the name counts. The mention that we put in front counts too."""
        return len(_MENTION.sub(r"\1", _LINK.sub("x" * _A_LINK, addressed(target, text))))

    def reply(self, write: Write, http: Http) -> str:
        """The key makes repeats within an hour the same status; its uri is what is collected."""
        seen = maybe_text(write.target.raw, "visibility")
        body = {
            "status": addressed(write.target, write.text),
            "in_reply_to_id": _id(write.target),
            "visibility": seen if seen in _VISIBLE else "unlisted",
        }
        token = self._token()
        headers = {"Idempotency-Key": write.key}
        return identifier_in(send(http, "POST", self._url("statuses"), write.now, json=body, bearer=token, headers=headers), "uri")

    def find(self, write: Write, http: Http) -> str | None:
        found = look(http, self._url(f"statuses/{_id(write.target)}/context"), write.now, bearer=self._token())
        said = addressed(write.target, write.text)
        return first(
            maybe_text(one, "uri")
            for one in rows(found, "descendants")
            if (maybe_moment(one, "created_at") or write.now) >= write.since - timedelta(minutes=1)
            and maybe_text(one, "in_reply_to_id") == maybe_text(write.target.raw, "id")
            and same_words(html_to_text(maybe_text(one, "content")), said)
        )

    def like(self, write: Write, http: Http) -> None:
        send(http, "POST", self._url(f"statuses/{_id(write.target)}/favourite"), write.now, bearer=self._token())

    def hide(self, write: Write, http: Http) -> None:  # noqa: ARG002 - there is nothing to ask
        raise AnswerError("nobody can hide the posts of others on Mastodon", permanent=True, reason="cannot")

    def _token(self) -> str | None:
        return self.settings.token.reveal() if self.settings.token else None

    def _url(self, path: str) -> str:
        return f"{str(self.settings.server).rstrip('/')}/api/v1/{path}"


def writer(source: SourceSettings) -> MastodonWriter | None:
    """Only with a token."""
    return MastodonWriter(source) if isinstance(source, Settings) and source.token is not None else None


def addressed(target: Target, text: str) -> str:
    """The text with a mention of the author, without whom they would not be told."""
    handle = target.author.lstrip("@")
    return text if not handle or f"@{handle}".casefold() in text.casefold() else f"@{handle} {text}"


def _id(target: Target) -> str:
    """The status' id on the source's server. Raises AnswerError."""
    found = maybe_text(target.raw, "id")
    if not found:
        raise AnswerError("the post's id on the server is not known; answer on the platform", permanent=True, reason="no_id")
    return quote(found, safe="")
