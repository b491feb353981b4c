"""What the digest tells of KPIs: only what misses its target or has moved."""

from collections.abc import Sequence

from reports.kpi_words import amount, met_line, target_line
from reports.kpis import Figure
from reports.view import Table, Topic
from reports.wording import Speech

ROWS = 10


def kpis(figures: Sequence[Figure], week: str, speech: Speech, home: str) -> tuple[Topic, ...]:
    """What misses its target first, then what has moved since the week before; nothing when all stands well and still."""
    missed = [one for one in figures if one.is_met is False]
    moved = [one for one in figures if one.is_met is not False and one.has_moved]
    if not missed and not moved:
        return ()
    sentence = speech.count("{shown} figure misses its target", "{shown} figures miss their target", len(missed))
    sentence += ", " + speech.count("{shown} other has moved.", "{shown} others have moved.", len(moved))
    rows = tuple(
        (
            one.kpi.name_in(speech.language),
            amount(one.value, one.kpi, speech),
            amount(one.before, one.kpi, speech),
            " ".join(part for part in (target_line(one.target, one.kpi, speech), met_line(one.is_met, speech)) if part),
        )
        for one in [*missed, *moved]
    )
    heads = (speech.say("figure"), speech.say("this week"), speech.say("week before"), speech.say("target"))
    table = Table(heads=heads, aligns=("left", "right", "right", "left"), rows=rows[:ROWS], left_out=max(0, len(rows) - ROWS))
    link = speech.say("All figures of the week")
    return (Topic(title=speech.say("Figures"), sentence=sentence, table=table, url=f"{home}/figures?at={week}", link=link),)
