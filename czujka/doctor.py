"""Looks for what is wrong and says what to do: sources that are silent or failing, work that is stuck, messages nobody got.

`audit` is asked by the running service all the time, `examine` by a person: it also looks through the database, which takes long.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from actions.erased import back
from classifiers.rules.pack import HOME, load_packs
from collector import ocr
from collector.answers import rights_of
from core.blindness import WAITS, SourceHealth, is_blind, is_late, unread_since
from core.budgets import MENTIONS, budgets
from core.errors import ConfigError
from core.i18n import Told, told
from core.replies import ReplyKind, ReplyState
from core.settings import Settings, SourceSettings
from czujka.case_letters import ABOUT_CASES
from czujka.heads import heads_file, read_heads
from governance.audit import faults
from storage import Store

STUCK = timedelta(minutes=5)

ROOM = Path(__file__).resolve().parent


def say(message: str, /, **values: object) -> Told:
    """A sentence of the doctor's, in English and, for pages, in Polish."""
    return told(ROOM, message, **values)


ADVICE = {
    "unauthorized": say("renew the token or its permissions, then `czujka collect {id}`"),
    "rate_limited": say("nothing to do: it is asked again when the platform allows; a longer `every` avoids it"),
    "budget_spent": say("nothing to do until the budget renews; raise the cap if mentions must go on"),
    "usage_capped": say("nothing to do until the platform allows more; raise the limit there if mentions must go on"),
    "empty": say("it answers with nothing at all: look at the address in a browser, and ask whoever runs it"),
    "gone": say("what the source points to has moved or ended: correct its address, or remove the source"),
    "timeout": say("the platform is slow; if it stays so, look at the network of this machine"),
    "connect": say("the platform cannot be reached from here: look at the network, the name and the port"),
    "refused_address": say("the address is a private one; allow it in [http] allow_private if it is yours"),
    "secret_missing": say("set the variable or the file that the secret names"),
}
OTHERWISE = say("see the detail; `czujka collect {id}` tries again at once")


@dataclass(frozen=True, slots=True)
class Ill:
    """Something wrong, in words for the operator. `alarming`: the watcher itself cannot be trusted until it is mended."""

    kind: str
    what: Told
    detail: Told
    advice: Told
    alarming: bool = True


def examine(settings: Settings, store: Store, now: datetime) -> list[Ill]:
    """All that needs attention; nothing when all is well. `now` is aware UTC."""
    return [*audit(settings, store, now), *packs(HOME), *_broken(store), *_tampered(settings, store), *_returned(settings, store)]


def audit(settings: Settings, store: Store, now: datetime) -> list[Ill]:
    """The same without a look through the database: cheap enough for every minute."""
    return [
        *_sources(settings, store, now),
        *_budgets(settings, store, now),
        *_quarantined(store, now),
        *_stuck(store, now),
        *_unsent(store),
        *_letters(store),
        *_hooks(store, now),
        *_replies(store, now),
        *_refused(settings, store),
        *_canary(settings, store, now),
        *_pictures(settings),
    ]


def packs(home: Path) -> Iterator[Ill]:
    """Rule packs that cannot be used: a service that runs keeps the rules that it has, one that starts does not start."""
    try:
        load_packs(home)
    except ConfigError as error:
        yield Ill(
            "rules",
            say("rule packs"),
            say("cannot be used, so the old rules stay in force: {error}", error=str(error)),
            say("mend that line, then `czujka rules lint`"),
        )


def _pictures(settings: Settings) -> Iterator[Ill]:
    """Letters in pictures are asked for, and cannot be read here: pictures wait for people alone."""
    missing = ocr.sickness() if settings.pictures.read else None
    if missing is not None:
        advice = say("install {packages} (as Debian calls them), or set read = false under [pictures]", packages=missing)
        detail = say("their letters are not read: {packages} is missing", packages=missing)
        yield Ill("pictures", say("pictures"), detail, advice, alarming=False)


def _tampered(settings: Settings, store: Store) -> Iterator[Ill]:
    """The first thing that shows that the audit was changed behind Czujka's back."""
    kept = heads_file(settings)
    heads = read_heads(kept) if kept.exists() else []
    for fault in faults(store.audit.links(), store.audit.aliases(), heads)[:1]:
        yield Ill(
            "tampered",
            say("the audit"),
            say("is not as it was written: {fault}", fault=fault),
            say("`czujka audit verify` names all of it; find out who can write to the database, and compare with a backup"),
        )


def _returned(settings: Settings, store: Store) -> Iterator[Ill]:
    """A database that was put back by other means than `czujka db restore` holds who was erased since."""
    authors, words = back(store, settings)
    if authors or words:
        yield Ill(
            "erased",
            say("people who were erased"),
            say("are back: {n} names or accounts, as after a restore", n=len(authors) + len(words)),
            say("`czujka privacy erase-again` erases them again"),
        )


