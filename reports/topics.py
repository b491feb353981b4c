"""The screens of the digest: a sentence, perhaps a picture, a table of at most ten rows, a link."""

from collections.abc import Sequence

from core.cases import NO_CASES
from core.figures import Unalarmed, WeekFigures
from core.labels import label_name, severity_name
from core.policy import Version
from core.types import Severity
from reports.charts import week_chart
from reports.clauses import clause_line, clause_of
from reports.view import Table, Topic
from reports.wording import REASONS, Speech

ROWS = 10


def said(figures: WeekFigures, speech: Speech, home: str, *, picture: bool = True) -> Topic:
    """What the public said, with the picture of the week where one is wanted."""
    share = speech.percent(figures.negative, figures.posts)
    sentence = speech.count(
        "{shown} post about us, {share} of them negative.", "{shown} posts about us, {share} of them negative.", figures.posts, share=share
    )
    if figures.before and figures.before.posts:
        sentence += " " + speech.say(
            "The week before: {posts}, {share} negative.",
            posts=speech.number(figures.before.posts),
            share=speech.percent(figures.before.negative, figures.before.posts),
        )
    return Topic(
        title=speech.say("What was said"),
        sentence=sentence,
        picture=week_chart(figures, speech) if picture else None,
        url=f"{home}/posts",
        link=speech.say("All posts"),
    )


def answered(figures: WeekFigures, speech: Speech, home: str, owners: dict[str, str]) -> Topic:
    """How people were answered, and what each team has not finished."""
    told = figures.answers
    sentence = speech.count(
        "{shown} conversation was opened; answered: {answered}, late: {late}.",
        "{shown} conversations were opened; answered: {answered}, late: {late}.",
        told.opened,
        answered=speech.number(told.answered),
        late=speech.number(told.late),
    )
    if told.median_s is not None:
        sentence += " " + speech.say("Half of the answers came within {span}.", span=speech.span(told.median_s))
        before = figures.before.answers.median_s if figures.before else None
        sentence += " " + speech.say("The week before: {span}.", span=speech.span(before)) if before is not None else ""
    rows = [
        (owners.get(each.owner, each.owner), *(speech.number(n) for n in (each.conversations, each.late, each.incidents)))
        for each in sorted(figures.waiting, key=lambda each: (-each.late, -each.conversations, each.owner))
        if each.conversations or each.incidents
    ]
    heads = (speech.say("Open now, by team"), speech.say("not answered"), speech.say("late"), speech.say("incidents"))
    return Topic(title=speech.say("Answers"), sentence=sentence, table=_table(heads, rows), url=f"{home}/", link=speech.say("The inbox"))


def incidents(figures: WeekFigures, speech: Speech, home: str) -> Topic:
    """Which incidents were opened."""
    total = sum(each.count for each in figures.opened)
    sentence = speech.count("{shown} incident was opened", "{shown} incidents were opened", total)
    by_severity = {level: sum(each.count for each in figures.opened if each.severity is level) for level in Severity}
    parts = [f"{severity_name(level, speech.language)} {speech.number(n)}" for level, n in reversed(by_severity.items()) if n]
    sentence += f" ({', '.join(parts)})." if parts else "."
    if figures.before:
        sentence += " " + speech.say("The week before: {n}.", n=speech.number(sum(each.count for each in figures.before.opened)))
    rows = [
        (label_name(each.label, speech.language), severity_name(each.severity, speech.language), speech.number(each.count))
        for each in figures.opened
    ]
    heads = (speech.say("Incident"), speech.say("severity"), speech.say("opened"))
    return Topic(
        title=speech.say("Incidents"),
        sentence=sentence,
        table=_table(heads, rows, words=2),
        url=f"{home}/incidents",
        link=speech.say("All incidents"),
    )


def policy(figures: WeekFigures, speech: Speech, home: str, in_force: Version | None = None) -> Topic:
    """What may have breached the policy, and what may have leaked, by clause of the policy in force."""
    ours, leaks = (sum(each.count for each in counted) for counted in (figures.breaches, figures.leaks))
    sentence = speech.count("{shown} possible breach by our side", "{shown} possible breaches by our side", ours)
    sentence += ", " + speech.count("{shown} possible leak.", "{shown} possible leaks.", leaks)
    sentence += _cases(figures, speech)
    before = {each.label: each.count for each in (*figures.before.breaches, *figures.before.leaks)} if figures.before else {}
    rows = [
        (
            clause_line(each.label, in_force, speech),
            label_name(each.label, speech.language),
            speech.number(each.count),
            speech.number(before.get(each.label, 0)),
        )
        for each in sorted((*figures.breaches, *figures.leaks), key=lambda each: (clause_of(each.label), -each.count, each.label))
    ]
    heads = (speech.say("Clause"), speech.say("what"), speech.say("posts"), speech.say("week before"))
    family = "leak" if leaks and not ours else "policy"
    return Topic(
        title=speech.say("Policy and leaks"),
        sentence=sentence,
        table=_table(heads, rows, words=2),
        url=f"{home}/posts?label={family}",
        link=label_name(family, speech.language),
    )


