"""What changed after an action of a review, in a sentence; and the digest's screen on the comparisons that were complete in the week."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from babel.numbers import format_decimal

from core.figures import WeekFigures
from core.lessons import Effect, Measure, Side, Verdict
from reports.view import Table, Topic
from reports.wording import Speech, msg

ROWS = 10
VERDICTS = {
    Verdict.OPEN: msg("not done yet"),
    Verdict.EARLY: msg("too early to say"),
    Verdict.UNSEEN: msg("nothing was watched for so long before it"),
    Verdict.NOTHING: msg("there was nothing to count"),
    Verdict.UNSURE: msg("no sure change"),
    Verdict.BETTER: msg("better"),
    Verdict.WORSE: msg("worse"),
}
MEASURES = {
    Measure.PRECISION: msg("how often the rule was right"),
    Measure.BREACHES: msg("breaches of the clause a week"),
    Measure.ANSWERS: msg("median time to the first answer"),
}


def verdict_word(verdict: Verdict, speech: Speech) -> str:
    return speech.say(VERDICTS[verdict])


def effect_line(effect: Effect, speech: Speech) -> str:
    """ "better: breaches of the clause a week, 3.5 before and 0.5 after (28 days each)", or why nothing can be said yet."""
    if effect.before is None or effect.after is None or effect.length is None:
        return verdict_word(effect.verdict, speech)
    return speech.say(
        "{verdict}: {measure}, {before} before and {after} after ({days} days each)",
        verdict=verdict_word(effect.verdict, speech),
        measure=speech.say(MEASURES[effect.measure]),
        before=side_word(effect.before, effect.measure, speech),
        after=side_word(effect.after, effect.measure, speech),
        days=speech.number(effect.length // timedelta(days=1)),
    )


def side_word(side: Side, measure: Measure, speech: Speech) -> str:
    """ "83 % (62 % – 94 %) of 18", "3.5", "2 h 5 min"; a dash where there was nothing."""
    return _SIDES[measure](side, side.value, speech) if side.value is not None else "–"


def _share(side: Side, value: float, speech: Speech) -> str:
    interval = f"{speech.percent(side.low or 0.0, 1)} – {speech.percent(1.0 if side.high is None else side.high, 1)}"
    return speech.say("{share} ({interval}) of {n}", share=speech.percent(value, 1), interval=interval, n=speech.number(side.cases))


def _rate(_: Side, value: float, speech: Speech) -> str:
    return str(format_decimal(value, "0.#", locale=speech.language))


def _span(_: Side, value: float, speech: Speech) -> str:
    return speech.span(value)


_SIDES: dict[Measure, Callable[[Side, float, Speech], str]] = {
    Measure.PRECISION: _share,
    Measure.BREACHES: _rate,
    Measure.ANSWERS: _span,
}


def learned(figures: WeekFigures, speech: Speech, home: str) -> tuple[Topic, ...]:
    """Whether what was done after crises, incidents and exercises changed anything; nothing while no comparison was complete."""
    if not figures.learned:
        return ()
    better = sum(effect.verdict is Verdict.BETTER for _, effect in figures.learned)
    sentence = speech.count(
        "Of {shown} action after a review it is known now what changed; surely better: {better}.",
        "Of {shown} actions after reviews it is known now what changed; surely better: {better}.",
        len(figures.learned),
        better=speech.number(better),
    )
    return (
        Topic(
            title=speech.say("Did we learn?"),
            sentence=sentence,
            table=_table([(task.planned.text, effect_line(effect, speech)) for task, effect in figures.learned], speech),
            url=f"{home}/lessons",
            link=speech.say("All lessons"),
        ),
    )


def _table(rows: Sequence[tuple[str, str]], speech: Speech) -> Table:
    heads = (speech.say("What was done"), speech.say("what changed"))
    return Table(heads=heads, aligns=("left", "left"), rows=tuple(rows[:ROWS]), left_out=max(0, len(rows) - ROWS))
