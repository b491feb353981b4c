"""An item as it arrives: with its source's brand and scope, and whether it may page."""

from datetime import datetime

from core.settings import Settings, SourceSettings
from core.types import Item
from storage.items import Arrival


def arrival(item: Item, source: SourceSettings, settings: Settings, now: datetime, *, first_poll: bool) -> Arrival:
    """What comes on a first poll pages nobody, nor what is old."""
    said_at = item.created_at or now
    fresh = said_at >= now - settings.alerting.alert_horizon
    return Arrival(
        item=item,
        source_id=source.id,
        brand=source.brand or sole_brand(settings),
        scope=source.scope,
        may_page=fresh and not first_poll,
        collected_at=now,
    )


def sole_brand(settings: Settings) -> str | None:
    """Where only one brand is configured, everything is about it."""
    return settings.brand[0].id if len(settings.brand) == 1 else None
