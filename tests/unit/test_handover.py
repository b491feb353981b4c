"""Hand-overs: one person follows another, at wall times, whatever the clocks do; and the note in both languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.handover import ahead, at_night, handovers, latest, parts, served, subject, words
from core.easing import Expected, Mute, MuteKind
from core.handover import HandOver, Happened, Remark, Standing, Unresolved
from core.records import IncidentRow, Override
from core.settings import Layer, Person, Schedule
from core.types import IncidentState, Severity
from tests.fakes.dairy import dairy

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def warsaw(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW, fold=fold).astimezone(UTC)


def rota(*layers: Layer) -> Schedule:
    return Schedule(id="rota", layer=layers)


WEEKLY = rota(Layer(people=("anna", "jan"), start=date(2026, 11, 2)))
NIGHTS = rota(Layer(people=("anna", "jan"), every=DAY, start=date(2026, 10, 1), handover="22:00", hours="22:00-06:00"))
NOTE = HandOver(schedule="pr-rota", leaves="anna", comes="jan", since=warsaw("2026-11-16 09:00"), at=warsaw("2026-11-23 09:00"))


def told(found: list[HandOver]) -> list[tuple[str, str | None, datetime]]:
    return [(one.leaves, one.comes, one.at) for one in found]


def test_each_week_one_follows_the_other() -> None:
    found = handovers(WEEKLY, [], warsaw("2026-11-03 00:00"), warsaw("2026-11-17 00:00"))
    assert told(found) == [("anna", "jan", warsaw("2026-11-09 09:00")), ("jan", "anna", warsaw("2026-11-16 09:00"))]
    assert found[1].since == found[0].at


def test_an_override_hands_over_and_back() -> None:
    ill = Override(schedule="rota", person="ola", starts_at=warsaw("2026-11-04 12:00"), ends_at=warsaw("2026-11-05 12:00"))
    found = handovers(WEEKLY, [ill], warsaw("2026-11-03 00:00"), warsaw("2026-11-06 00:00"))
    assert told(found) == [("anna", "ola", ill.starts_at), ("ola", "anna", ill.ends_at)]


def test_who_comes_back_after_a_gap_follows_nobody_and_another_follows_whoever_was_there_before() -> None:
    day = rota(Layer(people=("anna",), hours="08:00-16:00"))
    assert handovers(day, [], warsaw("2026-11-02 00:00"), warsaw("2026-11-20 00:00")) == []
    found = handovers(NIGHTS, [], warsaw("2026-11-02 12:00"), warsaw("2026-11-05 12:00"))
    assert [one.at for one in found] == [warsaw("2026-11-03 22:00"), warsaw("2026-11-04 22:00")]


def test_in_the_nights_that_have_2_30_twice_or_never_there_is_one_hand_over() -> None:
    daily = rota(Layer(people=("anna", "jan"), every=DAY, start=date(2026, 1, 1), handover="02:30"))
    autumn = handovers(daily, [], warsaw("2026-10-24 12:00"), warsaw("2026-10-26 12:00"))
    assert [one.at for one in autumn] == [warsaw("2026-10-25 02:30", fold=0), warsaw("2026-10-26 02:30")]
    spring = handovers(daily, [], warsaw("2026-03-28 12:00"), warsaw("2026-03-29 12:00"))
    assert [one.at for one in spring] == [warsaw("2026-03-29 03:00")]


def test_after_a_long_absence_one_note_tells_all_of_it() -> None:
    found = latest(WEEKLY, [], warsaw("2026-11-03 00:00"), warsaw("2026-11-24 00:00"))
    assert found is not None
    assert (found.leaves, found.comes, found.at) == ("anna", "jan", warsaw("2026-11-23 09:00"))
    assert found.since == warsaw("2026-11-03 00:00")
    assert latest(WEEKLY, [], found.at, found.at + DAY) is None, "it is told once"


def test_a_hand_over_counts_from_its_very_instant() -> None:
    at = warsaw("2026-11-09 09:00")
    assert latest(WEEKLY, [], at - DAY, at - timedelta(seconds=1)) is None
    assert latest(WEEKLY, [], at - DAY, at) is not None


def test_what_is_ahead() -> None:
    found = ahead(WEEKLY, [], warsaw("2026-11-11 12:00"))
    assert found == HandOver(schedule="rota", leaves="jan", comes="anna", since=warsaw("2026-11-09 09:00"), at=warsaw("2026-11-16 09:00"))
    alone = ahead(rota(Layer(people=("anna",))), [], warsaw("2026-11-11 12:00"))
    assert alone is not None
    assert (alone.leaves, alone.comes, alone.at) == ("anna", None, warsaw("2026-11-11 12:00"))
    assert ahead(rota(), [], warsaw("2026-11-11 12:00")) is None


def test_a_schedule_serves_whom_it_is_named_for() -> None:
    assert served("pr-rota", dairy()) == {"pr"}
    assert served("none", dairy()) == frozenset()


def test_the_night_is_the_quiet_hours_of_the_schedule_s_zone() -> None:
    paged = [warsaw("2026-11-18 21:59"), warsaw("2026-11-18 22:00"), warsaw("2026-11-19 06:59"), warsaw("2026-11-19 07:00")]
    assert at_night(paged, dairy(), WARSAW) == 2


def incident(number: int, **changes: object) -> IncidentRow:
    values = {
        "incident_id": number,
        "label": "leak.codename",
        "title": "Projekt Bursztyn",
        "severity": Severity.CRITICAL,
        "state": IncidentState.OPEN,
        "owner": "pr",
        "brand": "polna",
        "items": 1,
        "authors": 1,
        "opened_at": NOTE.since,
        "last_item_at": NOTE.since,
    }
    return IncidentRow(**(values | changes))  # type: ignore[arg-type]


FULL = Standing(
    unresolved=(
        Unresolved(
            row=incident(3, state=IncidentState.ACKNOWLEDGED, acknowledged_by="jan", snoozed_until=warsaw("2026-11-23 12:00")),
            ack_expires_at=warsaw("2026-11-23 10:14"),
        ),
        Unresolved(row=incident(4, label="complaint.delivery", title="paczki\nX-Evil: 1", severity=Severity.HIGH)),
    ),
    more=2,
    remarks=(Remark(schedule="pr-rota", person="anna", text="TVN dzwoni o ósmej", at=warsaw("2026-11-23 08:50")),),
    happened=Happened(opened=5, resolved=1, paged=(warsaw("2026-11-18 02:14"), warsaw("2026-11-18 12:00")), failed=1),
    blind=(("x-mentions", warsaw("2026-11-23 07:00")),),
    mutes=(Mute(kind=MuteKind.TERM, value="konkurs", reason="loteria", starts_at=NOTE.since, ends_at=NOTE.at + DAY, made_by="jan"),),
    expected=(Expected(name="Wielkie rozdanie", factor=10, starts_at=NOTE.since, ends_at=NOTE.at + 2 * DAY, made_by="jan"),),
    overrides=(Override(schedule="pr-rota", person=None, starts_at=NOTE.at + DAY, ends_at=NOTE.at + DAY + HOUR),),
)


def test_the_whole_note_in_polish() -> None:
    said = words(NOTE, FULL, dairy(), "pl", "t", "https://czujka.example")
    assert said.subject == "Dyżur, pr-rota: Anna Lis → Jan Wrona, otwarte: 4"
    assert said.paragraphs == [
        "Otwarte:\n"
        "  #3 Wyciek: nazwa kodowa „Projekt Bursztyn” (krytyczny): ma to Jan Wrona, do 23.11.2026, 10:14; odłożone do 23.11.2026, 12:00\n"
        "  #4 Spóźnione lub zagubione paczki (wysoki): nikt tego nie ma\n"
        "  i jeszcze 2",
        "Od osoby, która schodzi z dyżuru:\n  Anna Lis: TVN dzwoni o ósmej",
        "Na tym dyżurze:\n  Otwarto 5 incydentów, zamknięto 1, 2 wezwania (w nocy: 1), 1 wiadomość nie dotarła.",
        "Ślepe źródła:\n  x-mentions, od 23.11.2026, 07:00",
        "Wyciszone i spodziewane:\n"
        "  wyciszone do 24.11.2026, 09:00: konkurs (loteria)\n"
        "  spodziewane do 25.11.2026, 09:00: Wielkie rozdanie",
        "Zastępstwa:\n  nikt, 24.11.2026, 09:00 – 24.11.2026, 10:00",
        "Całość, stan na teraz: https://czujka.example/on-call/handover?schedule=pr-rota",
    ]


def test_the_whole_note_in_english() -> None:
    said = words(NOTE, FULL, dairy(), "en", "t", "https://czujka.example")
    assert said.subject == "On call, pr-rota: Anna Lis → Jan Wrona, open: 4"
    text = "\n".join(said.paragraphs)
    assert '#3 Leak: code name "Projekt Bursztyn" (critical): Jan Wrona has it until 23 Nov 2026, 10:14' in text
    assert "5 incidents opened, 1 resolved, 2 pages (at night: 1), 1 message did not arrive." in text
    assert "nobody, 24 Nov 2026, 09:00 – 24 Nov 2026, 10:00" in text


def test_nothing_open_is_one_line() -> None:
    assert words(NOTE, Standing(), dairy(), "en", "t", "https://czujka.example").paragraphs == ["Nothing is open."]
    quiet = Standing(happened=Happened(opened=1, resolved=1))
    assert words(NOTE, quiet, dairy(), "pl", "t", "https://czujka.example").paragraphs == [
        "Nic nie jest otwarte. Otwarto 1 incydent, zamknięto 1."
    ]


@pytest.mark.parametrize("language", ["pl", "en"])
def test_hostile_words_stay_on_their_line(language: str) -> None:
    remark = Remark(schedule="pr-rota", person="anna", text="a\r\nBcc: everybody@polna.example\u202e", at=NOTE.at)
    people = (Person(id="anna", name="Anna\nLis"), Person(id="jan", name="Jan"))
    said = words(NOTE, Standing(remarks=(remark,)), dairy(person=people), language, "t", "https://czujka.example")
    [line] = next(part for part in parts(NOTE, Standing(remarks=(remark,)), dairy(person=people), language) if part.heading).lines
    assert "\n" not in line[0]
    assert "\u202e" not in "".join(said.paragraphs)
    assert subject(NOTE, Standing(), dairy(), language)
