"""Builds the Grafana dashboards as code: `python deploy/grafana/build.py` writes deploy/grafana/dashboards/*.json.

One row of panels per stage of the way, from what platforms send to what people get. Every query is run by a test on a real Prometheus.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grafana_foundation_sdk.builders import common, prometheus, stat, timeseries
from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as look
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DashboardCursorSync,
    DataSourceRef,
    FieldColorModeId,
    Panel,
    Threshold,
    ThresholdsConfig,
    ThresholdsMode,
    VariableHide,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

FOLDER = Path(__file__).parent / "dashboards"
PROMETHEUS = DataSourceRef(type_val="prometheus", uid="${datasource}")
SOURCE = 'source=~"$source"'
QUIET, WARN, BAD = "#6b7280", "#b45309", "#b91c1c"


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression and the name of its lines."""

    expr: str
    legend: str


@dataclass(frozen=True, slots=True)
class Graph:
    """One panel. `unit` is Grafana's name of it; from `warn` on it is amber, from `bad` on red; `number` shows the latest value large."""

    title: str
    says: str
    unit: str
    queries: tuple[Query, ...]
    warn: float
    bad: float
    width: int = 8
    number: bool = False


def per_second(metric: str, by: str, where: str = "") -> str:
    """How often something happens, by labels."""
    return f"sum by ({by}) (rate({metric}{{{where}}}[$__rate_interval]))"


