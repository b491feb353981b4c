"""Nobody on call: every Monday's letter said so for four weeks; when it matters the fallback is paged at once and told why."""

from datetime import UTC, datetime, timedelta

from actions import oncall
from core.settings import Schedule, Step
from tests.acceptance.city import City
from tests.fakes.smtp import Mail


def schedule_steps_only(dairy: City) -> None:
    """The policy pages who is on call in the schedule, and nobody by name."""
    settings = dairy.house.settings
    [policy] = settings.escalation
    only = policy.model_copy(update={"step": (Step(notify=("schedule:pr-rota",)),)})
    dairy.house.settings = settings.model_copy(update={"escalation": (only,)})


def on_leave(dairy: City) -> None:
    """Anna's and Jan's days off, each made by hand as an override to nobody: from Monday 21 December, 9:00, for a week."""
    starts = datetime(2026, 12, 21, 8, 0, tzinfo=UTC)
    for first in (starts, starts + timedelta(days=3)):
        house = dairy.house
        oncall.override(house.store, house.settings, "pr-rota", None, first, first + timedelta(days=4), "anna", dairy.now)


def letters(mails: list[Mail]) -> list[Mail]:
    return [mail for mail in mails if "letter-" in str(mail.message["Message-ID"]) and "najbliższym roku" in subject(mail)]


def plain(mail: Mail) -> str:
    return mail.part("plain").replace("\r\n", "\n")


def subject(mail: Mail) -> str:
    return str(mail.message["Subject"])


def test_it_was_said_every_monday_and_the_fallback_is_paged_at_once(dairy: City) -> None:
    schedule_steps_only(dairy)
    dairy.at("2026-11-20 10:00")
    on_leave(dairy)
    dairy.at("2026-11-20 11:00")
    assert letters(dairy.new_mails()) == []

    for monday in ("2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"):
        dairy.at(f"{monday} 07:59")
        assert letters(dairy.new_mails()) == []
        dairy.forward("1m")
        said = letters(dairy.new_mails())
        assert sorted(mail.recipients[0] for mail in said) == ["anna@polna.example", "jan@polna.example"]
        assert all("pr-rota: nikt nie ma dyżuru\n  21.12.2026, 09:00 – 28.12.2026, 09:00" in plain(mail) for mail in said)
        dairy.at(f"{monday} 15:00")
        dairy.now += timedelta(days=2)
        dairy.settle()
        assert letters(dairy.new_mails()) == []

    dairy.at("2026-12-23 11:00")
    dairy.new_mails()
    dairy.post("x", "co to jest Projekcie Bursztyn?", "marek", followers=12_000)
    page = dairy.expect_page("zarzad", containing="Projekt Bursztyn")
    assert "nikt nie ma dyżuru albo nikt nie odpowiedział: jesteś kontaktem zapasowym" in plain(page)
    [row] = dairy.house.store.incidents.list()
    told = [one for one in dairy.house.store.incidents.card(row.incident_id).told if one.state == "sent"]
    assert [one.contact for one in told] == ["email:zarzad@polna.example"]
    assert dairy.now - row.opened_at <= timedelta(seconds=2)


def test_tom_reads_it_in_english_where_he_can_mend_it(dairy: City) -> None:
    dairy.at("2026-11-20 10:00")
    settings = dairy.house.settings
    empty = Schedule(id="night", layer=())
    pr = next(owner for owner in settings.owner if owner.id == "pr").model_copy(update={"schedule": "night"})
    owners = (pr, *(owner for owner in settings.owner if owner.id != "pr"))
    dairy.house.settings = settings.model_copy(update={"schedule": (*settings.schedule, empty), "owner": owners})
    dairy.at("2026-11-23 08:00")
    by_reader = {mail.recipients[0].split("@")[0]: mail for mail in dairy.new_mails() if "letter-" in str(mail.message["Message-ID"])}
    assert set(by_reader) >= {"anna", "jan", "tom"}
    assert subject(by_reader["tom"]) == "On call in the year ahead: 1 thing to mend"
    assert "night: nobody is on call\n  23 Nov 2026, 08:00 – 23 Nov 2027, 08:00" in plain(by_reader["tom"])
    assert "https://czujka.polna.example/on-call" in plain(by_reader["tom"])


def test_nothing_to_mend_is_no_letter(dairy: City) -> None:
    dairy.at("2026-11-20 10:00")
    dairy.at("2026-11-23 08:30")
    assert letters(dairy.new_mails()) == []
    assert dairy.house.store.letters.last_topic("rota") == "2026-W47"


def test_a_service_that_was_off_on_monday_says_it_when_it_is_back(dairy: City) -> None:
    schedule_steps_only(dairy)
    dairy.at("2026-11-20 10:00")
    on_leave(dairy)
    dairy.at("2026-11-25 15:00")
    assert len(letters(dairy.new_mails())) == 2
    dairy.at("2026-11-26 09:00")
    assert letters(dairy.new_mails()) == []
