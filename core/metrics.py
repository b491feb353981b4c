"""Every metric by name, in a registry of our own. `render()` is what `/metrics` answers.

Label sets are bounded: a value outside a closed set, of the wrong shape, or beyond a label's cap counts as "other", so that no post,
author or address can become a label. Names end in their unit. Source: Prometheus, "Metric and label naming".
"""

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from core.kpis import KPIS
from core.series import MEASURES
from core.types import ConversationState, IncidentState, Scope, Severity

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
CONTENT_TYPE = CONTENT_TYPE_LATEST
OTHER = "other"

STAGES = ("collect", "classify", "assess", "notify", "deliver", "answer", "letters", "audit", "hooks", "clicks", "push", "pictures", "web")
UNANSWERED = "error"
STATUSES = ("1xx", "2xx", "3xx", "4xx", "5xx", UNANSWERED)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
STAGE_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
WAY_BUCKETS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 14400.0)

_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,79}")
_CLOSED: Mapping[str, tuple[str, ...]] = {
    "scope": tuple(Scope),
    "severity": tuple(Severity),
    "state": (*IncidentState, *ConversationState),
    "stage": STAGES,
    "outcome": ("sent", "retry", "failed", "moved", "unknown", "waiting", "checking", "undecided"),
    "status": STATUSES,
    "method": METHODS,
    "language": ("pl", "en"),
    "said": ("right", "wrong", "disputed"),
    "kind": (
        "unasked",
        "failing",
        "late",
        "blind",
        "budget",
        "silent",
        "unreadable",
        "stuck",
        "unreached",
        "letter",
        "reply",
        "hook",
        "rules",
        "damaged",
        "tampered",
        "canary",
        "pictures",
    ),
    "clock": ("first_response", "resolution"),
    "heartbeat": ("sent", "withheld", "failed"),
    "measure": MEASURES,
    "part": ("50", "95"),
    "kpi": tuple(KPIS),
    "found": ("letters", "nothing", "later", "unreadable"),
    "click": ("done", "not_done", "greeted", "refused"),
    "waits": ("approval", "waiting", "checking", "undecided"),
}
_CAPS: Mapping[str, int] = {"source": 300, "label": 100, "channel": 50, "hook": 50, "platform": 30, "reason": 100, "quota": 50}


class Bound:
    """Keeps one label's values few: of a closed set, or of a shape and at most `cap` different ones."""

    def __init__(self, closed: Iterable[str] | None, cap: int) -> None:
        self._seen = {str(value) for value in closed} if closed is not None else set()
        self._cap = 0 if closed is not None else cap
        self._lock = threading.Lock()

    def fold(self, value: object) -> str:
        """The value itself, or "other"."""
        text = str(value)
        if text in self._seen:
            return text
        with self._lock:
            if len(self._seen) < self._cap and _SHAPE.fullmatch(text):
                self._seen.add(text)
        return text if text in self._seen else OTHER


_BOUNDS = {name: Bound(values, 0) for name, values in _CLOSED.items()} | {name: Bound(None, cap) for name, cap in _CAPS.items()}


@dataclass(frozen=True, slots=True)
class Described:
    """What the reference says of a metric."""

    name: str
    kind: str
    labels: tuple[str, ...]
    says: str


ALL: list[Described] = []


def _describe(name: str, kind: str, labels: tuple[str, ...], says: str) -> None:
    ALL.append(Described(name, kind, labels, says))


def _bounded(names: Sequence[str], labels: Mapping[str, object]) -> dict[str, str]:
    if set(names) != set(labels):
        raise ValueError(f"the labels {', '.join(names) or '(none)'} were expected, {', '.join(labels) or '(none)'} came")
    return {name: _BOUNDS[name].fold(labels[name]) for name in names}


class Count:
    """Something that only grows."""

    def __init__(self, name: str, says: str, *labels: str) -> None:
        _describe(name, "counter", labels, says)
        self._labels = labels
        self._metric = Counter(name, says, labels, registry=REGISTRY)

    def add(self, amount: float = 1, /, **labels: object) -> None:
        """Count `amount` more."""
        bounded = _bounded(self._labels, labels)
        (self._metric.labels(**bounded) if bounded else self._metric).inc(amount)


