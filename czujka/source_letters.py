"""Tells whoever watches a source that it is blind, once for each time, and what its month's budget comes to. Each letter goes once."""

from datetime import datetime
from email.message import EmailMessage

from alerts import source_letter
from alerts.channels import email
from alerts.letter import Words, write
from core.blindness import SPENT, SourceHealth, is_blind
from core.budgets import budgets
from core.sending import DueLetter, Reader
from core.settings import Settings, SourceSettings
from czujka.house import House
from czujka.readers import addresses, language_of, team

BLIND = "source-blind"
BUDGET = "source-budget"
TRIES = 3


def plan_sources(house: House) -> None:
    """Write down who is to be told of what."""
    now, store = house.clock(), house.store
    sources = {source.id: source for source in house.settings.source}
    for health in store.sources.health(now):
        source = sources.get(health.source_id)
        if source is None:
            continue
        if went_blind(source, health):
            store.letters.plan(BLIND, spell_of(health), now, watchers(source, house.settings), now)
        for budget in budgets(health, now):
            if budget.is_spent or budget.runs_out(now) is not None:
                when = "spent" if budget.is_spent else "soon"
                topic = f"{source.id}/{budget.name}/{budget.month}/{when}"
                store.letters.plan(BUDGET, topic, now, watchers(source, house.settings), now)


def went_blind(source: SourceSettings, health: SourceHealth) -> bool:
    """Was it asked in vain after it should have been read? What nobody asked, because Czujka was off, is no news of the source's."""
    if not health.failures or health.reason in SPENT or health.last_poll_at is None:
        return False
    if health.last_success_at is None:
        return health.failures >= TRIES
    return is_blind(source, health, health.last_poll_at)


def spell_of(health: SourceHealth) -> str:
    """One time of blindness, by the last reading before it."""
    return f"{health.source_id}/{health.last_success_at.isoformat() if health.last_success_at else 'never'}"


def watchers(source: SourceSettings, settings: Settings) -> list[Reader]:
    """The source's watcher; its deputy where it has none or they have no mail; else its owner's team, or the fallback's."""
    people = [person for person in (source.watcher, source.deputy) if person is not None]
    found = next((readers for person in people if (readers := addresses(person, settings))), None)
    return found or team(source.owner or "", settings)


def blind(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """One letter; None: it was read again meanwhile, or is no longer configured."""
    found = _found(house, due.topic.partition("/")[0], now)
    if found is None or spell_of(found[1]) != due.topic:
        return None
    language, zone = language_of(due.reader, house.settings), house.settings.zone()
    said = source_letter.blind_words(*found, language, f"{BLIND}/{due.topic}", f"{house.address()}/sources", zone)
    return _mail(house, said, due, channel, now)


def budget(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """One letter; None: the budget was raised meanwhile, or its month is over."""
    name, which, month, _when = due.topic.split("/")
    found = _found(house, name, now)
    held = next((one for one in budgets(found[1], now) if (one.name, one.month) == (which, month)), None) if found else None
    if found is None or held is None:
        return None
    language = language_of(due.reader, house.settings)
    page, zone = f"{house.address()}/sources", house.settings.zone()
    said = source_letter.budget_words(found[0], held, now, language, f"{BUDGET}/{due.topic}", page, zone)
    return _mail(house, said, due, channel, now) if said is not None else None


def _found(house: House, name: str, now: datetime) -> tuple[SourceSettings, SourceHealth] | None:
    source = next((one for one in house.settings.source if one.id == name), None)
    health = next((one for one in house.store.sources.health(now) if one.source_id == name), None)
    return (source, health) if source is not None and health is not None else None


def _mail(house: House, said: Words, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage:
    return write(said, channel.from_address(), due.reader.address, now, house.settings.zone())