def _sources(settings: Settings, store: Store, now: datetime) -> Iterator[Ill]:
    configured = {source.id: source for source in settings.source}
    known = {health.source_id: health for health in store.sources.health(now)}
    for name, source in configured.items():
        health = known.get(name)
        if health is None or health.last_poll_at is None:
            yield Ill(
                "unasked",
                say("source {name}", name=name),
                say("has never been asked"),
                say("start `czujka run`, or try `czujka collect {name}`", name=name),
            )
        elif health.reason not in WAITS and (is_blind(source, health, now) or is_late(source, health, now)):
            yield _unread(source, health, now)
        elif health.failures:
            yield Ill(
                "failing",
                say("source {name}", name=name),
                say("failed {n} times, last: {reason}: {detail}", n=health.failures, reason=health.reason, detail=health.detail),
                say(ADVICE.get(health.reason, OTHERWISE).message, id=name),
                alarming=health.reason not in WAITS,
            )
        elif is_silent(source, health, now):
            since = f"{health.last_item_at:%Y-%m-%d %H:%M} UTC"
            yield Ill(
                "silent",
                say("source {name}", name=name),
                say("nothing new since {since}", since=since),
                say("look whether the account or feed still posts"),
            )


def _unread(source: SourceSettings, health: SourceHealth, now: datetime) -> Ill:
    """A source that was not read when it was due: late, then blind."""
    blind = is_blind(source, health, now)
    since = f"{unread_since(source, health) or health.last_poll_at:%Y-%m-%d %H:%M} UTC"
    name, advice = say("source {name}", name=source.id), say("is `czujka run` or `czujka scheduler` running?")
    detail = say("blind since {since}", since=since) if blind else say("late since {since}", since=since)
    if health.failures:
        advice = say(ADVICE.get(health.reason, OTHERWISE).message, id=source.id)
        values = {"since": since, "n": health.failures, "reason": health.reason, "detail": health.detail}
        told = (
            say("blind since {since}, failed {n} times, last: {reason}: {detail}", **values)
            if blind
            else say("late since {since}, failed {n} times, last: {reason}: {detail}", **values)
        )
        detail = told
    return Ill("blind" if blind else "late", name, detail, advice, alarming=blind or health.failures > 0)


def _budgets(settings: Settings, store: Store, now: datetime) -> Iterator[Ill]:
    """What will be or is spent before the month ends."""
    configured = {source.id for source in settings.source}
    for health in store.sources.health(now):
        for budget in budgets(health, now) if health.source_id in configured else ():
            name, ends, again = say("source {name}", name=health.source_id), budget.runs_out(now), f"{budget.reset_at:%Y-%m-%d}"
            raising = say("raise `monthly_reads`, or let it rest until then")
            if budget.name == MENTIONS and budget.is_spent:
                detail = say("mentions are out of budget until {day}; the account's own posts go on from the reserve", day=again)
                yield Ill("budget", name, detail, raising, alarming=False)
            elif ends is not None and budget.name == MENTIONS:
                detail = say("the budget for mentions is spent on {day} at this pace", day=f"{ends:%Y-%m-%d}")
                yield Ill("budget", name, detail, say("raise `monthly_reads`, or ask for less"), alarming=False)
            elif ends is not None:
                detail = say("the month's budget is spent on {day} at this pace", day=f"{ends:%Y-%m-%d}")
                yield Ill("budget", name, detail, say("raise `monthly_reads`, or ask for less"), alarming=False)


def is_silent(source: SourceSettings, health: SourceHealth, now: datetime) -> bool:
    """Nothing new for longer than the source promises (`silent_after`)."""
    return source.silent_after is not None and health.last_item_at is not None and now - health.last_item_at > source.silent_after


def _quarantined(store: Store, now: datetime) -> Iterator[Ill]:
    refused = {health.source_id: health.quarantined for health in store.sources.health(now) if health.quarantined}
    for name, count in refused.items():
        newest = store.sources.quarantined(name, limit=1)[0]
        yield Ill(
            "unreadable",
            say("source {name}", name=name),
            say("{n} unreadable entries, the newest: {reason}: {detail}", n=count, reason=newest["reason"], detail=newest["detail"]),
            say("they are kept; report what recurs"),
            alarming=False,
        )


