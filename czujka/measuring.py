"""What the stages count, and what one process alone measures in the database: backlogs, states, the age of things."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from actions.kpis import alone
from core import metrics
from core.canary import CANARY
from core.crisis import Stage
from core.kpis import KPIS, Unit
from core.labels import LABELS
from core.periods import Span, current
from core.records import IncidentCard, Opens
from core.series import MEASURES
from core.settings import Settings
from core.types import ConversationState, IncidentState, Severity, Understanding
from core.verdicts import by_label, precisions
from storage import Store

QUARTER = timedelta(weeks=13)
UNRESOLVED = (IncidentState.OPEN, IncidentState.ACKNOWLEDGED)
WEEK = timedelta(days=7)
KPI_GAUGES = {
    Unit.SHARE: metrics.KPI_RATIO,
    Unit.SECONDS: metrics.KPI_SECONDS,
    Unit.COUNT: metrics.KPI_NUMBER,
    Unit.NUMBER: metrics.KPI_NUMBER,
}
WAITING = (ConversationState.NEW, ConversationState.ASSIGNED)


GRAVE = (Severity.HIGH, Severity.CRITICAL)


def begin() -> None:
    """What may be grave stands at zero from the start: the first of its kind is a rise then, which no rate misses."""
    for label in LABELS:
        for severity in GRAVE:
            metrics.FINDINGS.add(0, label=label, severity=severity)
            metrics.INCIDENTS_OPENED.add(0, label=label, severity=severity)
    for severity in Severity:
        metrics.ACKNOWLEDGED.begin(severity=severity)


def count_read(understood: Sequence[Understanding]) -> None:
    """Posts by language, findings by label and severity."""
    for one in understood:
        metrics.MODEL_POSTS.add(language=one.lang)
        for found in one.findings:
            if found.reported:
                metrics.FINDINGS.add(label=found.label, severity=found.severity)


def count_opened(opened: Iterable[Opens]) -> None:
    """Incidents by label and severity."""
    for opens in (one for one in opened if one.brand != CANARY):
        metrics.INCIDENTS_OPENED.add(label=opens.label, severity=opens.severity)


def observe_way(card: IncidentCard, now: datetime) -> None:
    """How long it took from collecting the newest telling item to the first message about it."""
    if card.evidence and not any(told.state == "sent" for told in card.told):
        collected_at = max(item.collected_at for item in card.evidence)
        metrics.COLLECTED_TO_SENT.observe((now - collected_at).total_seconds())


def measure_verdicts(store: Store, now: datetime) -> None:
    """How often people call each label right."""
    counts: dict[tuple[str, ...], float] = {}
    for each in precisions(store.verdicts.judged(now - QUARTER), by_label):
        counts |= {(each.name, "right"): each.right, (each.name, "wrong"): each.wrong, (each.name, "disputed"): each.disputed}
    metrics.VERDICTS.replace(counts)


def measure_answers(store: Store, now: datetime) -> None:
    """How fast conversations of the last week were answered; nothing is said of a week without answers."""
    waits = store.figures.first_answers(now - WEEK, now)
    for part in (50, 95) if waits else ():
        metrics.FIRST_ANSWER.set(waits[(len(waits) * part - 1) // 100], part=part)


def measure_kpis(settings: Settings, store: Store, now: datetime) -> None:
    """The KPIs of the running month."""
    known = alone(store, settings, current(now, Span.MONTH, settings.zone()), now)
    for unit, gauge in KPI_GAUGES.items():
        gauge.tell({(name,): value for name, value in known.items() if KPIS[name].unit is unit})


def measure_crises(store: Store, now: datetime) -> None:
    """What stands out in numbers, and which crises are declared."""
    lasting = Counter(noted.signal.key.measure for noted in store.signals.since(now - WEEK) if noted.signal.ended_at is None)
    for measure in MEASURES:
        metrics.SIGNALS.set(lasting[measure], measure=measure)
    metrics.CRISES.set(len(store.crises.list([Stage.DECLARED])))


def measure_store(store: Store, now: datetime) -> None:
    """Backlogs, incidents and conversations by state: asked by one process only."""
    measure_verdicts(store, now)
    measure_crises(store, now)
    metrics.BACKLOG.set(store.reading.backlog(), stage="classify")
    metrics.BACKLOG.set(store.assessing.backlog(), stage="assess")
    metrics.BACKLOG.set(len(store.incidents.due(now, 1000)), stage="notify")
    metrics.BACKLOG.set(store.deliveries.backlog(now), stage="deliver")
    incidents: dict[tuple[str, ...], float] = {(severity, state): 0 for severity in Severity for state in UNRESOLVED}
    incidents |= {(severity, state): count for severity, state, count in store.incidents.counts()}
    metrics.INCIDENTS.replace(incidents)
    for health in store.sources.health(now):
        if health.last_success_at is not None:
            metrics.LAST_SUCCESS.set(health.last_success_at.timestamp(), source=health.source_id)
    for conversation_state in (ConversationState.NEW, ConversationState.ASSIGNED, ConversationState.ANSWERED):
        metrics.CONVERSATIONS.set(store.conversations.count([conversation_state]), state=conversation_state)
    late = store.conversations.count(WAITING, late_at=now)
    metrics.CONVERSATIONS_LATE.set(late, clock="first_response")
    metrics.CONVERSATIONS_LATE.set(store.conversations.count((*WAITING, ConversationState.ANSWERED), unresolved_at=now), clock="resolution")
    waiting = store.replies.counts()
    metrics.REPLIES_WAITING.replace({(state,): waiting.get(state, 0) for state in metrics.values_of("waits")})
    metrics.DUTIES_LATE.set(store.duties.late(now))
    metrics.PICTURES_UNSEEN.set(store.pictures.count())
