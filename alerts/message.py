"""Builds what channels send from an incident's card: the line that must say it all in 120 characters, why, how many, who else.

`build` is pure: what it needs of the world (addresses, explanations, names) is given to it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher

from alerts.contacts import key
from alerts.follow import UPDATE, last_change
from alerts.headlines import headline, reach, speak, where, zone
from alerts.quoting import clean, one_line
from core.labels import platform_name, severity_name
from core.number_words import brief, sentences, told_last
from core.records import EvidenceItem, IncidentCard
from core.sending import DueDelivery, Told
from core.signals import LABEL
from core.text import fold
from core.types import Clicks, IncidentState, Message, Quote, Severity

LINE = 120
QUOTES = 3
LOUD = 10_000

Because = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Links:
    """Where the incident can be seen, and where it can be acknowledged ('' for a reader who cannot acknowledge)."""

    url: str
    ack_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a message says of the world around its incident.

    `because(detector, language)` is a detector's plain-language reason ('' if it has none); `people` gives persons' names by id;
    `code_names` are the configured ones, so that an inflected form is called by its name. Times are told in `timezone`.
    """

    because: Because
    timezone: str
    people: Mapping[str, str] = field(default_factory=dict)
    code_names: Sequence[str] = ()


def build(
    card: IncidentCard,
    delivery: DueDelivery,
    links: Links,
    now: datetime,
    around: Around,
    *,
    thread: str | None = None,
    also: Sequence[IncidentCard] = (),
    clicks: Clicks | None = None,
) -> Message:
    """The message of a delivery about one incident, at `now` (aware UTC), in its reader's language.

    `also` are other incidents that were gathered into it. `clicks` is what its buttons carry that act by themselves.
    """
    row, language = card.row, delivery.contact.language
    term = _term(card, around.code_names)
    return Message(
        delivery_id=delivery.delivery_id,
        dedup_key=delivery.dedup_key,
        incident_id=row.incident_id,
        kind=delivery.kind,
        severity=row.severity,
        language=language,
        title=headline(row.label, one_line(term, 60), language),
        line=_line(card, term, language, len(also)),
        because=_why(card, also, language, around),
        quotes=tuple(item.quote for item in card.evidence[:QUOTES]),
        count=row.items,
        told=_others(card, key(delivery.contact), language, around),
        url=links.url,
        ack_url=links.ack_url,
        timezone=around.timezone,
        sent_at=now,
        thread=thread,
        state=row.state.value,
        news=_news(card, around.people, language) if delivery.kind == UPDATE else "",
        clicks=clicks,
    )


def _why(card: IncidentCard, also: Sequence[IncidentCard], language: str, around: Around) -> str:
    """By the numbers, by the detectors, and what else this message is about."""
    said = (_counted(card, language, around.timezone), _because(card, around.because, language), _also(also, language, around.code_names))
    return " ".join(filter(None, said))


def _others(card: IncidentCard, reader: str, language: str, around: Around) -> tuple[str, ...]:
    """Who else was told and still is."""
    told = (told for told in card.told if told.contact != reader and told.state not in ("moved", "withdrawn"))
    return tuple(_told(one, around.people, language) for one in told)


def with_link(message: Message) -> str:
    """The line with the address that acknowledges it, for media without buttons."""
    if not message.ack_url:
        return f"{message.line}. {message.url}"
    return f"{message.line}. {speak(message.language).say('Ack: {link}', link=message.ack_url)}"


def _also(cards: Sequence[IncidentCard], language: str, code_names: Sequence[str]) -> str:
    """The other incidents of one message, by our own words alone, configured code names among them: this text is no quotation."""
    if not cards:
        return ""
    told = "; ".join(_named(card, language, code_names) for card in cards)
    return speak(language).count("{n} more incident: {what}", "{n} more incidents: {what}", len(cards), what=told)


def _named(card: IncidentCard, language: str, code_names: Sequence[str]) -> str:
    row, term = card.row, _term(card, code_names)
    ours = one_line(term, 60) if term in code_names else ""
    return f"[{severity_name(row.severity, language)}] {headline(row.label, ours, language)} (#{row.incident_id})"


def _line(card: IncidentCard, term: str, language: str, more: int) -> str:
    """The most that fits into 120 characters; what matters least goes first: reach, then author, then the number of posts."""
    row, spoken = card.row, speak(language)
    mark = spoken.say("resolved") if row.state is IncidentState.RESOLVED else severity_name(row.severity, language)
    posts = spoken.count("{n} post", "{n} posts", row.items)
    people = spoken.count("{n} person", "{n} people", row.authors)
    quotes = [item.quote for item in card.evidence]
    places = _places(quotes, language)
    head = f"[{mark}] {headline(row.label, one_line(term, 48), language)}"
    crowd = row.authors > 1
    who = f", {people}" if crowd else ""
    endings = [f"{who} {places}{_by(quotes, language, crowd, full)}, {posts}" for full in (True, False)]
    endings += [f"{who} {places}, {posts}", f"{who}, {posts}", ""]
    if not row.items:
        endings = [f": {one_line(row.title, 80)}" if row.title else "", ""]
    numbers = told_last(card.events) if row.label == LABEL else None
    endings = [f": {brief(numbers, language)}", *endings] if numbers is not None else endings
    rest = f" ({spoken.say('+{n} more', n=more)})" if more else ""
    lines = (" ".join(f"{head}{ending}".replace(" ,", ",").split()) for ending in endings)
    return one_line(next((line for line in lines if len(line) + len(rest) <= LINE), head[: LINE - len(rest)]), LINE - len(rest)) + rest


