"""The words around KPIs: amounts in their unit, periods as people name them, targets."""

from babel.dates import format_date

from core.kpis import Kpi, Unit
from core.objectives import Target
from core.periods import Period, Span
from reports.wording import Speech


def amount(value: float | None, kpi: Kpi, speech: Speech) -> str:
    """A figure in its unit; what nobody knows is "unknown"."""
    if value is None:
        return speech.say("unknown")
    match kpi.unit:
        case Unit.SHARE:
            return speech.percent(value, 1)
        case Unit.SECONDS:
            return speech.span(value)
        case Unit.NUMBER:
            return speech.number(round(value, 1))
        case Unit.COUNT:
            return speech.number(round(value))


def target_line(target: Target | None, kpi: Kpi, speech: Speech) -> str:
    """ "at least 90 %", "at most 4 h"; '' without a target."""
    if target is None:
        return ""
    wanted = amount(target.target, kpi, speech)
    return speech.say("at most {amount}", amount=wanted) if target.is_ceiling else speech.say("at least {amount}", amount=wanted)


def met_line(is_met: bool | None, speech: Speech) -> str:
    """Whether the target is met, "–" where nobody can say."""
    return "–" if is_met is None else speech.say("met") if is_met else speech.say("missed")


def so_far_line(period: Period, speech: Speech) -> str:
    """That a period still runs."""
    return speech.say("{period} is not over: figures up to now.", period=period_line(period, speech))


def period_line(period: Period, speech: Speech) -> str:
    """ "9–15 November 2026", "November 2026", "4th quarter 2026", "2026", "2023–2026"."""
    language = speech.language
    match period.span:
        case Span.WEEK:
            return speech.days(period.first, period.after)
        case Span.MONTH:
            return str(format_date(period.first, "LLLL y", locale=language))
        case Span.QUARTER:
            return str(format_date(period.first, "QQQQ y", locale=language))
        case Span.YEAR:
            return str(period.first.year)
        case Span.YEARS:
            return f"{period.first.year}–{period.after.year - 1}"


def point_line(period: Period, speech: Speech) -> str:
    """The same, short enough for the foot of a chart: "9 Nov", "Nov 2026", "Q4 2026"."""
    match period.span:
        case Span.WEEK:
            return str(format_date(period.first, "d MMM", locale=speech.language))
        case Span.MONTH:
            return str(format_date(period.first, "LLL y", locale=speech.language))
        case Span.QUARTER:
            return str(format_date(period.first, "QQQ y", locale=speech.language))
        case _:
            return period_line(period, speech)
