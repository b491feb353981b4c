"""Answers on Instagram: a reply under a comment, or a comment under a picture, and hiding. Source: Instagram Platform, "IG Comment"."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from collector.answers.writing import Write, first, identifier_in, look, same_words, send
from collector.graph import judge
from collector.instagram import Settings
from collector.reading import maybe_moment, maybe_text, rows
from core.errors import AnswerError
from core.http import Http
from core.replies import Target
from core.settings import SourceSettings

LIMIT = 300
NEEDS = "token"


@dataclass(frozen=True, slots=True)
class InstagramWriter:
    """Writes as the account; its token needs instagram_manage_comments."""

    settings: Settings
    limit: int = LIMIT
    repeatable: timedelta = timedelta(0)

    @property
    def speaks_as(self) -> str:
        return next(iter(self.settings.ours), self.settings.account)

    def length(self, target: Target, text: str) -> int:  # noqa: ARG002 - every target counts alike
        """Code points."""
        return len(text)

    def reply(self, write: Write, http: Http) -> str:
        return identifier_in(self._send(write, http, self._edge(write.target), {"message": write.text}), "id")

    def find(self, write: Write, http: Http) -> str | None:
        params = {"fields": "id,text,timestamp", "limit": 50}
        url = self._url(write.target, self._edge(write.target))
        found = look(http, url, write.now, params=params, bearer=self.settings.token.reveal(), judge=judge)
        return first(
            maybe_text(one, "id")
            for one in rows(found, "data")
            if (maybe_moment(one, "timestamp") or write.now) >= write.since - timedelta(minutes=1)
            and same_words(maybe_text(one, "text"), write.text)
        )

    def like(self, write: Write, http: Http) -> None:  # noqa: ARG002 - there is nothing to ask
        raise AnswerError("Instagram takes no likes from programs", permanent=True, reason="cannot")

    def hide(self, write: Write, http: Http) -> None:
        self._send(write, http, "", {"hide": "true"})

    def _edge(self, target: Target) -> str:
        """Comments say whose reply they are or hold a text; media have a caption or a kind."""
        return "/comments" if "media_type" in target.raw else "/replies"

    def _send(self, write: Write, http: Http, edge: str, data: dict[str, str]) -> Any:
        url = self._url(write.target, edge)
        return send(http, "POST", url, write.now, data=data, bearer=self.settings.token.reveal(), judge=judge)

    def _url(self, target: Target, edge: str) -> str:
        settings = self.settings
        return f"{str(settings.server).rstrip('/')}/{settings.version}/{quote(target.external_id, safe='')}{edge}"


def writer(source: SourceSettings) -> InstagramWriter | None:
    """With every account's token."""
    return InstagramWriter(source) if isinstance(source, Settings) else None
