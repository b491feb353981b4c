"""Letters that ask for an approval of a draft: once, once more after a week, and never of who has approved."""

from datetime import timedelta
from pathlib import Path

import pytest

from actions import policy as acts
from core.settings import Company, Owner, Settings
from czujka.approval_letters import plan_approvals
from czujka.reporting import send_letters
from storage import Store
from tests.contract.staffed import house_of, mail
from tests.contract.test_policy_way import HELD, drafted, edit, folder_of, settings
from tests.contract.test_review_letters import PEOPLE
from tests.contract.test_store import NOW
from tests.fakes.bare import Bare
from tests.fakes.smtp import MailServer

__all__ = ["mail", "settings"]
DAY = timedelta(days=1)
OWNERS = (Owner(id="pr", people=("jan",)), Owner(id="compliance", people=("ola",)))


@pytest.fixture
def house(store: Store, settings: Settings, mail: MailServer, tmp_path: Path) -> Bare:
    """A draft needs all five offices. Tom holds law and security, Jan PR and is the fallback; privacy and staff get no mail."""
    drafted(store, settings)
    company = Company(name="Polna", fallback="pr", timezone="Europe/Warsaw")
    return house_of(store, settings, mail, tmp_path, person=PEOPLE, owner=OWNERS, company=company)


def told(house: Bare, mail: MailServer, after_days: float) -> list[tuple[str, str]]:
    """Who is asked for which offices, so many days later, however often is looked."""
    before, house.now = len(mail.mails), NOW + after_days * DAY
    for _ in range(2):
        plan_approvals(house)
        send_letters(house)
    asked = [one for one in mail.mails[before:] if "/policy/draft" in one.message.get_content()]
    return sorted((one.recipients[0].partition("@")[0], one.message.get_content().partition(": ")[2].partition(".")[0]) for one in asked)


def approve(house: Bare, office: str) -> None:
    acts.approve(house.store, house.settings, 1, office, HELD[office], NOW)


def test_each_reader_is_asked_once_for_all_of_theirs_and_once_more_after_a_week(house: Bare, mail: MailServer) -> None:
    assert told(house, mail, 0) == [("jan", "Kadry, Biuro prasowe, Ochrona danych"), ("tom", "Legal, Security")]
    assert told(house, mail, 6.9) == []
    approve(house, "security")
    assert told(house, mail, 7) == [("jan", "Kadry, Biuro prasowe, Ochrona danych"), ("tom", "Legal")]
    assert told(house, mail, 8) == []


def test_who_has_approved_is_not_asked_and_a_finished_draft_asks_nobody(house: Bare, mail: MailServer) -> None:
    for office in ("legal", "security"):
        approve(house, office)
    assert told(house, mail, 0) == [("jan", "Kadry, Biuro prasowe, Ochrona danych")]
    for office in ("hr", "pr", "privacy"):
        approve(house, office)
    assert told(house, mail, 7) == []


def test_a_newer_draft_asks_anew_and_what_the_older_one_asked_is_dropped(house: Bare, mail: MailServer) -> None:
    house.now = NOW
    plan_approvals(house)
    edit(house.settings, "POL-11.md", "watcher: pr", "watcher: hr")
    acts.propose(house.store, house.settings, folder_of(house.settings), "who watches", "anna", NOW)
    assert [who for who, _ in told(house, mail, 0)] == ["jan", "tom"]
    assert all("2" in str(one.message["Subject"]) for one in mail.mails if "/policy/draft" in one.message.get_content())


def test_the_letter_is_in_the_readers_language_with_the_authors_note(house: Bare, mail: MailServer) -> None:
    told(house, mail, 0)
    [polish] = [one.message for one in mail.mails if one.recipients[0].startswith("jan")]
    assert str(polish["Subject"]) == "Wersja 1 zasad czeka na Twoją akceptację"
    assert "Autor pisze: the first" in polish.get_content()


def test_a_draft_that_lies_for_two_weeks_asks_nobody(house: Bare, mail: MailServer) -> None:
    assert told(house, mail, 14) == []
