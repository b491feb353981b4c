"""The weekly digest by mail: the whole to whoever answers for the whole, their own part to everybody else, one letter a week."""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage

from actions.digest import part_of, readers_of_all, week_figures, week_kpis
from alerts.channels import email
from core.access import Sight
from core.sending import DueLetter, Reader
from core.settings import Settings
from czujka.house import House
from czujka.readers import addresses, language_of
from reports.calendar import due_weeks, planned_at
from reports.digest import build_mail

DIGEST = "digest"
NOTHING = Sight()


def plan_digests(house: House) -> None:
    """Write down who is to get which week's digest, once."""
    store, now, zone = house.store.letters, house.clock(), house.settings.zone()
    for week in due_weeks(store.last_topic(DIGEST), store.watching_since(), now, zone):
        store.plan(DIGEST, week, planned_at(week, zone), list(readers(house.settings)), now)


def digest(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage | None:
    """A week's digest in its reader's language; None: nothing in it was theirs, or they are no reader any more. Raises CzujkaError."""
    settings, store = house.settings, house.store
    sight = next((sight for reader, sight in readers(settings).items() if reader.address == due.reader.address), NOTHING)
    figures = week_figures(settings, store, due.topic, sight)
    if sight is not None and figures.is_empty:
        return None
    language = language_of(due.reader, settings)
    policy, kpis = store.policies.in_force(now), week_kpis(settings, store, due.topic, now, sight)
    return build_mail(figures, settings, due.reader.address, language, planned_at=due.planned_at, sent_at=now, policy=policy, kpis=kpis)


def readers(settings: Settings) -> Mapping[Reader, Sight | None]:
    """Who gets a digest, and what of the company it tells (None: everything): each person at their first e-mail address, each address once,
    with all that its persons answer for."""
    found: dict[str, list[Reader]] = {}
    for person in settings.person:
        for reader in addresses(person.id, settings)[:1]:
            found.setdefault(reader.address, []).append(reader)
    told = {sharing[0]: _sight(settings, frozenset(reader.person for reader in sharing)) for sharing in found.values()}
    return {reader: sight for reader, sight in told.items() if sight != NOTHING}


def _sight(settings: Settings, people: frozenset[str]) -> Sight | None:
    return None if people & readers_of_all(settings) else part_of(settings, people)
