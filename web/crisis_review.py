"""A crisis afterwards, in the reader's words: figures, what was late, what was decided, and the time line minute by minute."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.crisis import late_items_of, silences_of
from actions.lessons import effect
from core.crisis import Action, Room
from core.lessons import task_of
from core.records import IncidentCard
from reports.learned import effect_line
from reports.situation import Sheet
from reports.wording import Speech as Words
from web.advice import event_line
from web.context import Context
from web.crisis_telling import Teller
from web.visitor import owner_name, person_name
from web.wording import SEVERITIES, Speech, platform_name

MOST_LINES = 6000


@dataclass(frozen=True, slots=True)
class Minute:
    """What happened in one minute: (who, what)."""

    at: datetime
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The whole review. `figures` are (question, answer); `card` is the incident that it grew out of."""

    figures: Sequence[tuple[str, str]]
    late: Sequence[str]
    minutes: Sequence[Minute]


def tell(context: Context, speech: Speech, teller: Teller, room: Room, card: IncidentCard | None) -> Told:
    """Everything that the page and the file hold."""
    return Told(
        figures=[*_figures(speech, teller, room), *(_of_incident(context, speech, card) if card is not None else ())],
        late=late_lines(context, speech, room),
        minutes=_minutes(context, speech, teller, room, card),
    )


def late_lines(context: Context, speech: Speech, room: Room) -> list[str]:
    """What was late, each in a sentence; nothing when all was in time."""
    found = []
    for one in late_items_of(room, speech.now):
        what = one.item.text(speech.language)
        if one.done_at is None:
            found.append(speech.say("Never done: {what}", what=what))
        else:
            found.append(speech.say("{span} late: {what}", span=speech.span(one.done_at - one.due_at), what=what))
    for gap in silences_of(room, context.settings, speech.now):
        since = speech.clock(gap.since)
        if gap.since == room.crisis.declared_at and gap.until is not None:
            found.append(speech.say("The first statement came only after {span}.", span=speech.span(gap.length)))
        else:
            found.append(speech.say("We said nothing for {span}, from {time} on.", span=speech.span(gap.length), time=since))
    return found


def action_about(teller: Teller, action: Action) -> str:
    """What an action points at."""
    return f"{teller.about(action.planned.about)}: {action.planned.pointer}"


def sheet_of(context: Context, speech: Speech, teller: Teller, room: Room, told: Told) -> Sheet:
    """The same for print."""
    one = room.crisis
    late = "\n".join(told.late) or speech.say("Nothing was late.")
    actions = "\n".join(_action_line(context, speech, teller, action) for action in room.actions) or speech.say("None so far.")
    return Sheet(
        language=speech.language,
        title=speech.say("Review: {title}", title=one.title),
        severity=teller.kind(),
        as_of=speech.say("As of {time}", time=speech.exact(speech.now)),
        made_at=speech.now,
        facts=(*told.figures, (speech.say("What was late"), late), (speech.say("What we change"), actions)),
        heading=speech.say("Minute by minute"),
        posts=tuple((speech.exact(minute.at), "\n".join(f"{who}: {what}" for who, what in minute.lines)) for minute in told.minutes),
        foot=context.settings.company.name,
        most_lines=MOST_LINES,
    )


def _action_line(context: Context, speech: Speech, teller: Teller, action: Action) -> str:
    by = speech.say("{name}, by {day}", name=person_name(context.settings, action.planned.owner), day=speech.day(action.planned.due_at))
    done = f", {speech.say('done {day}', day=speech.day(action.done_at))}" if action.done_at is not None else ""
    changed = f"; {effect_words(context, speech, action)}" if action.done_at is not None else ""
    return f"{action.planned.text} ({action_about(teller, action)}; {by}{done}{changed})"


def effect_words(context: Context, speech: Speech, action: Action) -> str:
    """Whether an action changed anything, in a sentence."""
    return effect_line(effect(context.store, task_of(action), speech.now), Words(speech.language))


def _figures(speech: Speech, teller: Teller, room: Room) -> list[tuple[str, str]]:
    one = room.crisis
    over = one.stood_down_at or speech.now
    said = sorted(at for statement in room.statements if (at := statement.published_at) is not None)
    first = speech.span(said[0] - one.declared_at) if said else speech.say("Nothing was said outside so far.")
    items = teller.checklist.items
    ticked = sum(item.id in room.ticks for item in items)
    return [
        (
            speech.say("How long"),
            f"{speech.span(over - one.declared_at)}, {speech.say('since {time}', time=speech.exact(one.declared_at))}",
        ),
        (speech.say("First statement after"), first),
        (speech.say("Statements"), str(len(said))),
        (speech.say("Checklist"), speech.say("{done} of {all} items done", done=ticked, all=len(items))),
    ]


def _of_incident(context: Context, speech: Speech, card: IncidentCard) -> list[tuple[str, str]]:
    row = card.row
    known = context.store.situations.of(row.incident_id, row.brand, row.opened_at)
    taken = next((event.at for event in card.events if event.kind == "acknowledged"), None)
    posts, people = speech.count("{n} post", "{n} posts", row.items), speech.count("{n} person", "{n} people", row.authors)
    where = ", ".join(platform_name(speech, name) for name in known.platforms)
    told = len({one.person for one in card.told if one.person})
    answered = (
        speech.say("{answered} of {all} conversations are answered.", answered=known.answered, all=known.talks)
        if known.talks
        else speech.say("No conversation belongs to it.")
    )
    return [
        (speech.say("What was said"), f"{posts}, {people}: {where} · {speech.say(SEVERITIES[row.severity])}"),
        (speech.say("Somebody took it after"), speech.span(taken - row.opened_at) if taken is not None else speech.say("nobody took it")),
        (speech.say("Who was told"), speech.count("{n} person", "{n} people", told)),
        (speech.say("Is it answered?"), answered),
    ]


def _minutes(context: Context, speech: Speech, teller: Teller, room: Room, card: IncidentCard | None) -> list[Minute]:
    """The log of the room and the history of its incident in one, the oldest first."""
    people = {person.id: person.name for person in context.settings.person if person.name}
    owners = {owner.id: owner_name(context.settings, owner.id) for owner in context.settings.owner}
    happened = [(entry.at, person_name(context.settings, entry.actor), teller.line(entry)) for entry in room.entries]
    for event in card.events if card is not None else ():
        who = "Czujka" if event.actor == "czujka" else person_name(context.settings, event.actor)
        happened.append((event.at, who, event_line(event, speech, owners, people)))
    grouped: defaultdict[datetime, list[tuple[str, str]]] = defaultdict(list)
    for at, who, what in sorted(happened, key=lambda one: one[0]):
        grouped[at.replace(second=0, microsecond=0)].append((who, what))
    return [Minute(at, tuple(lines)) for at, lines in grouped.items()]
