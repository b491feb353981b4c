"""A situation report as a PDF: A4 pages, text that can be searched and copied, the font with its Polish letters inside."""

import io
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

A4 = (8.27, 11.69)
LEFT, TOP, BOTTOM = 0.1, 0.93, 0.08
INK, QUIET = "#1b1f24", "#57606a"
SIZES = {"title": 17.0, "heading": 11.0, "text": 9.5, "quiet": 8.5}
WIDTHS = {"title": 48, "heading": 80, "text": 92, "quiet": 104}
SPACE = 1.5
MOST_LINES = 400
CHART = 0.13
FEWEST_BARS = 8
BAR = "#34495e"
FONT, BOX = "DejaVu Sans", "\u25a1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Posts by the hour: `hours` are counts, the oldest first, `names` what stands below each; `usual` an hour where it is known."""

    title: str
    hours: tuple[int, ...]
    names: tuple[str, ...]
    usual: float | None
    usually: str
    foot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands in a report, in the reader's words: facts as (question, answer), posts as (who and where, text).

    After `most_lines` it ends: no post makes a book.
    """

    language: str
    title: str
    severity: str
    as_of: str
    made_at: datetime
    facts: tuple[tuple[str, str], ...]
    chart: Chart | None = None
    heading: str
    posts: tuple[tuple[str, str], ...]
    foot: str
    most_lines: int = MOST_LINES


def pdf(sheet: Sheet) -> bytes:
    """Draw it. The font is DejaVu Sans, which ships with matplotlib under a licence that allows to embed it."""
    # matplotlib takes a second to load, which only those who draw should pay
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    out = io.BytesIO()
    about = {"Title": sheet.title, "Creator": "Czujka", "Producer": "Czujka", "CreationDate": sheet.made_at}
    with (
        mpl.rc_context({"pdf.fonttype": 42, "font.family": FONT, "text.parse_math": False}),
        PdfPages(out, metadata=about) as pages,
    ):
        for page in _pages(sheet):
            figure = Figure(figsize=A4)
            for at, style, line in page:
                if style == "chart" and sheet.chart is not None:
                    _draw(figure, at, sheet.chart)
                    continue
                weight = "bold" if style in ("title", "heading") else "normal"
                colour = QUIET if style == "quiet" else INK
                figure.text(LEFT, at, _drawable(line), fontsize=SIZES[style], fontweight=weight, color=colour, va="top")
            pages.savefig(figure)
    return out.getvalue()


def _draw(figure: Any, at: float, chart: Chart) -> None:
    """Bars that stand on zero, the tallest with its number; what is usual is a line with its name above it."""
    axes = figure.add_axes((LEFT, at - CHART * 0.82, 1 - 2 * LEFT, CHART * 0.72))
    places = range(len(chart.hours))
    axes.bar(places, chart.hours, width=0.75, color=BAR)
    top = max(*chart.hours, chart.usual or 0, 1)
    axes.set_ylim(0, top * 1.25)
    axes.set_xlim(-0.5, max(len(chart.hours), FEWEST_BARS) - 0.5)
    named = list(places)[:: -max(1, -(-len(chart.hours) // 6))][::-1]
    axes.set_xticks(named, [chart.names[place] for place in named], fontsize=8, color=QUIET)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    tallest = chart.hours.index(max(chart.hours))
    axes.annotate(
        str(chart.hours[tallest]), (tallest, chart.hours[tallest]), (0, 2), textcoords="offset points", ha="center", fontsize=9, color=INK
    )
    if chart.usual is not None:
        axes.axhline(chart.usual, color=QUIET, linewidth=1.2, linestyle=(0, (3, 2)))
        left = axes.get_xlim()[0]
        axes.annotate(chart.usually, (left, chart.usual), (0, 3), textcoords="offset points", ha="left", fontsize=8, color=QUIET)


@cache
def _known() -> Collection[int]:
    """The letters that the font has."""
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont(FONT)).get_charmap())


def _drawable(line: str) -> str:
    """A letter that the font lacks, such as an emoji, is a box."""
    return "".join(letter if ord(letter) in _known() else BOX for letter in line)


def _pages(sheet: Sheet) -> Iterator[list[tuple[float, str, str]]]:
    """(height on the page, style, line) of each page."""
    page: list[tuple[float, str, str]] = []
    at = TOP
    for style, line in _lines(sheet):
        height = CHART if style == "chart" else SIZES[style] * SPACE / 72 / A4[1]
        if at - height < BOTTOM:
            yield page
            page, at = [], TOP
        page.append((at, style, line))
        at -= height
    yield page


def _lines(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """(style, line), wrapped."""
    return islice(_all(sheet), sheet.most_lines)


def _all(sheet: Sheet) -> Iterator[tuple[str, str]]:
    yield from _wrapped("quiet", f"{sheet.severity} · {sheet.as_of}")
    yield from _wrapped("title", sheet.title)
    yield "text", ""
    for question, answer in sheet.facts:
        yield from _wrapped("heading", question)
        yield from _wrapped("text", answer)
        yield "quiet", ""
    if sheet.chart is not None:
        yield from _wrapped("heading", sheet.chart.title)
        yield "chart", ""
        yield from _wrapped("quiet", sheet.chart.foot)
        yield "quiet", ""
    yield from _wrapped("heading", sheet.heading)
    for by, text in sheet.posts:
        yield from _wrapped("quiet", by)
        yield from _wrapped("text", text)
        yield "quiet", ""
    yield from _wrapped("quiet", sheet.foot)


def _wrapped(style: str, text: str) -> Iterator[tuple[str, str]]:
    for paragraph in text.splitlines() or [""]:
        for line in textwrap.wrap(paragraph, WIDTHS[style]) or [""]:
            yield style, line