def share(metric: str, quantile: float, by: str = "") -> str:
    """The time in which a share of all was done, in seconds."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({quantile}, sum by ({labels}) (rate({metric}_bucket[$__rate_interval])))"


AGE = f"time() - czujka_source_last_success_timestamp_seconds{{{SOURCE}}}"

ROWS: tuple[tuple[str, tuple[Graph, ...]], ...] = (
    (
        "Now",
        (
            Graph(
                "Critical and open",
                "Incidents of the highest severity that nobody has acknowledged.",
                "none",
                (Query('sum(czujka_incidents{severity="critical", state="open"})', "critical"),),
                1,
                1,
                6,
                number=True,
            ),
            Graph(
                "Waiting for an answer",
                "Conversations that nobody has answered yet.",
                "none",
                (Query('sum(czujka_conversations{state=~"new|assigned"})', "conversations"),),
                50,
                200,
                6,
                number=True,
            ),
            Graph(
                "Longest without a read",
                "The source that was last read without an error the longest time ago.",
                "s",
                (Query(f"max({AGE})", "longest"),),
                900,
                3600,
                6,
                number=True,
            ),
            Graph(
                "From post to message, 95 %",
                "Nineteen of twenty first messages left within this time of the post's collection, over the last hour.",
                "s",
                (Query("histogram_quantile(0.95, sum by (le) (rate(czujka_collected_to_sent_seconds_bucket[1h])))", "95 %"),),
                30,
                120,
                6,
                number=True,
            ),
        ),
    ),
    (
        "Collect",
        (
            Graph(
                "New posts and comments",
                "Items stored for the first time, by source.",
                "cps",
                (Query(per_second("czujka_items_collected_total", "source", SOURCE), "{{source}}"),),
                10,
                100,
            ),
            Graph(
                "Time since the last good read",
                "A line that climbs is a source that has gone blind.",
                "s",
                (Query(f"max by (source) ({AGE})", "{{source}}"),),
                900,
                3600,
            ),
            Graph(
                "Age of the newest post when it came",
                "How far behind the platform the last poll with posts was.",
                "s",
                (Query(f"max by (source) (czujka_source_lag_seconds{{{SOURCE}}})", "{{source}}"),),
                900,
                3600,
            ),
            Graph(
                "Quota used",
                "The part of a platform's limit, or of our own cap, that is spent.",
                "percentunit",
                (
                    Query(
                        f"max by (source, quota) (czujka_source_quota_used{{{SOURCE}}} / (czujka_source_quota_limit{{{SOURCE}}} > 0))",
                        "{{source}} {{quota}}",
                    ),
                ),
                0.8,
                0.95,
            ),
            Graph(
                "Put aside unread",
                "What platforms or files sent that could not be read, by reason; it is kept.",
                "cps",
                (Query(per_second("czujka_quarantined_total", "reason"), "{{reason}}"),),
                0.01,
                1,
            ),
            Graph(
                "Requests to platforms and channels",
                "By kind of answer; error means that none came.",
                "reqps",
                (Query(per_second("czujka_http_requests_total", "status"), "{{status}}"),),
                50,
                200,
            ),
        ),
    ),
    (
        "Read",
        (
            Graph(
                "Findings",
                "What detectors reported, by label.",
                "cps",
                (Query(per_second("czujka_findings_total", "label"), "{{label}}"),),
                1,
                10,
                12,
            ),
            Graph(
                "Posts read",
                "Posts that the sentiment model read, by language.",
                "cps",
                (Query(per_second("czujka_model_posts_total", "language"), "{{language}}"),),
                100,
                1000,
                12,
            ),
        ),
    ),
    (
        "Incidents and conversations",
        (
            Graph(
                "Incidents opened",
                "How many were opened within an hour, by label.",
                "none",
                (Query("sum by (label) (increase(czujka_incidents_opened_total[1h]))", "{{label}}"),),
                5,
                20,
            ),
            Graph(
                "Incidents that are not resolved",
                "By severity and state.",
                "none",
                (Query("sum by (severity, state) (czujka_incidents)", "{{severity}}, {{state}}"),),
                5,
                20,
            ),
            Graph(
                "Conversations",
                "Those that are not closed, by state.",
                "none",
                (Query("sum by (state) (czujka_conversations)", "{{state}}"),),
                50,
                200,
            ),
            Graph(
                "Late",
                "Conversations past the target for a first answer or an end; legal tasks without a decision after their time.",
                "none",
                (Query("sum by (clock) (czujka_conversations_late)", "{{clock}}"), Query("czujka_duties_late", "legal tasks")),
                1,
                10,
            ),
        ),
    ),
    (
        "Deliver",
        (
            Graph(
                "Messages",
                "Tries by channel and outcome; moved means that it went to the next contact.",
                "cps",
                (Query(per_second("czujka_deliveries_total", "channel, outcome"), "{{channel}} {{outcome}}"),),
                1,
                5,
                12,
            ),
            Graph(
                "From post to message",
                "From a post's collection to the first message about it.",
                "s",
                (
                    Query(share("czujka_collected_to_sent_seconds", 0.5), "half"),
                    Query(share("czujka_collected_to_sent_seconds", 0.95), "95 %"),
                ),
                30,
                120,
                12,
            ),
        ),
    ),
    (
        "The machine",
        (
            Graph(
                "The watcher watched",
                "What the auditor finds wrong, and the heartbeats sent outside, withheld or failed, and the canary.",
                "none",
                (
                    Query("sum by (kind) (czujka_ills)", "{{kind}}"),
                    Query("sum by (heartbeat) (increase(czujka_heartbeats_total[1h]))", "heartbeats {{heartbeat}}"),
                    Query("czujka_canary_seconds", "canary, seconds"),
                    Query("czujka_canary_late", "canary late"),
                ),
                1,
                5,
            ),
            Graph(
                "Verdicts",
                "What people say of findings, by label: right or wrong.",
                "none",
                (Query("sum by (label, said) (czujka_verdicts)", "{{label}} {{said}}"),),
                100_000,
                1_000_000,
            ),
            Graph(
                "Hooks",
                "Tries to tell another program what happened, by hook and how they ended.",
                "cps",
                (Query(per_second("czujka_hook_calls_total", "hook, outcome"), "{{hook}} {{outcome}}"),),
                1,
                10,
            ),
            Graph(
                "Clicks",
                "Clicks on messages' buttons by what became of them; refused are forged, stale or unreadable.",
                "cps",
                (Query(per_second("czujka_clicks_total", "channel, click"), "{{channel}} {{click}}"),),
                1,
                10,
            ),
            Graph(
                "Answers on platforms",
                "Tries to reply, like or hide on a platform, by how they ended.",
                "cps",
                (Query(per_second("czujka_replies_total", "platform, outcome"), "{{platform}} {{outcome}}"),),
                1,
                10,
            ),
            Graph(
                "Answers that wait",
                "For approval, for a try, for a look at the thread, or for a person who decides.",
                "none",
                (Query("sum by (waits) (czujka_replies_waiting)", "{{waits}}"),),
                10,
                50,
            ),
            Graph(
                "Backlog",
                "Rows that wait for a stage.",
                "none",
                (Query("sum by (stage) (czujka_backlog_rows)", "{{stage}}"),),
                100,
                1000,
            ),
            Graph(
                "Time of a stage, 95 %",
                "How long one run of a stage takes.",
                "s",
                (Query(share("czujka_stage_seconds", 0.95, "stage"), "{{stage}}"),),
                1,
                10,
            ),
            Graph(
                "Errors survived",
                "By stage and reason; the work goes on, `czujka doctor` says what to do.",
                "cps",
                (Query(per_second("czujka_errors_total", "stage, reason"), "{{stage}}: {{reason}}"),),
                0.01,
                0.1,
            ),
            Graph(
                "Pages served",
                "Requests answered by the pages, by kind of answer.",
                "reqps",
                (Query(per_second("czujka_web_requests_total", "status"), "{{status}}"),),
                50,
                200,
                12,
            ),
            Graph(
                "Time of a page, 95 %",
                "How long a page takes to answer.",
                "s",
                (Query(share("czujka_web_request_seconds", 0.95, "method"), "{{method}}"),),
                0.3,
                1,
                12,
            ),
        ),
    ),
)


def thresholds(graph: Graph) -> Builder[ThresholdsConfig]:
    """Grey, amber, red: colour means severity and nothing else."""
    steps = [Threshold(value=None, color=QUIET), Threshold(value=graph.warn, color=WARN), Threshold(value=graph.bad, color=BAD)]
    kept = steps if graph.warn < graph.bad else [steps[0], steps[2]]
    return dashboards.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(kept)


def panel(graph: Graph, number: int) -> Builder[Panel]:
    """A large number, or lines over time. `number` is its id on the page."""
    built = _number(graph) if graph.number else _lines(graph)
    built.id(number).title(graph.title).description(graph.says).datasource(PROMETHEUS).unit(graph.unit).min(0).thresholds(thresholds(graph))
    for letter, query in zip("ABCDEF", graph.queries, strict=False):
        asked = prometheus.Dataquery().expr(query.expr).legend_format(query.legend).ref_id(letter).datasource(PROMETHEUS)
        built.with_target(asked.instant() if graph.number else asked.range())
    return built


def _number(graph: Graph) -> stat.Panel:
    latest = common.ReduceDataOptions().calcs(["lastNotNull"])
    large = stat.Panel().height(4).span(graph.width).reduce_options(latest).color_mode(look.BigValueColorMode.VALUE)
    return large.graph_mode(look.BigValueGraphMode.NONE)


def _lines(graph: Graph) -> timeseries.Panel:
    legend = common.VizLegendOptions().display_mode(look.LegendDisplayMode.TABLE).placement(look.LegendPlacement.BOTTOM)
    tooltip = common.VizTooltipOptions().mode(look.TooltipDisplayMode.MULTI).sort(look.SortOrder.DESCENDING)
    colours = dashboards.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC_BY_NAME)
    bands = common.GraphThresholdsStyleConfig().mode(look.GraphThresholdsStyleMode.DASHED)
    lines = timeseries.Panel().height(8).span(graph.width).line_width(2).color_scheme(colours).thresholds_style(bands)
    return lines.legend(legend.show_legend(True).calcs(["lastNotNull", "max"])).tooltip(tooltip)


def dashboard() -> Dashboard:
    """The whole way on one page."""
    every = VariableOption(selected=True, text="All", value="$__all")
    which = dashboards.QueryVariable("source").label("Source").query("label_values(czujka_items_collected_total, source)")
    which = which.datasource(PROMETHEUS).refresh(VariableRefresh.ON_TIME_RANGE_CHANGED).sort(VariableSort.ALPHABETICAL_ASC)
    chosen = VariableOption(selected=True, text="Prometheus", value="prometheus")
    board = dashboards.Dashboard("Czujka: from post to person").uid("czujka-way").tags(["czujka"]).readonly().refresh("10s")
    board = board.description("What comes in, what is found in it, who is told, and whether the machine keeps up.").timezone("browser")
    board = board.time("now-1h", "now").tooltip(DashboardCursorSync.CROSSHAIR)
    board = board.with_variable(
        dashboards.DatasourceVariable("datasource").label("Data").type("prometheus").current(chosen).hide(VariableHide.DONT_HIDE)
    ).with_variable(which.multi(True).include_all(True).all_value(".*").current(every))
    return _filled(board, ROWS)


def _filled(board: dashboards.Dashboard, rows: Sequence[tuple[str, tuple[Graph, ...]]]) -> Dashboard:
    number = 0
    for title, graphs in rows:
        number += 1
        board.with_row(dashboards.Row(title).id(number))
        for graph in graphs:
            number += 1
            board.with_panel(panel(graph, number))
    return board.build()


def text() -> str:
    """The dashboard as Grafana reads it."""
    return json.dumps(dashboard(), cls=JSONEncoder, sort_keys=True, indent=2) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "way.json").write_text(text(), encoding="utf-8")
