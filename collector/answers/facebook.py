"""Answers on Facebook: a comment of the page's under a post or comment, a like, hiding. Source: Graph API, "Object Comments", "Comment"."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from collector.answers.writing import Write, first, identifier_in, look, same_words, send
from collector.facebook import Settings
from collector.graph import judge
from collector.reading import maybe_moment, maybe_text, rows
from core.http import Http
from core.replies import ReplyKind, Target
from core.settings import SourceSettings

LIMIT = 8000
NEEDS = "token"
RIGHTS = dict.fromkeys(ReplyKind, "pages_manage_engagement")


@dataclass(frozen=True, slots=True)
class FacebookWriter:
    """Writes as the page whose token the source has; it needs pages_manage_engagement."""

    settings: Settings
    limit: int = LIMIT
    repeatable: timedelta = timedelta(0)

    @property
    def speaks_as(self) -> str:
        return self.settings.page

    def length(self, target: Target, text: str) -> int:  # noqa: ARG002 - every target counts alike
        """Code points."""
        return len(text)

    def reply(self, write: Write, http: Http) -> str:
        return identifier_in(self._send(write, http, "/comments", {"message": write.text}), "id")

    def find(self, write: Write, http: Http) -> str | None:
        """Under what was answered; what answers an answer may be shown under the comment that began it."""
        above = maybe_text(write.target.raw, "parent", "id")
        places = [write.target.external_id, *([above] if above else [])]
        return first(found for place in places if (found := self._under(place, write, http)))

    def _under(self, place: str, write: Write, http: Http) -> str | None:
        params = {"fields": "id,message,created_time", "filter": "stream", "order": "reverse_chronological", "limit": 50}
        url = self._url(place, "/comments")
        found = look(http, url, write.now, params=params, bearer=self.settings.token.reveal(), judge=judge)
        return first(
            maybe_text(one, "id")
            for one in rows(found, "data")
            if (maybe_moment(one, "created_time") or write.now) >= write.since - timedelta(minutes=1)
            and same_words(maybe_text(one, "message"), write.text)
        )

    def like(self, write: Write, http: Http) -> None:
        self._send(write, http, "/likes", {})

    def hide(self, write: Write, http: Http) -> None:
        """Only its author and their friends see it then."""
        self._send(write, http, "", {"is_hidden": "true"})

    def _send(self, write: Write, http: Http, edge: str, data: dict[str, str]) -> Any:
        url = self._url(write.target.external_id, edge)
        return send(http, "POST", url, write.now, data=data, bearer=self.settings.token.reveal(), judge=judge)

    def _url(self, place: str, edge: str) -> str:
        settings = self.settings
        return f"{str(settings.server).rstrip('/')}/{settings.version}/{quote(place, safe='')}{edge}"


def writer(source: SourceSettings) -> FacebookWriter | None:
    """With every page token."""
    return FacebookWriter(source) if isinstance(source, Settings) else None
