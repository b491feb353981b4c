"""Who is told of cases: that a step is due, that a decision is theirs, that somebody looks in without the right. Each letter goes once."""

from datetime import datetime, timedelta
from email.message import EmailMessage

from actions.case_sight import is_concerned, judges
from alerts.channels import email
from core.access import viewer_of
from core.cases import Case
from core.sending import DueLetter, Reader
from core.settings import Settings
from czujka.house import House
from czujka.readers import addresses, fallback_team, language_of, name_of
from reports.cases import build_due, build_given, build_glass

CASE_DUE = "case-due"
CASE_GIVEN = "case-given"
CASE_GLASS = "case-glass"
ABOUT_CASES = frozenset({CASE_DUE, CASE_GIVEN, CASE_GLASS})
OFFICE = "compliance"
LOOKED = timedelta(days=7)


def plan_cases(house: House) -> None:
    """Write down who is to be told of what."""
    store, now = house.store, house.clock()
    for look in store.cases.glasses(now - LOOKED):
        house.store.letters.plan(CASE_GLASS, str(look.number), now, judging(house.settings, store.cases.get(look.case)), now)
    for case in store.cases.list():
        _plan_given(house, case, now)
    for case in store.cases.due(now + house.settings.cases.remind):
        when = "late" if case.is_late(now) else "soon"
        topic = f"{case.number}/{case.version}/{when}"
        store.letters.plan(CASE_DUE, topic, now, [*judging(house.settings, case), *_deciding(house.settings, case)], now)


def _plan_given(house: House, case: Case, now: datetime) -> None:
    for part, person in (("first", case.decider), ("appeal", case.appeal_decider)):
        if person and case.closed_at is None:
            house.store.letters.plan(CASE_GIVEN, f"{case.number}/{part}/{person}", now, addresses(person, house.settings), now)


def judging(settings: Settings, case: Case) -> list[Reader]:
    """Where those who judge cases get mail, never whom it concerns. While nobody has a role everybody judges: then it is whoever holds the
    office of compliance, else the fallback team. Otherwise nobody else is told: a mail would say that there is a case."""
    if any(one.roles for one in settings.person):
        people = [one.id for one in settings.person if judges(viewer_of(one.id, settings), case.brand)]
        readers = [reader for person in people for reader in addresses(person, settings)]
    else:
        readers = [reader for person in settings.holders(OFFICE) for reader in addresses(person, settings)] or fallback_team(settings)
    return [reader for reader in readers if not is_concerned(settings, case, reader.person)]


def _deciding(settings: Settings, case: Case) -> list[Reader]:
    person = case.appeal_decider if case.decided_by is not None else case.decider
    return addresses(person, settings) if person else []


def due(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage | None:
    """A step is due; None: it was taken meanwhile. Raises CzujkaError."""
    number, version, _when = due.topic.split("/")
    case = house.store.cases.get(int(number))
    if case.version != int(version) or case.due_at is None:
        return None
    return build_due(case, due.reader.address, language_of(due.reader, house.settings), house.settings, now)


def given(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage | None:
    """A decision is theirs; None: it was given to another meanwhile. Raises CzujkaError."""
    number, part, person = due.topic.split("/")
    case = house.store.cases.get(int(number))
    if person != (case.appeal_decider if part == "appeal" else case.decider):
        return None
    language = language_of(due.reader, house.settings)
    return build_given(case, due.reader.address, language, house.settings, now, appeal=part == "appeal")


def glass(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage | None:
    """Somebody looks in. Raises CzujkaError."""
    look = next((one for one in house.store.cases.glasses(now - 2 * LOOKED) if str(one.number) == due.topic), None)
    if look is None:
        return None
    name = name_of(look.person, house.settings)
    return build_glass(look, name, due.reader.address, language_of(due.reader, house.settings), house.settings, now)
