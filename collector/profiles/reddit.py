"""A profile on Reddit, where names never change. Source: reddit.com/dev/api, GET /user/username/about."""

from urllib.parse import quote

from collector import redditing
from collector.base import Asking, read_json
from collector.reading import Unlike, identifier, maybe_text, table
from collector.reddit import Settings
from core.errors import BadResponse, Gone
from core.register import Profile


def look_up(source: Settings, _account_id: str, handle: str, asking: Asking) -> Profile:
    """By its name. Raises Gone: there is none, or it is suspended; CollectError."""
    name = handle.removeprefix("u/").lstrip("@")
    server, oauth = (str(url).rstrip("/") for url in (source.server, source.oauth_server))
    raw = read_json(redditing.ask(asking, source.who(), server, oauth, f"user/{quote(name, safe='')}/about"))
    about = table(raw, "data")
    if about.get("is_suspended") is True:
        raise Gone(f"{name}: Reddit suspended it")
    try:
        called = identifier(about, "name")
    except Unlike as error:
        raise BadResponse(f"Reddit answered without an account: {error}", reason="garbage") from error
    number = maybe_text(about, "id")
    return Profile(account_id=f"t2_{number}" if number else "", handle=called)
