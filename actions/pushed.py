"""What happens with posts that another program sends: all are stored, or kept as unreadable, before it is told so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from actions.arrivals import arrival
from collector import webhook
from core import metrics
from core.errors import BadResponse, ConfigError, PushRefused
from core.hooks import check_signed
from core.settings import Settings
from core.types import Rejected
from storage import Store


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the posts: `known` were stored already and say the same."""

    new: int
    edited: int
    known: int
    unreadable: tuple[Rejected, ...]


def take(store: Store, settings: Settings, source_id: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Taken:
    """One request. `headers` have names in small letters; `now` is aware UTC. The same posts again change nothing.

    Raises PushRefused: no_such_source, secret_missing, forged, stale, unreadable, too_many; then nothing was stored.
    """
    source = _source(settings, source_id)
    check_signed(_secret(source), headers, body, now)
    try:
        items, rejected = webhook.read(body, source, now)
    except BadResponse as error:
        raise PushRefused(str(error), reason=error.reason) from error
    arrivals = [arrival(item, source, settings, now, first_poll=False) for item in items]
    stored = store.sources.take(source.id, arrivals, rejected, now)
    metrics.ITEMS.add(stored.new, source=source.id, scope=source.scope)
    for bad in rejected:
        metrics.QUARANTINE.add(reason=bad.reason)
    return Taken(stored.new, stored.edited, len(items) - stored.new - stored.edited, rejected)


def _source(settings: Settings, source_id: str) -> webhook.Settings:
    found = next((one for one in settings.source if one.id == source_id), None)
    if not isinstance(found, webhook.Settings):
        raise PushRefused(f"there is no source {source_id!r} of kind webhook", reason="no_such_source")
    return found


def _secret(source: webhook.Settings) -> str:
    try:
        return source.secret.reveal()
    except ConfigError as error:
        raise PushRefused(f"source {source.id}: {error}", reason="secret_missing") from error
