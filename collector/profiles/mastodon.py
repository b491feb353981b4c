"""A profile on Mastodon. Source: docs.joinmastodon.org, "accounts", GET /api/v1/accounts/lookup."""

from collector.base import Asking, ask, read_json
from collector.mastodon import Settings
from collector.reading import Unlike, identifier, maybe_text, table
from core.errors import BadResponse, Gone
from core.register import Profile


def look_up(source: Settings, _account_id: str, handle: str, asking: Asking) -> Profile:
    """By its handle: the uri that our posts carry as the author is no key of this API. One that moved is called what it moved to.

    Raises Gone: there is none, or the server suspended it; CollectError.
    """
    url = f"{str(source.server).rstrip('/')}/api/v1/accounts/lookup"
    token = source.token.reveal() if source.token else None
    raw = read_json(ask(asking, "GET", url, params={"acct": handle.lstrip("@")}, bearer=token))
    if table(raw).get("suspended") is True:
        raise Gone(f"{handle}: the server suspended it")
    now = table(raw, "moved") if isinstance(table(raw).get("moved"), dict) else raw
    try:
        acct = identifier(now, "acct")
    except Unlike as error:
        raise BadResponse(f"the server answered without an account: {error}", reason="garbage") from error
    return Profile(
        account_id=maybe_text(now, "uri") or maybe_text(now, "url"), handle=acct if "@" in handle.lstrip("@") else acct.split("@")[0]
    )
