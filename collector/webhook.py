"""Posts that other programs send to /in/SOURCE/posts, signed. Nobody is asked; docs/how-to/take-posts.md says how to send."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from collector.base import Asking, Capabilities
from collector.exports import Defaults, from_body
from collector.file import believed
from core.errors import BadResponse
from core.settings import SourceSettings
from core.table import SecretRef, ZoneName
from core.types import Item, Json, Page, Rejected

MOST_POSTS = 500

capabilities = Capabilities(comments=True, mentions=True, edits=True)


class Settings(SourceSettings):
    """Posts that another program sends.

    `secret` signs them, as Standard Webhooks says. `platform` holds for posts without one; `timezone` for times without a zone.
    Nothing is asked for: `every` only says how often the source itself is looked after.
    """

    kind: Literal["webhook"]
    secret: SecretRef
    platform: str = "webhook"
    timezone: ZoneName = "Europe/Warsaw"


def collect(settings: Settings, cursor: Json | None, asking: Asking) -> Page:  # noqa: ARG001
    """Nothing: whoever has posts sends them. Raises ConfigError where the secret is missing, since then nothing could be taken."""
    settings.secret.reveal()
    return Page(items=(), cursor=cursor or {}, more=False, requests=0)


def read(body: bytes, settings: Settings, now: datetime) -> tuple[tuple[Item, ...], tuple[Rejected, ...]]:
    """The posts of a body, the last of each id, and what is none. A time in the future is not believed.

    Raises BadResponse: unreadable where it is no UTF-8, too_many above 500 posts.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadResponse(f"the body is not UTF-8: {error}", reason="unreadable") from error
    defaults = Defaults(platform=settings.platform, scope=settings.scope, ours=settings.ours, zone=ZoneInfo(settings.timezone))
    entries = from_body(text, defaults)
    if len(entries) > MOST_POSTS:
        raise BadResponse(f"{len(entries)} posts came at once; send at most {MOST_POSTS}", reason="too_many")
    found = {(item.platform, item.external_id): believed(item, now) for item in entries if isinstance(item, Item)}
    return tuple(found.values()), tuple(entry for entry in entries if isinstance(entry, Rejected))
