"""Reminders of what the law asks: once when a quarter of the time is left, once when it is over, and none after the decision."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.duties import Decision, DutyKind, Owed
from core.settings import Company, Owner, Person
from czujka.duty_letters import plan_duties
from czujka.reporting import send_letters
from storage import Store
from storage.duties import owe
from tests.contract.staffed import house_of, mail
from tests.contract.test_store import NOW, an_incident
from tests.fakes.bare import Bare
from tests.fakes.dairy import dairy
from tests.fakes.smtp import MailServer

__all__ = ["mail"]
HOUR = timedelta(hours=1)
PEOPLE = (
    Person(id="ewa", name="Ewa", language="pl", contacts=("email:ewa@polna.example",)),
    Person(id="tom", name="Tom", language="en", contacts=("email:tom@polna.example",)),
)
OWNERS = (Owner(id="pr", people=("ewa",)), Owner(id="security", people=("tom",)))


@pytest.fixture
def house(store: Store, mail: MailServer, tmp_path: Path) -> Bare:
    """Ewa answers for the incident, Tom is the fallback."""
    changed = {"person": PEOPLE, "owner": OWNERS, "company": Company(name="Polna", fallback="security", timezone="Europe/Warsaw")}
    return house_of(store, dairy(), mail, tmp_path, **changed)


def told(house: Bare, mail: MailServer, after_h: float) -> list[tuple[str, str]]:
    """Who is written to in what words, so many hours after it began, however often is looked."""
    before, house.now = len(mail.mails), NOW + after_h * HOUR
    for _ in range(2):
        plan_duties(house)
        send_letters(house)
    reminders = (one for one in mail.mails[before:] if "digest" not in str(one.message["Message-ID"]))
    return sorted((one.recipients[0].partition("@")[0], str(one.message["Subject"])) for one in reminders)


def owing(house: Bare, kind: DutyKind, hours: float, key: str = "polna:leak") -> None:
    incident = an_incident(house.store, owner="pr", dedup_key=key)
    with house.store.database.write() as connection:
        owed = [Owed(kind=kind, due_at=NOW + hours * HOUR)]
        owe(house.store.database, connection, owed, "pr", NOW, incident_id=incident)


def test_the_team_is_reminded_once_in_time_and_everybody_responsible_once_after_it(house: Bare, mail: MailServer) -> None:
    owing(house, DutyKind.PERSONAL_DATA_BREACH, 72)
    assert told(house, mail, 53.9) == []
    assert told(house, mail, 54) == [("ewa", "Termin 23.11.2026, 13:00: zgłosić naruszenie danych osobowych (72 godziny)")]
    assert told(house, mail, 71) == []
    assert told(house, mail, 72) == [
        ("ewa", "Po terminie od 23.11.2026, 13:00: zgłosić naruszenie danych osobowych (72 godziny)"),
        ("tom", "Late since 23 Nov 2026, 13:00: report a breach of personal data (72 hours)"),
    ]
    assert told(house, mail, 100) == []


def test_what_is_decided_is_no_longer_asked_for(house: Bare, mail: MailServer) -> None:
    owing(house, DutyKind.CONSUMER_COMPLAINT, 14 * 24)
    [duty] = house.store.duties.list()
    house.now = NOW + 260 * HOUR
    plan_duties(house)
    house.store.duties.decide(duty, Decision.DONE, "odpisane", "ewa", house.now)
    assert told(house, mail, 260) == []
    assert told(house, mail, 400) == []


def test_what_is_due_at_once_is_late_after_an_hour(house: Bare, mail: MailServer) -> None:
    owing(house, DutyKind.INSIDE_INFORMATION, 0)
    assert told(house, mail, 0.9) == []
    assert [who for who, _ in told(house, mail, 1)] == ["ewa", "tom"]
    [text] = [one.message.get_content() for one in mail.mails if one.recipients[0].startswith("tom")]
    assert "/tasks" in text
    assert "an authority asks for later" in text


def test_what_ends_together_is_one_letter_and_what_is_old_at_the_first_look_none(house: Bare, mail: MailServer) -> None:
    for number in range(3):
        owing(house, DutyKind.CONSUMER_COMPLAINT, 14 * 24, f"polna:complaint-{number}")
    assert told(house, mail, 260) == [("ewa", "Termin 04.12.2026, 13:00: odpowiedzieć na reklamację konsumenta (14 dni) (× 3)")]
    assert told(house, mail, 14 * 24 + 7 * 24 + 1) == []
