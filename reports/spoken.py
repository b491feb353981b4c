"""The digest's screen on what our own side said: replies that a person would not have wanted, statements that differ from key facts."""

from core.figures import WeekFigures
from core.manners import Fault
from reports.view import Need, Table, Topic
from reports.wording import Speech

ROWS = 10
PAGE = "our-words"


def spoken(figures: WeekFigures, speech: Speech, home: str) -> tuple[Topic, ...]:
    """How we answered, and whether we said what was approved; nothing where we said nothing to anybody and nothing differs."""
    told = figures.spoken
    if not told.weighed and not told.contradictions:
        return ()
    sentence = speech.count(
        "We gave {shown} reply; with blame or mockery: {quarrels}, nothing but courtesy: {formulas}, a question left open: {unanswered}.",
        "We gave {shown} replies; with blame or mockery: {quarrels}, nothing but courtesy: {formulas}, a question left open: {unanswered}.",
        len(told.weighed),
        quarrels=speech.number(told.count(Fault.QUARREL)),
        formulas=speech.number(told.count(Fault.FORMULA)),
        unanswered=speech.number(told.count(Fault.UNANSWERED)),
    )
    if told.facts:
        sentence += " " + speech.say("Statements that differ from the key facts: {n}.", n=speech.number(len(told.contradictions)))
    link = speech.say("All that we said")
    return (Topic(title=speech.say("Our own words"), sentence=sentence, table=_table(figures, speech), url=f"{home}/{PAGE}", link=link),)


def need_correction(figures: WeekFigures, speech: Speech, home: str) -> list[Need]:
    """A statement of ours that is not what was approved wants to be put right."""
    differing = figures.spoken.contradictions
    if not differing:
        return []
    newest = differing[0]
    text = speech.count(
        "{shown} statement of ours differs from the key facts: correct it ({fact}: {value}, not {expected})",
        "{shown} statements of ours differ from the key facts: correct them ({fact}: {value}, not {expected})",
        len(differing),
        fact=newest.fact,
        value=newest.value,
        expected=newest.expected,
    )
    return [Need(text=text, url=f"{home}/{PAGE}")]


def _table(figures: WeekFigures, speech: Speech) -> Table | None:
    differing = figures.spoken.contradictions
    if not differing:
        return None
    heads = (speech.say("Key fact"), speech.say("account"), speech.say("says"), speech.say("instead of"))
    rows = tuple((each.fact, each.said.account, each.value, each.expected) for each in differing[:ROWS])
    return Table(heads=heads, aligns=("left",) * len(heads), rows=rows, left_out=max(0, len(differing) - ROWS))
