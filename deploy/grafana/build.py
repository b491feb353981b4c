"""Builds the Grafana dashboards as code: `python deploy/grafana/build.py [FOLDER]` writes one JSON file for each of boards/*.py.

Every query is run by a test on a real Prometheus.
"""

import json
import sys
from pathlib import Path

from boards import answers, classifier, crisis, internals, overview, sources
from grafana_foundation_sdk.builders import common, prometheus, stat, timeseries
from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as look
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DashboardCursorSync,
    DashboardLinkType,
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
from panels import Board, Graph

FOLDER = Path(__file__).parent / "dashboards"
BOARDS = (overview.BOARD, crisis.BOARD, sources.BOARD, answers.BOARD, classifier.BOARD, internals.BOARD)
PROMETHEUS = DataSourceRef(type_val="prometheus", uid="${datasource}")
QUIET, WARN, BAD = "#6b7280", "#b45309", "#b91c1c"
OPENED = 'sum by (label, severity) (increase(czujka_incidents_opened_total{severity=~"high|critical"}[1m])) > 0'
DECLARED = "delta(czujka_crises[1m]) > 0"


def thresholds(graph: Graph) -> Builder[ThresholdsConfig]:
    """Grey, amber, red: colour means severity and nothing else."""
    steps = [Threshold(value=None, color=QUIET), Threshold(value=graph.warn, color=WARN), Threshold(value=graph.bad, color=BAD)]
    kept = steps if graph.warn < graph.bad else [steps[0], steps[2]]
    return dashboards.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(kept)


def panel(graph: Graph, number: int) -> Builder[Panel]:
    """A large number, or lines over time. `number` is its id on the page."""
    built = _number(graph) if graph.number else _lines(graph)
    built.id(number).title(graph.title).description(graph.says).datasource(PROMETHEUS).unit(graph.unit).min(0).thresholds(thresholds(graph))
    built.links([dashboards.DashboardLink("Act upon it in Czujka").type(DashboardLinkType.LINK).url("${czujka}" + graph.page)])
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


def dashboard(board: Board) -> Dashboard:
    """One board, with links to the others and marks where grave incidents opened and crises were declared."""
    built = dashboards.Dashboard(board.title).uid(f"czujka-{board.name}").tags(["czujka"]).readonly().refresh("10s")
    built = built.description(board.says).timezone("browser").time("now-6h", "now").tooltip(DashboardCursorSync.CROSSHAIR)
    chosen = VariableOption(selected=True, text="Prometheus", value="prometheus")
    built.with_variable(
        dashboards.DatasourceVariable("datasource").label("Data").type("prometheus").current(chosen).hide(VariableHide.DONT_HIDE)
    )
    if board.by_source:
        built.with_variable(_sources())
    built.with_variable(dashboards.TextBoxVariable("czujka").label("Czujka's address").default_value("http://localhost:8600"))
    built.link(dashboards.DashboardLink("Czujka").type(DashboardLinkType.DASHBOARDS).tags(["czujka"]).keep_time(True).include_vars(True))
    built.annotation(_mark("Grave incidents", OPENED, WARN)).annotation(_mark("Crises declared", DECLARED, BAD))
    number = 0
    for title, graphs in board.rows:
        number += 1
        built.with_row(dashboards.Row(title).id(number))
        for graph in graphs:
            number += 1
            built.with_panel(panel(graph, number))
    return built.build()


def _sources() -> dashboards.QueryVariable:
    every = VariableOption(selected=True, text="All", value="$__all")
    which = dashboards.QueryVariable("source").label("Source").query("label_values(czujka_items_collected_total, source)")
    which = which.datasource(PROMETHEUS).refresh(VariableRefresh.ON_TIME_RANGE_CHANGED).sort(VariableSort.ALPHABETICAL_ASC)
    return which.multi(True).include_all(True).all_value(".*").current(every)


def _mark(name: str, expr: str, colour: str) -> dashboards.AnnotationQuery:
    return dashboards.AnnotationQuery().name(name).datasource(PROMETHEUS).expr(expr).icon_color(colour).enable(True)


def write(folder: Path) -> None:
    """One file for each board."""
    folder.mkdir(parents=True, exist_ok=True)
    for board in BOARDS:
        text = json.dumps(dashboard(board), cls=JSONEncoder, sort_keys=True, indent=2)
        (folder / f"{board.name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