class Level:
    """Something that rises and falls."""

    def __init__(self, name: str, says: str, *labels: str) -> None:
        _describe(name, "gauge", labels, says)
        self._labels = labels
        self._metric = Gauge(name, says, labels, registry=REGISTRY)
        self._known: set[tuple[str, ...]] = set()

    def set(self, value: float, /, **labels: object) -> None:
        """It is `value` now."""
        bounded = _bounded(self._labels, labels)
        self._known.add(tuple(bounded.values()))
        (self._metric.labels(**bounded) if bounded else self._metric).set(value)

    def replace(self, values: Mapping[tuple[str, ...], float]) -> None:
        """These are all values, keyed by the labels in their order; what was known before and is not named is 0 now."""
        for gone in self._known - set(values):
            self._metric.labels(*gone).set(0)
        for key, value in values.items():
            self.set(value, **dict(zip(self._labels, key, strict=True)))

    def tell(self, values: Mapping[tuple[str, ...], float | None]) -> None:
        """These are the values now, keyed by the labels in their order; what nobody knows (None) has no value, not even nought."""
        for key, value in values.items():
            if value is not None:
                self.set(value, **dict(zip(self._labels, key, strict=True)))
            elif key in self._known:
                self._metric.remove(*key)
                self._known.discard(key)


class Spread:
    """How long things take, in seconds."""

    def __init__(self, name: str, says: str, *labels: str, buckets_s: tuple[float, ...]) -> None:
        _describe(name, "histogram", labels, says)
        self._labels = labels
        self._metric = Histogram(name, says, labels, registry=REGISTRY, buckets=buckets_s)

    def begin(self, **labels: object) -> None:
        """Stand at nothing, so that the first one is a rise."""
        self._metric.labels(**_bounded(self._labels, labels))

    def observe(self, seconds: float, /, **labels: object) -> None:
        """One more took `seconds`."""
        bounded = _bounded(self._labels, labels)
        (self._metric.labels(**bounded) if bounded else self._metric).observe(max(0.0, seconds))


