"""Draws every picture of the reports: as PNG bytes with the words for those who cannot see it, or as coordinates for a page's SVG.

Titles say the finding; what is drawn is named beside it, not in a legend; bars stand on zero; the foot names zone, source and period.
"""

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from core.figures import Day, WeekFigures
from reports.wording import Speech

WIDTH_PX, HEIGHT_PX, SCALE = 440, 290, 3
BARS_WIDE, BARS_HIGH, BARS_ROOM = 260, 60, 4

POSTS, NEGATIVE, BEFORE, INK, QUIET = "#b8c4d0", "#34495e", "#6b7580", "#1b1f24", "#57606a"

LOUD = 1.8
SHIFT = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG made for `width_px` × `height_px` CSS pixels, drawn dense enough to be shown wider. `alt` tells what it shows."""

    png: bytes
    title: str
    alt: str
    width_px: int = WIDTH_PX
    height_px: int = HEIGHT_PX


def week_chart(figures: WeekFigures, speech: Speech) -> Picture:
    """Posts of the public by day, the negative ones dark, the week before as marks."""
    # matplotlib takes a second to load, which only those who draw should pay
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    title = finding(figures, speech)
    figure = Figure(figsize=(WIDTH_PX / 100, HEIGHT_PX / 100), dpi=100 * SCALE)
    axes = figure.add_axes((0.01, 0.27, 0.76, 0.55))
    _bars(axes, figures.days, speech)
    _marks(axes, figures)
    _names(axes, figures, speech)
    figure.text(0.01, 0.985, textwrap.fill(title, 44), fontsize=11, fontweight="bold", color=INK, va="top", linespacing=1.25)
    foot = speech.say("Public posts by day, {week}, zone {zone}. Source: Czujka.", week=speech.week(figures), zone=figures.zone)
    figure.text(0.01, 0.015, textwrap.fill(foot, 76), fontsize=7.5, color=QUIET, va="bottom", linespacing=1.3)
    out = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(out, format="png", metadata={"Software": None})
    return Picture(png=out.getvalue(), title=title, alt=f"{title}. {_told(figures, speech)}")


def finding(figures: WeekFigures, speech: Speech) -> str:
    """What the picture shows, in one sentence: a loud day, a shift of mood, or how the week compares."""
    loudest = max(figures.days, key=lambda day: day.posts)
    usual = median(day.posts for day in figures.days if day is not loudest)
    if not figures.posts:
        return speech.say("Nobody wrote about us")
    if usual and loudest.posts >= LOUD * usual and loudest.posts >= 10:
        times = speech.number(round(loudest.posts / usual, 1) if loudest.posts < 10 * usual else round(loudest.posts / usual))
        return speech.say("It was loudest {on_day}: {times} times a usual day", on_day=speech.on_day(loudest.day), times=times)
    return _compared(figures, speech)


def _compared(figures: WeekFigures, speech: Speech) -> str:
    before = figures.before
    if before is None or not before.posts:
        return speech.count("{shown} post about us in the week", "{shown} posts about us in the week", figures.posts)
    shares = (before.negative / before.posts, figures.negative / figures.posts)
    if abs(shares[1] - shares[0]) >= SHIFT:
        values = {"before": speech.percent(shares[0], 1), "now": speech.percent(shares[1], 1)}
        if shares[1] > shares[0]:
            return speech.say("Negative posts rose from {before} to {now}", **values)
        return speech.say("Negative posts fell from {before} to {now}", **values)
    change = figures.posts / before.posts - 1
    if abs(change) < 0.05:
        return speech.say("As many posts as the week before")
    percent = speech.percent(abs(change), 1)
    if change > 0:
        return speech.say("{percent} more posts than the week before", percent=percent)
    return speech.say("{percent} fewer posts than the week before", percent=percent)


def _bars(axes: Any, days: tuple[Day, ...], speech: Speech) -> None:
    places = range(len(days))
    axes.bar(places, [day.posts for day in days], width=0.72, color=POSTS)
    axes.bar(places, [day.negative for day in days], width=0.72, color=NEGATIVE)
    axes.set_ylim(0, max([day.posts for day in days] + [1]) * 1.15)
    axes.set_xlim(-0.5, len(days) - 0.4)
    axes.set_xticks(list(places), [speech.short_day(day.day, "E\nd") for day in days], fontsize=9, color=INK)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    for place, day in zip(places, days, strict=True):
        axes.annotate(speech.number(day.posts), (place, day.posts), (0, 3), textcoords="offset points", ha="center", fontsize=9, color=INK)


def _marks(axes: Any, figures: WeekFigures) -> None:
    """The week before: a short line at each day's height."""
    if figures.before is None:
        return
    low, high = axes.get_ylim()
    heights = [day.posts for day in figures.before.days]
    axes.set_ylim(low, max(high, max(heights) * 1.05))
    axes.hlines(heights, [n - 0.42 for n in range(7)], [n + 0.42 for n in range(7)], colors=BEFORE, linewidth=1.5, linestyles=(0, (2, 1)))


def _names(axes: Any, figures: WeekFigures, speech: Speech) -> None:
    """What is what, beside the last bar; names that would lie on each other are moved apart."""
    last = figures.days[-1]
    names = [(last.negative / 2, speech.say("negative"), NEGATIVE), ((last.negative + last.posts) / 2, speech.say("posts"), QUIET)]
    if figures.before is not None:
        names.append((figures.before.days[-1].posts, speech.say("the week before"), QUIET))
    step, floor = axes.get_ylim()[1] * 0.1, 0.0
    for height, name, colour in sorted(names):
        floor = max(height, floor + step if floor else step / 2)
        axes.annotate(name, (6.52, floor), fontsize=9, color=colour, va="center", annotation_clip=False)


def _told(figures: WeekFigures, speech: Speech) -> str:
    """The numbers of the picture, for those who cannot see it."""
    days = "; ".join(
        speech.say(
            "{day}: {posts}, negative {negative}",
            day=speech.short_day(day.day),
            posts=speech.number(day.posts),
            negative=speech.number(day.negative),
        )
        for day in figures.days
    )
    return speech.say("Posts by day: {days}.", days=days)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a trend in an SVG of BARS_WIDE × BARS_HIGH; `height` None is unknown, which is drawn as a gap and never as nought."""

    x: float
    y: float
    width: float
    height: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """Bars on a zero base, the newest last, and how high the target lies; `top` is the amount at the upper edge."""

    bars: tuple[Bar, ...]
    goal_y: float | None
    top: float


def trend(values: Sequence[float | None], goal: float | None = None) -> Trend:
    """The drawing of one figure over several periods. Pages draw it themselves, so that it follows their theme."""
    known = [value for value in values if value is not None]
    top = max([*known, goal or 0.0]) or 1.0
    step = BARS_WIDE / max(1, len(values))
    scale = (BARS_HIGH - BARS_ROOM) / top
    bars = (
        Bar(
            round(n * step + step * 0.12, 1),
            round(BARS_HIGH - (value or 0) * scale, 1),
            round(step * 0.76, 1),
            None if value is None else round(value * scale, 1),
        )
        for n, value in enumerate(values)
    )
    return Trend(tuple(bars), round(BARS_HIGH - goal * scale, 1) if goal is not None else None, top)
