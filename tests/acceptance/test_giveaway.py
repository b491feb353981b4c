"""Story 3: a giveaway that was expected is a note, whatever its volume; harm in the middle of it is critical at once."""

from datetime import timedelta

from actions.easing import expect
from core.signals import Verdict
from tests.acceptance.city import City
from tests.fakes.crowds import usual_days

HAPPY = (
    "Biorę udział w rozdaniu Mleczarni Polnej, to jest numer {n}!",
    "Mleczarnia Polna rozdaje jogurty, zgłaszam się z numerem {n}, trzymajcie kciuki",
    "Zgłoszenie {n} do wielkiego rozdania Mleczarni Polnej, super zabawa",
    "Dziękuję Mleczarni Polnej za zabawę, moje zgłoszenie ma numer {n}",
)
GRUMPY = "Mleczarnia Polna znowu robi beznadziejne rozdanie, jestem wściekły, numer {n}"
ILL = (
    "Po jogurcie z Mleczarni Polnej moje dziecko wymiotuje całą noc",
    "Dzieci zatruły się jogurtem z Mleczarni Polnej, jesteśmy w szpitalu",
    "Uwaga, córka zachorowała po jogurcie Mleczarni Polnej, gorączka i wymioty",
    "Syn po jogurcie Mleczarni Polnej trafił do szpitala z zatruciem",
    "Mleczarnia Polna: dwoje moich dzieci chorych po waszym jogurcie, zatrucie pokarmowe",
)


def test_giveaway(dairy: City) -> None:
    """Fourteen times the mentions, 3 % of them negative: nobody is paged, a note stands. Children fall ill: critical within two minutes."""
    dairy.at("2026-11-20 18:00")
    start = dairy.now
    usual_days(dairy.house.store, start, source_id="x")
    expect(
        dairy.house.store, dairy.house.settings, "Wielkie rozdanie", 15, "anna", start, ends_at=start + timedelta(hours=3), brand="polna"
    )
    dairy.crowd("x", [HAPPY[n % len(HAPPY)].format(n=n) for n in range(136)] + [GRUMPY.format(n=n) for n in range(4)])
    dairy.forward("11m")
    dairy.expect_nothing_else()
    assert dairy.open_incidents() == []
    [note] = dairy.house.store.signals.notes(start - timedelta(hours=1))
    assert (note.verdict, note.signal.key.measure) == (Verdict.EXPECTED, "volume")
    assert note.numbers is not None
    assert note.numbers.event == "Wielkie rozdanie"
    assert note.numbers.heights[0].seen >= 140
    assert note.numbers.negative_share < 0.1

    fell_ill_at = dairy.now
    for number, text in enumerate(ILL):
        dairy.post("x", text, f"rodzic{number}")
    dairy.forward("1m")
    assert dairy.now - fell_ill_at <= timedelta(minutes=2)
    opened = dairy.open_incidents()
    assert {label for label, _ in opened} <= {"complaint.safety", "crisis.safety"}, "its own story, no second crisis"
    assert "critical" in {severity for _, severity in opened}
    assert {mail.recipients for mail in dairy.new_mails()} >= {("anna@polna.example",)}