ITEMS = Count("czujka_items_collected_total", "Items stored for the first time.", "source", "scope")
SOURCE_LAG = Level("czujka_source_lag_seconds", "How old the newest item was when the last poll with items brought it.", "source")
LAST_SUCCESS = Level("czujka_source_last_success_timestamp_seconds", "When a source was last read without an error (Unix time).", "source")
QUOTA_USED = Level("czujka_source_quota_used", "What a platform counts as used, in its own unit.", "source", "quota")
QUOTA_LIMIT = Level("czujka_source_quota_limit", "What a platform, or our own cap, allows, in its own unit.", "source", "quota")
QUARANTINE = Count("czujka_quarantined_total", "Things a platform sent that could not be read and were kept aside.", "reason")
FINDINGS = Count("czujka_findings_total", "Reported findings.", "label", "severity")
MODEL_POSTS = Count("czujka_model_posts_total", "Posts read by the sentiment model.", "language")
INCIDENTS = Level("czujka_incidents", "Incidents that are not resolved.", "severity", "state")
INCIDENTS_OPENED = Count("czujka_incidents_opened_total", "Incidents opened.", "label", "severity")
SIGNALS = Level("czujka_signals", "Series that are far from usual now, by what is counted.", "measure")
CRISES = Level("czujka_crises", "Crises that are declared and not stood down.")
ACKNOWLEDGED = Spread("czujka_acknowledged_seconds", "From opening an incident to a person taking it.", "severity", buckets_s=WAY_BUCKETS_S)
FIRST_ANSWER = Level(
    "czujka_first_answer_seconds", "Within how long so many of 100 conversations of the last seven days had their first answer.", "part"
)
KPI_RATIO = Level("czujka_kpi_ratio", "KPIs of the running month that are shares, up to now; an unknown one has no value.", "kpi")
KPI_SECONDS = Level("czujka_kpi_seconds", "KPIs of the running month that are durations, up to now; an unknown one has no value.", "kpi")
KPI_NUMBER = Level("czujka_kpi_number", "KPIs of the running month that are numbers, up to now; an unknown one has no value.", "kpi")
VERDICTS = Level(
    "czujka_verdicts",
    "Findings that people judged in the last 13 weeks, by their majority: precision is right / (right + wrong).",
    "label",
    "said",
)
CONVERSATIONS = Level("czujka_conversations", "Conversations that are not closed.", "state")
CONVERSATIONS_LATE = Level("czujka_conversations_late", "Conversations past a target: not answered, or not closed, in time.", "clock")
DUTIES_LATE = Level("czujka_duties_late", "Legal tasks without a decision after their time.")
PICTURES_UNSEEN = Level("czujka_pictures_unseen", "Posts with a picture or film that nobody has described or looked at.")
PICTURES_READ = Count("czujka_pictures_read_total", "Pictures fetched to read the letters in them, by what came of it.", "found")
DELIVERIES = Count("czujka_deliveries_total", "Tries to send a message, by how they ended.", "channel", "outcome")
HOOK_CALLS = Count("czujka_hook_calls_total", "Tries to tell a hook, by how they ended.", "hook", "outcome")
CLICKS = Count("czujka_clicks_total", "Clicks on messages' buttons, and greetings of services, by what became of them.", "channel", "click")
REPLIES = Count("czujka_replies_total", "Tries to answer on a platform, by how they ended.", "platform", "outcome")
REPLIES_WAITING = Level("czujka_replies_waiting", "Answers that wait: for approval, for a try, for a look, for a person.", "waits")
STAGE_SECONDS = Spread("czujka_stage_seconds", "How long one run of a stage took.", "stage", buckets_s=STAGE_BUCKETS_S)
BACKLOG = Level("czujka_backlog_rows", "Rows that wait for a stage.", "stage")
COLLECTED_TO_SENT = Spread(
    "czujka_collected_to_sent_seconds", "From an item's collection to the first message about it being taken.", buckets_s=WAY_BUCKETS_S
)
ERRORS = Count("czujka_errors_total", "Errors that a stage survived.", "stage", "reason")
ILLS = Level("czujka_ills", "What the auditor finds wrong, as `czujka doctor` says it.", "kind")
HEARTBEATS = Count("czujka_heartbeats_total", "Heartbeats sent outside, withheld because something is wrong, or failed.", "heartbeat")
CANARY_SECONDS = Level("czujka_canary_seconds", "How long the last canary that came back took for the whole way.")
CANARY_LATE = Level("czujka_canary_late", "1 while a canary has not come back in time, else 0.")
HTTP_REQUESTS = Count("czujka_http_requests_total", "Requests sent to platforms and channels.", "method", "status")
WEB_REQUESTS = Count("czujka_web_requests_total", "Requests answered by the pages.", "method", "status")
WEB_SECONDS = Spread("czujka_web_request_seconds", "How long a page took to answer.", "method", buckets_s=STAGE_BUCKETS_S)


def values_of(label: str) -> tuple[str, ...]:
    """Every value that a label of a closed set can have."""
    return tuple(map(str, _CLOSED[label]))


def status_class(status: int) -> str:
    """200 → "2xx"."""
    return f"{status // 100}xx"


def render() -> bytes:
    """All metrics in the Prometheus text format; `CONTENT_TYPE` goes with it."""
    return generate_latest(REGISTRY)


def reference_markdown() -> str:
    """The reference of all metrics: docs/reference/metrics.md."""
    rows = (f"| `{m.name}` | {m.kind} | {', '.join(f'`{x}`' for x in m.labels) or 'none'} | {m.says} |" for m in ALL)
    closed = (f"| `{name}` | {', '.join(f'`{value}`' for value in values)}, or `other` |" for name, values in _CLOSED.items())
    capped = (f"| `{name}` | at most {cap} different values, then `other` |" for name, cap in _CAPS.items())
    return "\n".join(
        [
            "# Metrics",
            "",
            "What `/metrics` answers, for Prometheus. Written by `core/metrics.py`; a test keeps it fresh.",
            "",
            "| metric | type | labels | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
            "## Labels",
            "",
            "Every label's values are bounded; what does not fit counts as `other`.",
            "",
            "| label | values |",
            "|---|---|",
            *closed,
            *capped,
            "",
        ]
    )