def _stuck(store: Store, now: datetime) -> Iterator[Ill]:
    waiting = store.reading.oldest_unread(now)
    if waiting is not None and now - waiting > STUCK:
        yield Ill(
            "stuck",
            say("classify"),
            say("{n} items wait, the oldest since {since} UTC", n=store.reading.backlog(), since=f"{waiting:%H:%M}"),
            say("`{verb}` shows what stops it", verb="czujka classify --once"),
        )
    overdue = [one for one in store.incidents.due(now, 1000) if one.next_step_at is not None and now - one.next_step_at > STUCK]
    if overdue:
        yield Ill(
            "stuck",
            say("notify"),
            say("{n} incidents wait for a page that is overdue", n=len(overdue)),
            say("`{verb}` shows what stops it", verb="czujka notify --once"),
        )
    unsent = store.deliveries.backlog(now - STUCK)
    if unsent:
        advice = say("`{verb}` shows what stops it", verb="czujka deliver --once")
        yield Ill("stuck", say("deliver"), say("{n} messages are overdue", n=unsent), advice)


def _unsent(store: Store) -> Iterator[Ill]:
    failed = store.deliveries.failed(limit=5)
    for row in failed:
        yield Ill(
            "unreached",
            say("contact {contact}", contact=row.contact),
            say("did not get the message about incident {incident}", incident=row.incident_id),
            say("correct the contact; add a second one to the person"),
            alarming=False,
        )


def _replies(store: Store, now: datetime) -> Iterator[Ill]:
    for row in store.replies.stuck(now - STUCK):
        undecided = row.state is ReplyState.UNDECIDED
        yield Ill(
            "reply",
            say("reply in conversation {n} by {person}", n=row.conversation_id, person=row.written_by),
            say("nobody knows whether it is on the platform") if undecided else say("waits to be sent, last: {reason}", reason=row.reason),
            say("look there, then say so on the conversation's page") if undecided else say("`czujka answer --once` shows what stops it"),
            alarming=False,
        )


_REFUSES = {
    ReplyKind.REPLY: say("is refused by the platform when it replies: {detail}"),
    ReplyKind.LIKE: say("is refused by the platform when it likes: {detail}"),
    ReplyKind.HIDE: say("is refused by the platform when it hides: {detail}"),
}


def _refused(settings: Settings, store: Store) -> Iterator[Ill]:
    """A token that reads but may not write is noticed by nobody but whoever answers."""
    answering = {source.id: source.kind for source in settings.source if source.answer}
    for row in store.replies.refused():
        right = rights_of(answering.get(row.source_id, "")).get(row.kind)
        if right:
            yield Ill(
                "reply",
                say("source {name}", name=row.source_id),
                say(_REFUSES[row.kind].message, detail=row.detail),
                say("give its sign-in the right: {right}; then send it again from conversation {n}", right=right, n=row.conversation_id),
                alarming=False,
            )


def _letters(store: Store) -> Iterator[Ill]:
    """Who keeps the machine well need not learn that there is a case."""
    for due in store.letters.unsent():
        if due.tries:
            kind, topic = ("compliance", "-") if due.kind in ABOUT_CASES else (due.kind, due.topic)
            yield Ill(
                "letter",
                say("letter {kind} {topic}", kind=kind, topic=topic),
                say("did not reach {person} in {n} tries, last: {reason}", person=due.reader.person, n=due.tries, reason=due.reason),
                say("it is tried again, at least each hour; look at the e-mail channel and the address"),
                alarming=False,
            )


def _hooks(store: Store, now: datetime) -> Iterator[Ill]:
    for one in store.hooks.health(now):
        if one.failing and one.since is not None:
            since = f"{one.since:%Y-%m-%d %H:%M} UTC"
            yield Ill(
                "hook",
                say("hook {hook}", hook=one.hook),
                say("has not taken {n} events, the oldest of {since}, last: {reason}", n=one.failing, since=since, reason=one.reason),
                say("`czujka hooks test {hook}` shows what it answers; events are tried for a day", hook=one.hook),
                alarming=False,
            )
        if one.given_up:
            yield Ill(
                "hook",
                say("hook {hook}", hook=one.hook),
                say("did not take {n} events within a day; they are not tried again", n=one.given_up),
                say("ask the API for what is missing there"),
                alarming=False,
            )


def _canary(settings: Settings, store: Store, now: datetime) -> Iterator[Ill]:
    if settings.canary is None:
        return
    flight = store.canaries.flight()
    if flight is None:
        yield Ill("canary", say("canary"), say("was never planted"), say("is `czujka run` or `czujka scheduler` running?"))
    elif flight.is_late(settings.canary, now):
        stage = flight.waits_for or "collect"
        yield Ill(
            "canary",
            say("canary"),
            say("planted at {at}, did not come back; it waits for {stage}", at=f"{flight.since:%Y-%m-%d %H:%M} UTC", stage=stage),
            say("`czujka {stage} --once` shows what stops it", stage=stage),
        )


def _broken(store: Store) -> Iterator[Ill]:
    for problem in store.problems():
        advice = say("restore the last backup; see docs/how-to/backup.md")
        yield Ill("damaged", say("database"), say("{problem}", problem=problem), advice)
