"""The numbers of a crisis in words: "412 posts in an hour, usual 20–45 on a Friday evening", and what else speaks for it."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from core.i18n import Words, words
from core.labels import label_name, platform_name
from core.numbers import KEY, Ground, Height, Numbers, numbers_from
from core.records import Event

ROOM = Path(__file__).resolve().parent

MEASURES = {
    "volume": ("{n} post {within}", "{n} posts {within}"),
    "negative": ("{n} negative post {within}", "{n} negative posts {within}"),
    "complaint": ("{n} complaint {within}", "{n} complaints {within}"),
    "crisis": ("{n} sign of a crisis {within}", "{n} signs of a crisis {within}"),
    "authors": ("{n} author {within}, each counted once in 5 minutes", "{n} authors {within}, each counted once in 5 minutes"),
    "reach": ("{n} known follower {within}", "{n} known followers {within}"),
}
WINDOWS = {5: "in 5 minutes", 60: "in an hour", 720: "in 12 hours", 1440: "in 24 hours"}
DAYS = ("on a Monday", "on a Tuesday", "on a Wednesday", "on a Thursday", "on a Friday", "on a Saturday", "on a Sunday")
PARTS = ("night", "morning", "afternoon", "evening")
"""Of six hours each, from midnight on."""


def sentences(numbers: Numbers, language: str, zone: ZoneInfo) -> list[str]:
    """What stood out most of each measure, then what was said, one sentence each. Weekday and part of the day are those of `zone`."""
    spoken = words(ROOM, language)
    highest = _first_of_each_measure(numbers.heights)
    lines = [_height(one, spoken, zone) for one in highest]
    if any(one.is_cold for one in highest):
        lines.append(spoken.say("Watched for less than a week: what is usual is not well known yet."))
    return [*lines, *_said(numbers, spoken, language)]


def brief(numbers: Numbers, language: str) -> str:
    """The same in half a line: the highest number, what is usual, how much of it is negative."""
    spoken = words(ROOM, language)
    if not numbers.heights:
        return ""
    first = numbers.heights[0]
    usual = spoken.say("usual {low}–{high}", low=spoken.number(first.usual_low), high=spoken.number(first.usual_high))
    negative = [spoken.say("{n} % negative", n=percent(numbers.negative_share))] if numbers.posts else []
    return ", ".join([f"{_amount(first, spoken)} ({usual})", *negative])


def told_last(events: Sequence[Event]) -> Numbers | None:
    """What an incident's history says of numbers, the newest; None where none spoke of it."""
    found = next((event.detail[KEY] for event in reversed(events) if event.detail.get(KEY)), None)
    return numbers_from(found) if found is not None else None


def percent(share: float) -> int:
    """A share in whole percent."""
    return round(100 * share)


def _first_of_each_measure(heights: Sequence[Height]) -> list[Height]:
    first: dict[str, Height] = {}
    for one in heights:
        first.setdefault(one.measure, one)
    return list(first.values())


def _height(one: Height, spoken: Words, zone: ZoneInfo) -> str:
    amount, when = _amount(one, spoken), _when(one, spoken, zone)
    low, high = spoken.number(one.usual_low), spoken.number(one.usual_high)
    return spoken.say("{amount}, usual {low}–{high} {when}.", amount=amount, low=low, high=high, when=when)


def _amount(one: Height, spoken: Words) -> str:
    return spoken.count(*MEASURES.get(one.measure, MEASURES["volume"]), one.seen, within=_within(one.window_min, spoken))


def _within(minutes: int, spoken: Words) -> str:
    return spoken.say(WINDOWS[minutes]) if minutes in WINDOWS else spoken.say("in {n} minutes", n=minutes)


def _when(one: Height, spoken: Words, zone: ZoneInfo) -> str:
    local = one.at.astimezone(zone)
    return f"{spoken.say(DAYS[local.weekday()])} {spoken.say(PARTS[local.hour // 6])}"


def _said(numbers: Numbers, spoken: Words, language: str) -> list[str]:
    """What people say, how far it reaches, where; what is unknown is said to be unknown."""
    if not numbers.posts:
        return []
    lines = [spoken.say("{n} % are negative.", n=percent(numbers.negative_share))]
    if numbers.story:
        lines.append(spoken.say("One story carries {n} %.", n=percent(numbers.story_share)))
    for label, authors in numbers.crisis.items():
        lines.append(spoken.count("{label}: {n} person.", "{label}: {n} people.", authors, label=label_name(label, language)))
    if numbers.complaining and numbers.reach is not None:
        lines.append(spoken.say("The widest known reach of one author is {n}.", n=spoken.number(numbers.reach)))
    elif numbers.complaining:
        lines.append(spoken.say("How far it reaches is not known."))
    if len(numbers.platforms) > 1:
        names = ", ".join(map(platform_name, numbers.platforms))
        lines.append(spoken.say("Complaints come from {n} platforms: {names}.", n=len(numbers.platforms), names=names))
    if Ground.OURS in numbers.grounds:
        lines.append(spoken.say("Most of it stands under our own posts."))
    if numbers.event:
        lines.append(spoken.say("It was expected: {event}.", event=numbers.event))
    return lines
