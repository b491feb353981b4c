"""The month for everybody: counts alone, gathered as the KPIs are."""

from collections import Counter
from datetime import datetime

from actions.kpis import tell
from actions.lessons import closed_between
from core.errors import ConfigError, NotFound
from core.lessons import Verdict
from core.periods import Period, Span, last_over, named
from core.settings import Settings
from core.summary import FEW, MonthSummary
from core.types import Scope
from storage import Store

FOUND = ("complaints", "leaks", "breaches", "incidents", "incidents_critical", "incidents_high")


def month_over(settings: Settings, month: str, now: datetime) -> Period:
    """A month that is over, without a name the last one. Raises NotFound."""
    last = last_over(now, Span.MONTH, settings.zone())
    try:
        wanted = named(month) if month else last
    except ConfigError as error:
        raise NotFound(str(error)) from error
    if wanted.span is not Span.MONTH or wanted > last:
        raise NotFound("no such month is over")
    return wanted


def summarise(store: Store, settings: Settings, month: Period, now: datetime) -> MonthSummary:
    """What the month's summary says."""
    zone = settings.zone()
    start, end = month.bounds(zone)
    told = tell(store, settings, month, now, points=1)
    mentions, share = told.figure("mentions").value, told.figure("negative_share").value
    enough = share is not None and mentions is not None and share * mentions >= FEW
    looked = closed_between(store, start, end)
    versions = (one.effective_at for one in store.policies.history())
    return MonthSummary(
        month=month,
        is_known=mentions is not None,
        posts=store.kpis.by_scope(month.first, month.after),
        sources=Counter(Scope(source.scope) for source in settings.source),
        found={name: None if (value := told.figure(name).value) is None else round(value) for name in FOUND},
        negative=share if enough else None,
        crises=sum(start <= one.declared_at < end for one in store.crises.list()),
        lessons=tuple(one.lesson for one in settings.initiative if one.lesson and one.ends is not None and month.holds(one.ends)),
        clauses=any(at is not None and start <= at < end for at in versions),
        changed=len(looked),
        helped=sum(one.effect.verdict is Verdict.BETTER for one in looked),
    )
