"""Letters of a crisis: a role that somebody else gave, a statement that waits; never twice, never late."""

from datetime import timedelta
from pathlib import Path

import pytest

from actions import crisis as acts
from core.crisis import Kind, Part
from core.settings import Company, Owner, Person
from czujka.crisis_letters import plan_crises
from czujka.reporting import send_letters
from storage import Store
from tests.contract.staffed import house_of, mail
from tests.contract.test_store import NOW
from tests.fakes.bare import Bare
from tests.fakes.dairy import dairy
from tests.fakes.smtp import Mail, MailServer

__all__ = ["mail"]
PEOPLE = (
    Person(id="ewa", name="Ewa Lis", language="pl", contacts=("email:ewa@polna.example",)),
    Person(id="jan", name="Jan", language="pl", contacts=("email:jan@polna.example",)),
    Person(id="tom", name="Tom", language="en", contacts=("email:tom@polna.example",)),
)


@pytest.fixture
def house(store: Store, mail: MailServer, tmp_path: Path) -> Bare:
    company = Company(name="Polna", fallback="pr", timezone="Europe/Warsaw")
    return house_of(store, dairy(), mail, tmp_path, person=PEOPLE, owner=(Owner(id="pr", people=("jan",)),), company=company)


def declared(house: Bare, lead: str, by: str, title: str = "Ill after the yoghurt") -> int:
    return acts.declare(house.store, house.settings, title, by, NOW, kind=Kind.HARM, lead=lead)


def gives(house: Bare, crisis: int, part: Part, person: str, by: str) -> None:
    acts.give_role(house.store, house.settings, crisis, part, person, by, NOW)


def told(house: Bare, mail: MailServer, after_min: int) -> list[Mail]:
    """The letters that go out so many minutes later, however often is looked, by reader."""
    before, house.now = len(mail.mails), NOW + timedelta(minutes=after_min)
    for _ in range(2):
        plan_crises(house)
        send_letters(house)
    return sorted((one for one in mail.mails[before:] if "/crisis/" in one.message.get_content()), key=lambda one: one.recipients[0])


def whom(letters: list[Mail]) -> list[tuple[str, str]]:
    return [(one.recipients[0].partition("@")[0], str(one.message["Subject"])) for one in letters]


def test_a_role_given_by_somebody_else_is_told_once_and_one_that_was_taken_is_not(house: Bare, mail: MailServer) -> None:
    crisis = declared(house, lead="tom", by="cli:ewa")
    gives(house, crisis, Part.LOG_KEEPER, "ewa", by="cli:ewa")
    gives(house, crisis, Part.SPOKESPERSON, "jan", by="tom")
    letters = told(house, mail, 1)
    assert whom(letters) == [
        ("jan", "Kryzys: Ill after the yoghurt. Twoja rola: Rzecznik"),
        ("tom", "Crisis: Ill after the yoghurt. Your role: Lead"),
    ]
    assert f"{house.address()}/crisis/{crisis}" in letters[0].message.get_content()
    assert "Mówisz w imieniu firmy" in letters[0].message.get_content()
    assert told(house, mail, 2) == []
    gives(house, crisis, Part.SPOKESPERSON, "ewa", by="tom")
    assert whom(told(house, mail, 3)) == [("ewa", "Kryzys: Ill after the yoghurt. Twoja rola: Rzecznik")]


def test_a_role_that_went_on_before_the_letter_did_is_told_to_its_holder_alone(house: Bare, mail: MailServer) -> None:
    crisis = declared(house, lead="tom", by="tom")
    gives(house, crisis, Part.LEGAL, "jan", by="tom")
    house.now = NOW
    plan_crises(house)
    gives(house, crisis, Part.LEGAL, "ewa", by="tom")
    assert [who for who, _ in whom(told(house, mail, 1))] == ["ewa"]


def test_who_may_approve_a_statement_is_asked_once_and_its_author_never(house: Bare, mail: MailServer) -> None:
    crisis = declared(house, lead="tom", by="tom")
    gives(house, crisis, Part.SPOKESPERSON, "ewa", by="ewa")
    gives(house, crisis, Part.LOG_KEEPER, "jan", by="jan")
    number = acts.draft(house.store, crisis, "We have stopped lot 4471.", "en", "ewa", NOW)
    [letter] = told(house, mail, 1)
    assert whom([letter]) == [("tom", "Crisis: Ill after the yoghurt. A statement waits for your approval")]
    text = letter.message.get_content()
    assert f"Ewa Lis has written statement {number}." in text
    assert f"{house.address()}/crisis/{crisis}#statement-{number}" in text
    assert "4471" not in text
    assert told(house, mail, 2) == []


def test_nobody_is_asked_for_what_is_approved_or_dropped_or_of_a_crisis_that_is_over(house: Bare, mail: MailServer) -> None:
    crisis = declared(house, lead="tom", by="tom")
    gives(house, crisis, Part.SPOKESPERSON, "ewa", by="ewa")
    first, second, _ = (acts.draft(house.store, crisis, f"Wording number {n}.", "en", "ewa", NOW) for n in range(3))
    house.now = NOW
    plan_crises(house)
    acts.approve(house.store, crisis, first, "tom", NOW)
    acts.drop(house.store, crisis, second, "ewa", NOW)
    acts.stand_down(house.store, crisis, "over", "tom", NOW)
    assert told(house, mail, 1) == []


def test_a_title_cannot_turn_the_reading_direction(house: Bare, mail: MailServer) -> None:
    declared(house, lead="tom", by="ewa", title="Ill \u202eafter")
    [letter] = told(house, mail, 1)
    assert str(letter.message["Subject"]) == "Crisis: Ill after. Your role: Lead"
    assert letter.message.get_content().startswith("Crisis: Ill after. Your role: Lead")
