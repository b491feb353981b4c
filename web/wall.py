"""The wall screen's drawing: a line of posts an hour in its usual band, as coordinates, and figures in the reader's words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.wall import Seen
from core.number_words import brief
from core.settings import Settings
from core.signals import Verdict
from web.wording import Speech, platform_name

WIDE, HIGH = 1200, 300
PER_HOUR = 12
"""Buckets in an hour: what is drawn is counted by the hour, as people count."""
TICKS = 6
STORIES, VOICES, PLATFORMS, NOTES = 4, 5, 4, 2


@dataclass(frozen=True, slots=True)
class Chart:
    """`line` and `band` are points of an SVG of WIDE × HIGH; `ticks` are times at even distances; `top` is the number at its upper edge."""

    line: str
    band: str
    ticks: tuple[datetime, ...]
    top: int
    now: int
    usual: tuple[int, int] | None


def chart(seen: Seen) -> Chart:
    """Posts an hour, each point counting the hour before it, so that five quiet minutes do not jump."""
    wall = seen.wall
    counted = _hourly([one.value for one in wall.buckets])
    low, high = _hourly([one for one, _ in seen.usual]), _hourly([one for _, one in seen.usual])
    top = _round_up(max([*counted, *high, 1]))
    place = _placer(len(counted), top)
    step = len(counted) // TICKS or 1
    ends = [wall.buckets[PER_HOUR - 1 + n].at + timedelta(minutes=5) for n in range(len(counted))]
    edge = [place(n, value) for n, value in enumerate(high)] + [place(n, low[n]) for n in reversed(range(len(low)))]
    return Chart(
        line=" ".join(place(n, value) for n, value in enumerate(counted)),
        band=" ".join(edge),
        ticks=tuple(ends[::step]),
        top=top,
        now=round(counted[-1]),
        usual=(round(low[-1]), round(high[-1])) if low else None,
    )


def _hourly(values: Sequence[float]) -> list[float]:
    """The sum of each hour that ends at a bucket; nothing for fewer buckets than an hour has."""
    return [sum(values[end - PER_HOUR : end]) for end in range(PER_HOUR, len(values) + 1)]


def _placer(count: int, top: int) -> Callable[[int, float], str]:
    def place(n: int, value: float) -> str:
        return f"{n * WIDE / max(1, count - 1):.1f},{HIGH - value * HIGH / top:.1f}"

    return place


def _round_up(value: float) -> int:
    """The next number that people count by: one digit and noughts."""
    size = 1
    while True:
        for step in (1, 2, 3, 4, 5, 6, 8):
            if step * size >= value:
                return step * size
        size *= 10


def times_usual(speech: Speech, drawn: Chart) -> str:
    """ "4 times the usual", or that nobody knows it yet."""
    if drawn.usual is None:
        return speech.say("what is usual is not known yet")
    low, high = drawn.usual
    if drawn.now <= high:
        return speech.say("usual: {low} to {high}", low=low, high=high)
    times = drawn.now / max(1.0, (low + high) / 2)
    return speech.say("{n} times the usual", n=speech.number(round(times, 1) if times < 10 else round(times)))


def negative_share(seen: Seen) -> int | None:
    """Per cent of the last hour's posts; None while nothing was said."""
    felt = seen.wall.feelings
    everything = sum(felt.values())
    return round(100 * felt["negative"] / everything) if everything else None


def platforms(speech: Speech, settings: Settings, seen: Seen) -> list[tuple[str, int]]:
    """The last hour's posts by platform, the busiest first."""
    kinds = {source.id: source.kind for source in settings.source}
    counted: dict[str, int] = {}
    for source, count in seen.wall.by_source.items():
        name = platform_name(speech, kinds.get(source, source))
        counted[name] = counted.get(name, 0) + count
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:PLATFORMS]


def notes(speech: Speech, seen: Seen) -> list[str]:
    """What stood out and paged nobody, in half a line each, the newest first; series that tell the same numbers tell them once."""
    why = {
        Verdict.EXPECTED: speech.say("expected, nobody is paged"),
        Verdict.VOLUME_ALONE: speech.say("volume alone, nobody is paged"),
        Verdict.MUTED: speech.say("muted, nobody is paged"),
    }
    told: dict[str, str] = {}
    for one in seen.notes:
        numbers = brief(one.numbers, speech.language) if one.numbers is not None else ""
        if numbers:
            told.setdefault(numbers, f"{speech.clock(one.signal.opened_at)[-5:]} · {numbers} · {why[one.verdict]}")
    return list(told.values())[:NOTES]


def trend(last: int, before: int) -> str:
    """An arrow: more, fewer or as many posts joined in the last hour as in the one before."""
    return "↑" if last > before else "↓" if last < before else "→"
