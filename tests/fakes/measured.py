"""What /metrics says, read by Prometheus's own parser."""

from prometheus_client.parser import text_string_to_metric_families

from core import metrics


def value(sample: str, **labels: str) -> float | None:
    """The value of one sample, None where it does not stand."""
    families = text_string_to_metric_families(metrics.render().decode())
    found = [s.value for family in families for s in family.samples if s.name == sample and s.labels == labels]
    return found[0] if found else None


def counted(sample: str, **labels: str) -> float:
    """How far a counter is; 0 before anything was counted."""
    return value(sample, **labels) or 0
