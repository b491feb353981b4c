"""When a source counts as blind."""

from datetime import datetime, timedelta

from core.records import SourceHealth
from core.settings import SourceSettings


def promise(source: SourceSettings) -> timedelta:
    """Within what time it is read again: three intervals and five minutes."""
    return 3 * source.every + timedelta(minutes=5)


def is_blind(source: SourceSettings, health: SourceHealth, now: datetime) -> bool:
    """No successful poll for longer than is promised."""
    return health.last_success_at is None or now - health.last_success_at > promise(source)