def _counted(card: IncidentCard, language: str, timezone: str) -> str:
    """What the numbers say, where they speak of it."""
    numbers = told_last(card.events)
    return one_line(" ".join(sentences(numbers, language, zone(timezone))), 600) if numbers is not None else ""


def _news(card: IncidentCard, people: Mapping[str, str], language: str) -> str:
    """What changed last, and who did it, by name; what happened by itself has nobody."""
    spoken, change = speak(language), last_change(card)
    if change is not None and change.kind == "severity" and {"from", "to"} <= set(change.detail):
        was, now = (severity_name(Severity(str(change.detail[name])), language) for name in ("from", "to"))
        return spoken.say("Severity: {was} → {now}.", was=was, now=now)
    name = one_line(people.get(change.actor, change.actor), 60) if change is not None and change.actor != "czujka" else ""
    by_somebody = {IncidentState.ACKNOWLEDGED: "Acknowledged by {name}.", IncidentState.RESOLVED: "Resolved by {name}."}
    alone = {IncidentState.ACKNOWLEDGED: "Acknowledged.", IncidentState.RESOLVED: "Resolved."}
    if card.row.state is IncidentState.OPEN:
        return spoken.say("Open again by {name}.", name=name) if name else spoken.say("Open again.")
    return spoken.say(by_somebody[card.row.state], name=name) if name else spoken.say(alone[card.row.state])


def _places(quotes: Sequence[Quote], language: str) -> str:
    """Where the shown posts stand: "on X", or "(X, Facebook)" for several platforms."""
    platforms = list(dict.fromkeys(quote.platform for quote in quotes))
    if len(platforms) < 2:
        return where(platforms[0], language) if platforms else ""
    return f"({', '.join(platform_name(platform) for platform in platforms[:4])})"


def _by(quotes: Sequence[Quote], language: str, crowd: bool, full: bool) -> str:
    """Who wrote it: the one author, or for many the one with the widest reach."""
    widest = max(quotes, key=lambda quote: quote.reach or 0, default=None)
    author = one_line(widest.author, 40) if widest else ""
    if not widest or not author or (crowd and (widest.reach or 0) < LOUD):
        return ""
    named = f"{author} ({reach(widest.reach, language)})" if full else author
    return ", " + speak(language).say("one of them {author}", author=named) if crowd else speak(language).say(" by {author}", author=named)


def _term(card: IncidentCard, code_names: Sequence[str]) -> str:
    """The code name that was seen, as the configuration writes it where that can be told, else as the post writes it."""
    seen = next(
        (
            quote.text[start:end]
            for quote in (item.quote for item in card.evidence)
            for start, end, label in quote.spans
            if label == card.row.label
        ),
        "",
    )
    named = max(code_names, key=lambda name: _likeness(name, seen), default="")
    return named if named and _likeness(named, seen) > 0.7 else clean(seen)


def _likeness(one: str, other: str) -> float:
    """From 0 to 1: the same but for inflection, accents and spacing is near 1."""
    return float(SequenceMatcher(None, _letters(one), _letters(other)).ratio())


def _letters(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _because(card: IncidentCard, because: Because, language: str) -> str:
    """Why the incident's own label fired; what else fired only where that has no words of its own. At most two reasons."""
    own = _detectors(card.evidence, lambda label: label == card.row.label)
    for detectors in (own, _detectors(card.evidence, lambda _: True)):
        reasons = dict.fromkeys(one_line(reason, 300) for detector in detectors if (reason := because(detector, language)))
        if reasons:
            return " ".join(list(reasons)[:2])
    return ", ".join(own)


def _detectors(evidence: Sequence[EvidenceItem], fits: Callable[[str], bool]) -> list[str]:
    return list(
        dict.fromkeys(finding.detector for item in evidence for finding in item.findings if finding.reported and fits(finding.label))
    )


def _told(told: Told, people: Mapping[str, str], language: str) -> str:
    """Who, by what, and whether it arrived. Addresses are not shown: a message may travel far."""
    kind = told.contact.split(":", 1)[0]
    states = {"sent": "sent", "waiting": "under way", "failed": "not delivered"}
    name = people.get(told.person or "") or told.person or told.channel
    state = "may have arrived" if told.may_have_arrived and told.state != "sent" else states.get(told.state, told.state)
    return f"{one_line(name, 60)} ({kind}, {speak(language).say(state)})"
