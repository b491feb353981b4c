"""What needs the reader this week: at most five lines, the most urgent first."""

from core.figures import WeekFigures
from core.labels import label_name, severity_name
from core.lessons import Origin
from core.rulings import Ruled
from core.types import Severity
from reports.spoken import need_correction
from reports.view import Need
from reports.wording import Speech

NEEDS = 5
SLOWER = 1.25


def needs(figures: WeekFigures, speech: Speech, home: str, owners: dict[str, str]) -> tuple[Need, ...]:
    """At most five lines, the most urgent first."""
    found = [
        *_need_incidents(figures, speech, home),
        *_need_answers(figures, speech, home, owners),
        *_need_sources(figures, speech, home),
        *_need_actions(figures, speech, home, owners),
        *_need_channels(figures, speech, home),
        *_need_policy(figures, speech, home),
        *need_correction(figures, speech, home),
        *_need_rules(figures, speech, home),
        *_need_speed(figures, speech, home),
    ]
    return tuple(found[:NEEDS])


def _need_incidents(figures: WeekFigures, speech: Speech, home: str) -> list[Need]:
    hot = [each for each in figures.burning if each.severity >= Severity.HIGH]
    if not hot:
        return []
    first = label_name(hot[0].label, speech.language)
    if len(hot) == 1:
        text = speech.say(
            "One {severity} incident is not resolved: {what}", severity=severity_name(hot[0].severity, speech.language), what=first
        )
        return [Need(text=text, url=f"{home}/incidents/{hot[0].incident_id}")]
    text = speech.count(
        "{shown} serious incident is not resolved, first of all: {what}",
        "{shown} serious incidents are not resolved, first of all: {what}",
        len(hot),
        what=first,
    )
    return [Need(text=text, url=f"{home}/incidents")]


def _need_answers(figures: WeekFigures, speech: Speech, home: str, owners: dict[str, str]) -> list[Need]:
    late = sorted((each for each in figures.waiting if each.late), key=lambda each: -each.late)
    if not late:
        return []
    who = ", ".join(f"{owners.get(each.owner, each.owner)} {speech.number(each.late)}" for each in late[:3])
    text = speech.count(
        "{shown} person waits longer than promised for an answer ({who})",
        "{shown} people wait longer than promised for an answer ({who})",
        sum(each.late for each in late),
        who=who,
    )
    return [Need(text=text, url=f"{home}/")]


def _need_sources(figures: WeekFigures, speech: Speech, home: str) -> list[Need]:
    blind = [each for each in figures.blind if each.lasts]
    if not blind:
        return []
    worst = max(blind, key=lambda each: each.seconds)
    if len(blind) == 1:
        text = speech.say("The source {source} has seen nothing for {span}", source=worst.source_id, span=speech.span(worst.seconds))
    else:
        text = speech.count(
            "{shown} source has seen nothing, {source} for {span}",
            "{shown} sources have seen nothing, {source} for {span}",
            len(blind),
            source=worst.source_id,
            span=speech.span(worst.seconds),
        )
    return [Need(text=text, url=f"{home}/sources")]


def _need_actions(figures: WeekFigures, speech: Speech, home: str, names: dict[str, str]) -> list[Need]:
    """What a review promised, and nobody has done by its day."""
    if not figures.overdue:
        return []
    first = figures.overdue[0]
    text = speech.count(
        "{shown} action after a review is overdue: {what} ({who})",
        "{shown} actions after reviews are overdue, first of all: {what} ({who})",
        len(figures.overdue),
        what=first.planned.text,
        who=names.get(first.planned.owner, first.planned.owner),
    )
    where = f"crisis/{first.origin_id}/review" if first.origin is Origin.CRISIS else "lessons"
    return [Need(text=text, url=f"{home}/{where}")]


def _need_channels(figures: WeekFigures, speech: Speech, home: str) -> list[Need]:
    broken = [each for each in figures.sent if each.failed]
    if not broken:
        return []
    text = speech.count(
        "{shown} message did not arrive; check the channels: {channels}",
        "{shown} messages did not arrive; check the channels: {channels}",
        sum(each.failed for each in broken),
        channels=", ".join(each.channel for each in broken),
    )
    return [Need(text=text, url=f"{home}/incidents")]


def _need_policy(figures: WeekFigures, speech: Speech, home: str) -> list[Need]:
    if not figures.breaches:
        return []
    text = speech.count(
        "{shown} post of ours may breach the policy: decide what follows",
        "{shown} posts of ours may breach the policy: decide what follows",
        sum(each.count for each in figures.breaches),
    )
    return [Need(text=text, url=f"{home}/posts?label=policy")]


def _need_rules(figures: WeekFigures, speech: Speech, home: str) -> list[Need]:
    """The rule that people most often called wrong, while nobody has ruled on it."""
    for each in figures.rules:
        if each.is_surely_below() and figures.rulings.about(Ruled.RULE, each.name.partition("@")[0]) is None:
            text = speech.say(
                "The rule {rule} was right in {right} of {judged}: put it on trial, or mend it",
                rule=each.name,
                right=speech.number(each.right),
                judged=speech.number(each.judged),
            )
            return [Need(text=text, url=f"{home}/rules")]
    return []


def _need_speed(figures: WeekFigures, speech: Speech, home: str) -> list[Need]:
    now, before = figures.answers.median_s, figures.before.answers.median_s if figures.before else None
    if now is None or not before or now < before * SLOWER:
        return []
    text = speech.say("Answers got slower: {now}, the week before {before}", now=speech.span(now), before=speech.span(before))
    return [Need(text=text, url=f"{home}/")]
