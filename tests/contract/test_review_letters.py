"""Letters that ask for another look at clauses: once when a review opens, once when its time is over, and none after the decision."""

from datetime import timedelta
from pathlib import Path

import pytest

from actions import reviews
from core.policy import Outcome, Trigger
from core.settings import Company, Owner, Person, Settings
from czujka.reporting import send_letters
from czujka.review_letters import plan_reviews
from storage import Store
from tests.contract.staffed import house_of, mail
from tests.contract.test_policy_way import published, settings
from tests.contract.test_store import NOW
from tests.fakes.bare import Bare
from tests.fakes.smtp import MailServer

__all__ = ["mail", "settings"]
DAY = timedelta(days=1)
PEOPLE = (
    Person(id="tom", name="Tom", language="en", contacts=("email:tom@polna.example",)),
    Person(id="jan", name="Jan", language="pl", contacts=("email:jan@polna.example",)),
    Person(id="ola", name="Ola", language="en"),
)


@pytest.fixture
def house(store: Store, settings: Settings, mail: MailServer, tmp_path: Path) -> Bare:
    """Tom answers for law and security, Jan for PR and is the fallback; Ola, for privacy, gets no mail."""
    published(store, settings)
    company = Company(name="Polna", fallback="pr", timezone="Europe/Warsaw")
    return house_of(store, settings, mail, tmp_path, person=PEOPLE, owner=(Owner(id="pr", people=("jan",)),), company=company)


def changed(house: Bare, clause: str) -> None:
    assert reviews.record_change(house.store, Trigger.LAW, f"an act on {clause}", (clause,), "anna", NOW) == 1


def told(house: Bare, mail: MailServer, after_days: float) -> list[tuple[str, str]]:
    """Who is written to in what words, so many days later, however often is looked."""
    before, house.now = len(mail.mails), NOW + after_days * DAY
    for _ in range(2):
        plan_reviews(house)
        send_letters(house)
    asked = (one for one in mail.mails[before:] if "/policy/reviews" in one.message.get_content())
    return sorted((one.recipients[0].partition("@")[0], str(one.message["Subject"])) for one in asked)


def test_the_owner_is_asked_once_and_once_more_with_the_fallback_when_it_is_late(house: Bare, mail: MailServer) -> None:
    changed(house, "POL-07")
    assert told(house, mail, 0) == [("tom", "Until 4 Dec 2026, 13:00: look again at 1 clause of the policy")]
    assert told(house, mail, 13.9) == []
    assert told(house, mail, 14) == [
        ("jan", "Po terminie od 04.12.2026, 13:00: przejrzeć 1 punkt zasad"),
        ("tom", "Late since 4 Dec 2026, 13:00: look again at 1 clause of the policy"),
    ]
    assert told(house, mail, 30) == []


def test_a_letter_names_the_clause_and_why_and_leads_to_the_page(house: Bare, mail: MailServer) -> None:
    changed(house, "POL-07")
    told(house, mail, 0)
    [text] = [one.message.get_content() for one in mail.mails if one.recipients[0].startswith("tom")]
    assert "POL-07 Confidential information: the law changed" in text
    assert "/policy/reviews" in text


def test_what_opens_together_is_one_letter_for_an_office(house: Bare, mail: MailServer) -> None:
    assert reviews.record_change(house.store, Trigger.STRATEGY, "we leave X", (), "anna", NOW) == 18
    subjects = told(house, mail, 0)
    clauses = {"tom": [2, 2], "jan": [2, 2, 3, 7]}  # law and security; compliance and privacy, which get no mail, staff, PR
    found = {
        who: sorted(int(word) for name, said in subjects if name == who for word in said.split(":")[-1].split() if word.isdigit())
        for who in clauses
    }
    assert found == clauses


def test_what_is_decided_is_no_longer_asked_for(house: Bare, mail: MailServer) -> None:
    changed(house, "POL-07")
    house.now = NOW
    plan_reviews(house)
    [one] = house.store.reviews.list()
    reviews.decide(house.store, one.review_id, Outcome.KEPT, "it covers the act", "tom", NOW)
    assert told(house, mail, 0) == []
    assert told(house, mail, 14) == []


def test_an_office_without_mail_is_heard_by_the_fallback_and_what_is_old_by_nobody(house: Bare, mail: MailServer) -> None:
    changed(house, "POL-09")
    assert [who for who, _ in told(house, mail, 0)] == ["jan"]
    changed(house, "POL-07")
    assert told(house, mail, 30) == []
