"""A profile on Bluesky: an account keeps its did whatever its handle. Source: docs.bsky.app, app.bsky.actor.getProfile."""

import re
from datetime import datetime

from collector.base import Asking, ask, read_json
from collector.bluesky import Settings, judge
from collector.reading import Unlike, identifier, maybe_text
from core.errors import BadResponse, CollectError, Gone, HttpError
from core.http import Answer, redact
from core.register import Profile

_ABSENT = re.compile("not found|could not resolve|AccountTakedown|AccountDeactivated", re.IGNORECASE)


def look_up(source: Settings, account_id: str, handle: str, asking: Asking) -> Profile:
    """By its did where that is known. Raises Gone: there is none, or it was taken down or deactivated; CollectError."""
    url = f"{str(source.server).rstrip('/')}/xrpc/app.bsky.actor.getProfile"
    raw = read_json(ask(asking, "GET", url, params={"actor": account_id or handle.lstrip("@")}, judge=_judge))
    try:
        return Profile(account_id=identifier(raw, "did"), handle=identifier(raw, "handle"))
    except Unlike as error:
        raise BadResponse(f"{redact(url)} answered without a profile: {error}", reason="garbage") from error


def _judge(answer: Answer, now: datetime) -> CollectError | None:
    """Bluesky says with 400 what others say with 404."""
    if answer.status == 400:
        try:
            said = answer.json()
        except HttpError:
            said = {}
        words = f"{maybe_text(said, 'error')} {maybe_text(said, 'message')}"
        if _ABSENT.search(words):
            return Gone(f"{redact(answer.url)} answered: {words[:200]}")
    return judge(answer, now)
