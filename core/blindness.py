"""When a source counts as blind."""

from datetime import datetime, timedelta

from core.records import SourceHealth
from core.settings import SourceSettings


def is_blind(source: SourceSettings, health: SourceHealth, now: datetime) -> bool:
    """No successful poll for three intervals and five minutes."""
    return health.last_success_at is None or now - health.last_success_at > 3 * source.every + timedelta(minutes=5)
