"""What boards are written in: queries, panels, rows, and the expressions that many of them use."""

from dataclasses import dataclass

SOURCE = 'source=~"$source"'


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression and the name of its lines."""

    expr: str
    legend: str


@dataclass(frozen=True, slots=True)
class Graph:
    """One panel. `unit` is Grafana's name of it; from `warn` on it is amber, from `bad` on red; `number` shows the latest value large.

    `page` is the page of Czujka where the same can be acted upon.
    """

    title: str
    says: str
    unit: str
    queries: tuple[Query, ...]
    warn: float
    bad: float
    page: str
    width: int = 8
    number: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard: rows of panels. `by_source` lets its reader choose sources."""

    name: str
    title: str
    says: str
    rows: tuple[tuple[str, tuple[Graph, ...]], ...]
    by_source: bool = False


def per_second(metric: str, by: str, where: str = "") -> str:
    """How often something happens, by labels."""
    return f"sum by ({by}) (rate({metric}{{{where}}}[$__rate_interval]))"


def an_hour(metric: str, by: str, where: str = "") -> str:
    """How often something happened within an hour, by labels; what did not happen is not listed."""
    return f"sum by ({by}) (increase({metric}{{{where}}}[1h])) > 0"


def share(metric: str, quantile: float, by: str = "") -> str:
    """The time in which a share of all was done, in seconds."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({quantile}, sum by ({labels}) (rate({metric}_bucket[$__rate_interval])))"


def share_of_hour(metric: str, quantile: float, by: str = "") -> str:
    """The same over the last hour, for what happens seldom."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({quantile}, sum by ({labels}) (rate({metric}_bucket[1h])))"
