"""Letters about consents, on both databases: who is asked hears of it once, and so does whoever asked when it stands or is taken back."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from actions import consents
from core.consent import INVITED_FOR, Consent
from core.settings import Person
from czujka.consent_letters import plan_consents
from storage import Store
from tests.contract.staffed import at, house_of, mail, sent, to
from tests.contract.test_store import NOW
from tests.fakes.bare import Bare
from tests.fakes.dairy import dairy
from tests.fakes.smtp import Mail, MailServer

__all__ = ["mail"]
MINUTE = timedelta(minutes=1)
PEOPLE = (
    Person(id="ola", name="Ola Sroka", language="pl", contacts=("email:ola@polna.example",)),
    Person(id="tom", name="Tom Reed", language="en", contacts=("email:tom@polna.example",)),
    Person(id="mute", name="Mute", contacts=()),
)


@pytest.fixture
def house(store: Store, mail: MailServer, tmp_path: Path) -> Bare:
    return house_of(store, dairy(), mail, tmp_path, person=PEOPLE)


def invite(house: Bare, person: str, actor: str = "tom") -> Consent:
    return consents.invite(house.store, house.settings, person, "mastodon", f"@{person}@social.example", actor, NOW)


def told(house: Bare, mail: MailServer, now: datetime) -> list[Mail]:
    """The letters about consents that go out at this time, however often is looked."""
    return [one for one in sent(house, mail, now, plan_consents, "letter") if "/consent" in one.message.get_content()]


def grant(house: Bare, one: Consent) -> None:
    house.store.consents.prove(one.consent_id, "tom", "page", NOW)
    house.store.consents.grant(one.consent_id, ("v1", "en", "the notice"), NOW)


def test_the_person_is_asked_once_in_their_language_with_the_page_where_they_decide(house: Bare, mail: MailServer) -> None:
    invite(house, "ola")
    [letter] = told(house, mail, NOW)
    text = letter.message.get_content()
    assert letter.recipients == ("ola@polna.example",)
    assert str(letter.message["Subject"]) == "Pytanie o Twoje konto: ola@social.example (Mastodon)"
    assert "Tom Reed pyta, czy Mleczarnia Polna" in text
    assert text.endswith("https://czujka.example/consent\r\n")
    assert told(house, mail, NOW + timedelta(days=8)) == []


def test_who_has_answered_or_whose_time_is_over_is_not_asked(house: Bare, mail: MailServer) -> None:
    one, other = invite(house, "ola"), invite(house, "tom", "cli:ola")
    plan_consents(at(house, NOW))
    consents.decline(house.store, one.consent_id, "ola", NOW)
    assert to(told(house, mail, NOW + MINUTE)) == {"tom": 1}
    assert "Ola Sroka asks" in mail.mails[-1].message.get_content()
    assert told(house, mail, other.expires_at) == []


def test_an_invitation_that_nobody_could_be_told_of_is_told_of_while_it_is_open(house: Bare, mail: MailServer) -> None:
    invite(house, "mute")
    assert told(house, mail, NOW) == []
    known = (*PEOPLE[:2], PEOPLE[2].model_copy(update={"contacts": ("email:mute@polna.example",)}))
    house.settings = house.settings.model_copy(update={"person": known})
    assert to(told(house, mail, NOW + INVITED_FOR - MINUTE)) == {"mute": 1}


def test_a_yes_and_its_taking_back_are_told_to_whoever_asked_and_a_no_is_not(house: Bare, mail: MailServer) -> None:
    one, other = invite(house, "ola"), invite(house, "mute")
    grant(house, one)
    consents.decline(house.store, other.consent_id, "mute", NOW)
    [letter] = told(house, mail, NOW + MINUTE)
    assert (letter.recipients, str(letter.message["Subject"])) == (
        ("tom@polna.example",),
        "Ola Sroka agrees: ola@social.example (Mastodon)",
    )
    assert "source of scope employee" in letter.message.get_content()
    consents.withdraw(house.store, one.consent_id, "ola", NOW + MINUTE)
    [letter] = told(house, mail, NOW + 2 * MINUTE)
    assert str(letter.message["Subject"]) == "Consent taken back: ola@social.example (Mastodon)"
    assert "erased" in letter.message.get_content()


def test_what_was_decided_a_week_ago_is_news_no_longer(house: Bare, mail: MailServer) -> None:
    grant(house, invite(house, "ola"))
    assert told(house, mail, NOW + timedelta(days=7)) == []


def test_a_yes_that_was_taken_back_before_the_mail_went_out_is_not_told(house: Bare, mail: MailServer) -> None:
    one = invite(house, "ola")
    grant(house, one)
    plan_consents(at(house, NOW))
    consents.withdraw(house.store, one.consent_id, "ola", NOW)
    subjects = [str(one.message["Subject"]) for one in told(house, mail, NOW + MINUTE)]
    assert subjects == ["Consent taken back: ola@social.example (Mastodon)"]
