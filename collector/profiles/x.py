"""A profile on X: an account keeps its id whatever its handle. Source: docs.x.com, "User lookup"."""

from urllib.parse import quote

from collector.base import Asking, ask, read_json
from collector.reading import Unlike, identifier, maybe_text, rows
from collector.x import Settings
from core.errors import BadResponse, Gone
from core.http import redact
from core.register import Profile

_ABSENT = ("Not Found Error", "Forbidden")
"""There is none of that name or id; it is suspended."""


def look_up(source: Settings, account_id: str, handle: str, asking: Asking) -> Profile:
    """By its id where that is known. Raises Gone: there is none, or it is suspended; CollectError."""
    name = quote(handle.lstrip("@"), safe="")
    where = f"users/{account_id}" if account_id.isdecimal() else f"users/by/username/{name}"
    url = f"{str(source.server).rstrip('/')}/2/{where}"
    raw = read_json(ask(asking, "GET", url, bearer=source.token.reveal()))
    said = [error for error in rows(raw, "errors") if maybe_text(error, "title") in _ABSENT]
    if said:
        raise Gone(f"{redact(url)}: {maybe_text(said[0], 'detail')[:200]}")
    try:
        return Profile(account_id=identifier(raw, "data", "id"), handle=identifier(raw, "data", "username"))
    except Unlike as error:
        raise BadResponse(f"{redact(url)} answered without an account: {error}", reason="garbage") from error
