"""Answers on Instagram: a reply under a comment, or a comment under a picture, and hiding.

Source: Instagram Platform, "IG Comment", "IG Comment Replies", "IG Media Comments", "IG User Mentions".
"""

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
from core.replies import ReplyKind, Target
from core.settings import SourceSettings
from core.types import Json

LIMIT = 300
NEEDS = "token"
RIGHTS = dict.fromkeys((ReplyKind.REPLY, ReplyKind.HIDE), "instagram_manage_comments")


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
        place, more = self._place(write.target)
        return identifier_in(self._send(write, http, place, {"message": write.text, **more}), "id")

    def find(self, write: Write, http: Http) -> str | None:
        """Under what was answered; what answers a reply is put under the reply's comment. Under what others own nothing can be read."""
        if self._is_mention(write.target):
            return None
        params = {"fields": "id,text,timestamp", "limit": 50}
        found = look(http, self._url(self._thread(write.target)), write.now, params=params, bearer=self._token(), judge=judge)
        return first(
            maybe_text(one, "id")
            for one in rows(found, "data")
            if (maybe_moment(one, "timestamp") or write.now) >= write.since - timedelta(minutes=1)
            and same_words(maybe_text(one, "text"), write.text)
        )

    def like(self, write: Write, http: Http) -> None:  # noqa: ARG002 - there is nothing to ask
        raise AnswerError("Instagram takes no likes from programs", permanent=True, reason="cannot")

    def hide(self, write: Write, http: Http) -> None:
        self._send(write, http, quote(write.target.external_id, safe=""), {"hide": "true"})

    def _place(self, target: Target) -> tuple[str, Json]:
        """Where an answer is put. Where somebody mentions us, under a post that is not ours, it is put into our own mentions."""
        if not self._is_mention(target):
            return f"{quote(target.external_id, safe='')}{_edge(target)}", {}
        mentions = f"{quote(self.settings.account, safe='')}/mentions"
        if _is_media(target):
            return mentions, {"media_id": target.external_id}
        return mentions, {"comment_id": target.external_id, "media_id": maybe_text(target.raw, "media", "id")}

    def _thread(self, target: Target) -> str:
        parent = maybe_text(target.raw, "parent_id")
        return f"{quote(parent or target.external_id, safe='')}{_edge(target)}"

    def _is_mention(self, target: Target) -> bool:
        return target.external_id in (*self.settings.mentioned_media, *self.settings.mentioned_comments)

    def _send(self, write: Write, http: Http, path: str, data: Json) -> Any:
        return send(http, "POST", self._url(path), write.now, data=data, bearer=self._token(), judge=judge)

    def _token(self) -> str:
        return self.settings.token.reveal()

    def _url(self, path: str) -> str:
        return f"{str(self.settings.server).rstrip('/')}/{self.settings.version}/{path}"


def _is_media(target: Target) -> bool:
    return "media_type" in target.raw


def _edge(target: Target) -> str:
    return "/comments" if _is_media(target) else "/replies"


def writer(source: SourceSettings) -> InstagramWriter | None:
    """With every account's token."""
    return InstagramWriter(source) if isinstance(source, Settings) else None