def _cases(figures: WeekFigures, speech: Speech) -> str:
    """How many cases there were, and nothing else of them."""
    told = figures.cases
    if told == NO_CASES:
        return ""
    opened, decided, late = (speech.number(each) for each in (told.opened, told.decided, told.late))
    return " " + speech.say("Cases: {opened} opened, {decided} decided, {late} overdue.", opened=opened, decided=decided, late=late)


def rules(figures: WeekFigures, speech: Speech, home: str) -> tuple[Topic, ...]:
    """How often the rules were right, by what people said of their findings in a quarter; nothing without a verdict."""
    if not figures.rules:
        return ()
    right, wrong = sum(each.right for each in figures.rules), sum(each.wrong for each in figures.rules)
    sentence = speech.count(
        "{shown} finding was judged by people in the last 13 weeks; right: {share}.",
        "{shown} findings were judged by people in the last 13 weeks; right: {share}.",
        right + wrong,
        share=speech.percent(right, right + wrong),
    )
    rows = [
        (
            each.name,
            speech.number(each.judged),
            speech.percent(each.right, each.judged),
            f"{speech.percent(round(1000 * each.low), 1000)} – {speech.percent(round(1000 * each.high), 1000)}",
        )
        for each in figures.rules
    ]
    heads = (speech.say("Rule precision"), speech.say("judged"), speech.say("right"), speech.say("95 % interval"))
    link = speech.say("All rules")
    return (
        Topic(title=speech.say("Were the alarms right?"), sentence=sentence, table=_table(heads, rows), url=f"{home}/rules", link=link),
    )


def unalarmed(figures: WeekFigures, speech: Speech, home: str) -> tuple[Topic, ...]:
    """What was found and alarmed nobody, by rule; nothing when there was nothing."""
    if not figures.unalarmed:
        return ()
    total = sum(each.posts for each in figures.unalarmed)
    sentence = speech.count(
        "{shown} finding alarmed nobody: its rule is on trial, or was not sure enough.",
        "{shown} findings alarmed nobody: their rules are on trial, or were not sure enough.",
        total,
    )
    rows = [(each.detector, _standing(each, speech), speech.number(each.posts)) for each in figures.unalarmed]
    heads = (speech.say("Rule"), speech.say("why"), speech.say("posts"))
    table = _table(heads, rows, words=2)
    return (Topic(title=speech.say("Found on trial"), sentence=sentence, table=table, url=f"{home}/rules", link=speech.say("All rules")),)


def _standing(each: Unalarmed, speech: Speech) -> str:
    ruling = each.ruling
    if ruling is None:
        return speech.say("not sure enough, or not live yet")
    day = speech.short_day(ruling.made_at.date(), "d MMM")
    if ruling.score is not None:
        return speech.say("reported from score {score} since {day}", score=speech.number(ruling.score), day=day)
    return speech.say("on trial since {day}", day=day)


def watch(figures: WeekFigures, speech: Speech, home: str) -> Topic:
    """Whether anything was unseen or unsent."""
    hours = sum(each.seconds for each in figures.blind)
    sent, failed = sum(each.sent for each in figures.sent), sum(each.failed for each in figures.sent)
    sentence = (
        speech.say("Every source is seen.")
        if not figures.blind
        else speech.say("Blind time of all sources together: {span}.", span=speech.span(hours))
    )
    sentence += " " + speech.count(
        "{shown} message was sent, {failed} failed.", "{shown} messages were sent, {failed} failed.", sent, failed=speech.number(failed)
    )
    unsure = sum(each.unsure for each in figures.sent)
    if unsure:
        sentence += " " + speech.count(
            "Of {shown} try no answer came, so it may have arrived.", "Of {shown} tries no answer came, so they may have arrived.", unsure
        )
    rows = [
        (each.source_id, speech.say(REASONS.get(each.reason, each.reason)), speech.span(each.seconds))
        for each in sorted(figures.blind, key=lambda each: -each.seconds)
    ]
    heads = (speech.say("Source"), speech.say("why"), speech.say("blind for"))
    return Topic(
        title=speech.say("Is the watch awake?"),
        sentence=sentence,
        table=_table(heads, rows, words=2),
        url=f"{home}/sources",
        link=speech.say("All sources"),
    )


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], words: int = 1) -> Table | None:
    """The first columns are words, the others numbers; nothing to show is no table."""
    aligns = tuple("left" if place < words else "right" for place in range(len(heads)))
    return Table(heads=heads, aligns=aligns, rows=tuple(rows[:ROWS]), left_out=max(0, len(rows) - ROWS)) if rows else None
