"""A situation report's answers in the reader's words: is it real, how fast, what story, answered, our last statement, next update."""

from datetime import timedelta

from actions.sharing import announced
from core.keywords import keywords
from core.records import EvidenceItem, IncidentCard
from core.situation import Situation
from reports.situation import Chart, Sheet
from web.context import Context
from web.evidence import one_line, show
from web.growth import Growth
from web.visitor import owner_name, person_name
from web.wording import SEVERITIES, STATES, Speech, platform_name

STATEMENT = 600
STORY = 200
"""posts, the oldest, that its words are taken from"""
VOICES = 3


def facts_of(context: Context, speech: Speech, card: IncidentCard, grown: Growth | None) -> list[tuple[str, str]]:
    """(question, answer) in order."""
    row, situation = card.row, context.store.situations.of(card.row.incident_id, card.row.brand, card.row.opened_at)
    owners = ", ".join(owner_name(context.settings, name) for name in (row.owner, *card.participants))
    state = speech.say(STATES[row.state.value])
    held = f" · {person_name(context.settings, row.acknowledged_by)}" if row.acknowledged_by else ""
    words = keywords([_text(item, STATEMENT) for item in context.store.incidents.items(row.incident_id, limit=STORY)], situation.others)
    return [
        (speech.say("Is it real?"), _real(speech, card, situation)),
        (speech.say("How fast?"), _fast(speech, card, grown)),
        *([(speech.say("Words of this story"), ", ".join(words))] if words else []),
        *([(speech.say("Heard furthest"), _voices(speech, situation))] if len(situation.voices) > 1 else []),
        (speech.say("Is it answered?"), _answered(speech, situation)),
        (speech.say("Our last statement"), _statement(context, speech, card, situation.own_word)),
        (speech.say("Next update"), _next(speech, card)),
        (speech.say("Who answers for it"), f"{owners} · {state}{held}"),
    ]


def sheet_of(
    context: Context, speech: Speech, card: IncidentCard, title: str, facts: list[tuple[str, str]], hours: tuple[int, ...]
) -> Sheet:
    """The same for print, with its growth by `hours` and the posts that tell it best. What is hidden on pages is hidden here."""
    return Sheet(
        language=speech.language,
        title=title,
        severity=speech.say(SEVERITIES[card.row.severity]),
        as_of=speech.say("As of {time}", time=speech.exact(speech.now)),
        made_at=speech.now,
        facts=tuple(facts),
        chart=_chart(context, speech, card, hours),
        heading=speech.say("What was said"),
        posts=tuple((_by(speech, item), _text(item, 1200)) for item in card.evidence),
        foot=context.settings.company.name,
    )


def _chart(context: Context, speech: Speech, card: IncidentCard, hours: tuple[int, ...]) -> Chart | None:
    """How the story grew by the hour, and how many posts an hour name the brand usually. None where there is nothing to see."""
    if not any(hours):
        return None
    row = card.row
    usual = context.store.situations.of(row.incident_id, row.brand, row.opened_at).usual if row.brand else None
    brand = next((one.name for one in context.settings.brand if one.id == row.brand), "")
    often = None if usual is None else speech.number(round(usual, 1) if usual < 10 else round(usual))
    times = [speech.now - timedelta(hours=len(hours) - 1 - place) for place in range(len(hours))]
    return Chart(
        title=speech.say("Posts an hour: {n} at most", n=max(hours)),
        hours=hours,
        names=tuple(f"{at.astimezone(speech.zone):%H:%M}" for at in times),
        usual=usual,
        usually="" if often is None else speech.say("usually {n} an hour", n=often),
        foot=speech.say("Posts of this story by the hour, each bar ends at the time below it.")
        + ("" if often is None else " " + speech.say("The line: all public posts about {brand}, four weeks before.", brand=brand)),
    )


def _real(speech: Speech, card: IncidentCard, situation: Situation) -> str:
    row = card.row
    posts, people = speech.count("{n} post", "{n} posts", row.items), speech.count("{n} person", "{n} people", row.authors)
    where = ", ".join(platform_name(speech, name) for name in situation.platforms)
    lines = [f"{posts}, {people}: {where}"]
    judged = situation.right + situation.wrong
    if judged:
        lines.append(speech.say("{right} of {all} judgements by people call it right.", right=situation.right, all=judged))
    else:
        lines.append(speech.say("Nobody has judged it yet."))
    return "\n".join(lines)


def _fast(speech: Speech, card: IncidentCard, grown: Growth | None) -> str:
    since = speech.say("since {time}", time=speech.exact(card.row.opened_at))
    few = speech.say("too few posts to say")
    fast = few if grown is None else speech.count("{n} post in the last hour", "{n} posts in the last hour", grown.last_hour)
    return f"{fast}, {since}"


def _voices(speech: Speech, situation: Situation) -> str:
    """Who was heard furthest, a line each."""
    named = ((one_line(one.author, 80) or speech.say("unknown author"), one) for one in situation.voices[:VOICES])
    return "\n".join(f"{name} · {platform_name(speech, one.platform)} · {speech.reach(one.followers)}" for name, one in named)


def _answered(speech: Speech, situation: Situation) -> str:
    if not situation.talks:
        return speech.say("No conversation belongs to it.")
    return speech.say("{answered} of {all} conversations are answered.", answered=situation.answered, all=situation.talks)


def _statement(context: Context, speech: Speech, card: IncidentCard, own: EvidenceItem | None) -> str:
    """The newer of what was announced with a report, and what our own accounts posted."""
    said = announced(card)
    if said is not None and said.statement and (own is None or own.quote.created_at <= said.at):
        return f"{said.statement}\n{person_name(context.settings, said.by)}, {speech.exact(said.at)}"
    if own is not None:
        return f"{_text(own, STATEMENT)}\n{platform_name(speech, own.quote.platform)}, {speech.exact(own.quote.created_at)}"
    return speech.say("None so far.")


def _next(speech: Speech, card: IncidentCard) -> str:
    said = announced(card)
    if said is None or said.next_update is None:
        return speech.say("Not announced.")
    overdue = speech.say("overdue")
    return speech.exact(said.next_update) + (f" ({overdue})" if said.next_update < speech.now else "")


def _by(speech: Speech, item: EvidenceItem) -> str:
    author = one_line(item.quote.author, 80) or speech.say("unknown author")
    where, reach = platform_name(speech, item.quote.platform), speech.reach(item.quote.reach)
    return f"{where} · {author} · {reach} · {speech.exact(item.quote.created_at)}"


def _text(item: EvidenceItem, limit: int) -> str:
    return "".join(piece.text for piece in show(item, limit=limit).pieces)
