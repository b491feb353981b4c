"""The share of voice of a period, as the page and the API show it."""

from datetime import datetime

from actions.kpis import rivals_of
from core.access import Sight
from core.periods import Period
from core.settings import Settings
from core.voice import Questions, ShareOfVoice
from storage import Store
from storage.kpis import Asked


def share_of_voice(
    store: Store, settings: Settings, period: Period, now: datetime, *, brand: str = "", sight: Sight | None = None
) -> ShareOfVoice:
    """Who was named how often, as far as the viewer may see (None: everything)."""
    start, end = period.bounds(settings.zone())
    rivals = rivals_of(settings, brand)
    asked = Asked(start=start, end=end, first=period.first, after=period.after, now=now, brand=brand, sight=sight, rivals=rivals)
    since = store.letters.watching_since()
    if since is None or end <= since or start > now or (sight is not None and not sight.brands):
        return ShareOfVoice(period=period, is_known=False, named=(), topics=(), speakers=(), questions=Questions())
    return ShareOfVoice(
        period=period,
        is_known=True,
        named=store.voices.named(asked),
        topics=store.voices.topics(asked),
        speakers=store.voices.speakers(asked),
        questions=store.voices.questions(asked),
    )
