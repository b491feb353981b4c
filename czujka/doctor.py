"""Looks for what is wrong and says what to do: sources that are silent or failing, work that is stuck, messages nobody got.

`audit` is asked by the running service all the time, `examine` by a person: it also looks through the database, which takes long.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from classifiers.rules.pack import HOME, load_packs
from core.errors import ConfigError
from core.records import SourceHealth
from core.settings import Settings, SourceSettings
from storage import Store

STUCK = timedelta(minutes=5)

ADVICE = {
    "unauthorized": "renew the token or its permissions, then `czujka collect {id}`",
    "rate_limited": "nothing to do: it is asked again when the platform allows; a longer `every` avoids it",
    "budget_spent": "nothing to do until the budget renews; raise the cap if mentions must go on",
    "gone": "what the source points to has moved or ended: correct its address, or remove the source",
    "timeout": "the platform is slow; if it stays so, look at the network of this machine",
    "connect": "the platform cannot be reached from here: look at the network, the name and the port",
    "refused_address": "the address is a private one; allow it in [http] allow_private if it is yours",
    "secret_missing": "set the variable or the file that the secret names",
}


@dataclass(frozen=True, slots=True)
class Ill:
    """Something wrong, in words for the operator. `alarming`: the watcher itself cannot be trusted until it is mended."""

    kind: str
    what: str
    detail: str
    advice: str
    alarming: bool = True


def examine(settings: Settings, store: Store, now: datetime) -> list[Ill]:
    """All that needs attention; nothing when all is well. `now` is aware UTC."""
    return [*audit(settings, store, now), *packs(HOME), *_broken(store)]


def audit(settings: Settings, store: Store, now: datetime) -> list[Ill]:
    """The same without a look through the database: cheap enough for every minute."""
    return [
        *_sources(settings, store, now),
        *_quarantined(store, now),
        *_stuck(store, now),
        *_unsent(store),
        *_letters(store),
        *_hooks(store, now),
    ]


def packs(home: Path) -> Iterator[Ill]:
    """Rule packs that cannot be used: a service that runs keeps the rules that it has, one that starts does not start."""
    try:
        load_packs(home)
    except ConfigError as error:
        yield Ill(
            "rules", "rule packs", f"cannot be used, so the old rules stay in force: {error}", "mend that line, then `czujka rules lint`"
        )


def _sources(settings: Settings, store: Store, now: datetime) -> Iterator[Ill]:
    configured = {source.id: source for source in settings.source}
    known = {health.source_id: health for health in store.sources.health(now)}
    for name, source in configured.items():
        health = known.get(name)
        if health is None or health.last_poll_at is None:
            yield Ill("unasked", f"source {name}", "has never been asked", "start `czujka run`, or try `czujka collect " + name + "`")
        elif health.failures:
            advice = ADVICE.get(health.reason, "see the detail; `czujka collect {id}` tries again at once").format(id=name)
            alarming = health.reason not in ("rate_limited", "budget_spent")
            yield Ill(
                "failing", f"source {name}", f"failed {health.failures} times, last: {health.reason}: {health.detail}", advice, alarming
            )
        elif is_blind(source, health, now):
            since = f"{health.last_success_at:%Y-%m-%d %H:%M} UTC"
            yield Ill("blind", f"source {name}", f"blind since {since}", "is `czujka run` or `czujka scheduler` running?")
        elif is_silent(source, health, now):
            since = f"{health.last_item_at:%Y-%m-%d %H:%M} UTC"
            yield Ill("silent", f"source {name}", f"nothing new since {since}", "look whether the account or feed still posts")


def is_blind(source: SourceSettings, health: SourceHealth, now: datetime) -> bool:
    """No successful poll for three intervals and five minutes."""
    return health.last_success_at is None or now - health.last_success_at > 3 * source.every + timedelta(minutes=5)


def is_silent(source: SourceSettings, health: SourceHealth, now: datetime) -> bool:
    """Nothing new for longer than the source promises (`silent_after`)."""
    return source.silent_after is not None and health.last_item_at is not None and now - health.last_item_at > source.silent_after


def _quarantined(store: Store, now: datetime) -> Iterator[Ill]:
    refused = {health.source_id: health.quarantined for health in store.sources.health(now) if health.quarantined}
    for name, count in refused.items():
        newest = store.sources.quarantined(name, limit=1)[0]
        yield Ill(
            "unreadable",
            f"source {name}",
            f"{count} unreadable entries, the newest: {newest['reason']}: {newest['detail']}",
            "they are kept; report what recurs",
            alarming=False,
        )


def _stuck(store: Store, now: datetime) -> Iterator[Ill]:
    waiting = store.reading.oldest_unread(now)
    if waiting is not None and now - waiting > STUCK:
        yield Ill(
            "stuck",
            "classify",
            f"{store.reading.backlog()} items wait, the oldest since {waiting:%H:%M} UTC",
            "`czujka classify --once` shows what stops it",
        )
    overdue = [one for one in store.incidents.due(now, 1000) if one.next_step_at is not None and now - one.next_step_at > STUCK]
    if overdue:
        yield Ill(
            "stuck", "notify", f"{len(overdue)} incidents wait for a page that is overdue", "`czujka notify --once` shows what stops it"
        )
    unsent = store.deliveries.backlog(now - STUCK)
    if unsent:
        yield Ill("stuck", "deliver", f"{unsent} messages are overdue", "`czujka deliver --once` shows what stops it")


def _unsent(store: Store) -> Iterator[Ill]:
    failed = store.deliveries.failed(limit=5)
    for row in failed:
        yield Ill(
            "unreached",
            f"contact {row.contact}",
            f"did not get the message about incident {row.incident_id}",
            "correct the contact; add a second one to the person",
            alarming=False,
        )


def _letters(store: Store) -> Iterator[Ill]:
    for due in store.letters.unsent():
        if due.tries:
            yield Ill(
                "letter",
                f"{due.kind} {due.topic}",
                f"did not reach {due.reader.person} in {due.tries} tries, last: {due.reason}",
                "it is tried again, at least each hour; look at the e-mail channel and the address",
                alarming=False,
            )


def _hooks(store: Store, now: datetime) -> Iterator[Ill]:
    for one in store.hooks.health(now):
        if one.failing and one.since is not None:
            since = f"{one.since:%Y-%m-%d %H:%M} UTC"
            yield Ill(
                "hook",
                f"hook {one.hook}",
                f"has not taken {one.failing} events, the oldest of {since}, last: {one.reason}",
                "`czujka hooks test " + one.hook + "` shows what it answers; events are tried for a day",
                alarming=False,
            )
        if one.given_up:
            yield Ill(
                "hook",
                f"hook {one.hook}",
                f"did not take {one.given_up} events within a day; they are not tried again",
                "ask the API for what is missing there",
                alarming=False,
            )


def _broken(store: Store) -> Iterator[Ill]:
    for problem in store.problems():
        yield Ill("damaged", "database", problem, "restore the last backup; see docs/how-to/backup.md")
