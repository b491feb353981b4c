"""The hand-over note on both databases, by a real mail server: both get it, once, and it says how things stand."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from actions import easing, handover, incidents, oncall
from core.easing import MuteKind
from core.errors import NotFound, Refused
from core.sending import Outcome
from core.types import Severity
from storage import Store
from tests.fakes.bare import Bare
from tests.fakes.rota import turns, warsaw
from tests.fakes.smtp import Mail, MailServer
from tests.web.seed import Seed

MONDAY = warsaw("2026-11-23 09:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def notes(server: MailServer) -> list[Mail]:
    """What came about hand-overs; the digest and the Monday letter are not meant here."""
    return [mail for mail in server.mails if "pr-rota:" in str(mail.message["Subject"])]


def to(found: list[Mail]) -> list[str]:
    return sorted(mail.recipients[0].partition("@")[0] for mail in found)


def test_both_get_the_note_of_monday_once_each_in_their_language(store: Store, mails: MailServer) -> None:
    house = Bare(store, turns(mails.address), MONDAY - 3 * DAY)
    house.does("letters")
    handover.remark(store, house.settings, "pr-rota", "  TVN dzwoni\no ósmej ", "anna", house.now)
    house.now = MONDAY - timedelta(seconds=1)
    house.does("letters")
    assert notes(mails) == [], "the first look tells nobody, and nothing is told early"
    for _ in range(3):
        house.now += timedelta(seconds=1)
        house.does("letters")
    found = notes(mails)
    assert to(found) == ["anna", "tom"]
    by = {mail.recipients[0].partition("@")[0]: mail for mail in found}
    assert by["anna"].message["Subject"] == "Dyżur, pr-rota: Anna Lis → Tom Reed, otwarte: 0"
    assert by["tom"].message["Subject"] == "On call, pr-rota: Anna Lis → Tom Reed, open: 0"
    assert "Anna Lis: TVN dzwoni o ósmej" in by["tom"].part("plain")
    assert [line.act for line in store.audit.lines()] == ["handover_remark"]
    house.now = MONDAY + 7 * DAY
    house.does("letters")
    again = notes(mails)[2:]
    assert to(again) == ["anna", "tom"]
    assert "TVN" not in again[0].part("plain"), "a remark is of one turn"
    house.http.close()


def test_it_says_how_things_stand(store: Store, mails: MailServer) -> None:
    settings = turns(mails.address)
    house = Bare(store, settings, MONDAY - 6 * DAY)
    house.does("letters")
    night = warsaw("2026-11-20 02:14")
    seed = Seed(store, night)
    leak = seed.opens([seed.post("Projekt Bursztyn?")], "leak.codename", Severity.CRITICAL, "pr", title="Projekt Bursztyn")
    seed.pages(leak, "anna", timedelta(0), ((Outcome.SENT, "sent"),))
    other = seed.opens([seed.post("nie działa")], "complaint.outage", Severity.HIGH, "care")
    closed = seed.opens([seed.post("stare")], "complaint.outage", Severity.HIGH, "pr")
    incidents.resolve(store, settings, closed, "anna", night + HOUR)
    incidents.acknowledge(store, settings, leak, "anna", MONDAY - HOUR / 2)
    easing.mute(store, settings, MuteKind.TERM, "konkurs", "loteria", "anna", night, ends_at=MONDAY + DAY)
    easing.expect(store, settings, "Wielkie rozdanie", 10, "anna", MONDAY + DAY, ends_at=MONDAY + 2 * DAY, starts_at=MONDAY + DAY)
    oncall.override(store, settings, "pr-rota", "anna", MONDAY + DAY, MONDAY + 2 * DAY, "tom", night)
    house.now = MONDAY
    house.does("letters")
    text = next(mail for mail in notes(mails) if mail.recipients == ("tom@polna.example",)).part("plain")
    assert f'#{leak} Leak: code name "Projekt Bursztyn" (critical): Anna Lis has it until 23 Nov 2026, 09:30' in text
    assert f"#{other} " not in text, "another team's"
    assert "2 incidents opened, 1 resolved, 1 page (at night: 1)." in text
    assert "muted until 24 Nov 2026, 09:00: konkurs (loteria)" in text
    assert "Wielkie rozdanie" not in text, "it has not begun"
    assert "Anna Lis, 24 Nov 2026, 09:00 – 25 Nov 2026, 09:00" in text
    assert "https://czujka.example/on-call/handover?schedule=pr-rota" in text
    house.http.close()


def test_the_night_that_has_2_30_twice_hands_over_once(store: Store, mails: MailServer) -> None:
    house = Bare(store, turns(mails.address, DAY, "02:30"), warsaw("2026-10-24 12:00"))
    house.does("letters")
    while house.now < warsaw("2026-10-25 12:00"):
        house.now += timedelta(minutes=30)
        house.does("letters")
    assert to(notes(mails)) == ["anna", "tom"]
    house.now = warsaw("2026-10-26 02:30")
    house.does("letters")
    assert len(notes(mails)) == 4
    house.http.close()


def test_after_days_off_one_note_tells_it_all(store: Store, mails: MailServer) -> None:
    house = Bare(store, turns(mails.address, DAY, "02:30"), warsaw("2026-11-02 12:00"))
    house.does("letters")
    handover.remark(store, house.settings, "pr-rota", "przed awarią", "anna", house.now)
    house.now += 4 * DAY
    for _ in range(3):
        house.does("letters")
    assert to(notes(mails)) == ["anna", "tom"]
    assert all("przed awarią" in mail.part("plain") for mail in notes(mails))
    house.http.close()


def test_an_override_hands_over_at_once_and_back(store: Store, mails: MailServer) -> None:
    house = Bare(store, turns(mails.address), MONDAY + DAY)
    house.does("letters")
    oncall.override(store, house.settings, "pr-rota", "anna", house.now, house.now + HOUR, "tom", house.now)
    house.now += timedelta(seconds=30)
    house.does("letters")
    assert [str(mail.message["Subject"]).partition(",")[0] for mail in notes(mails)] != []
    assert to(notes(mails)) == ["anna", "tom"]
    assert "Tom Reed → Anna Lis" in str(notes(mails)[0].message["Subject"])
    house.now += HOUR
    house.does("letters")
    assert "Anna Lis → Tom Reed" in str(notes(mails)[-1].message["Subject"])
    assert len(notes(mails)) == 4
    house.http.close()


@pytest.mark.parametrize("text", ["", " \n ", "x" * 501])
def test_a_remark_that_says_nothing_or_too_much_is_refused(store: Store, text: str) -> None:
    settings = turns("127.0.0.1:25")
    with pytest.raises(Refused, match="1 to 500"):
        handover.remark(store, settings, "pr-rota", text, "anna", MONDAY)
    with pytest.raises(NotFound):
        handover.remark(store, settings, "no-rota", "a line", "anna", MONDAY)
    assert store.audit.lines() == []


class TestCommandLine:
    def run(self, folder: Path, *verb: str) -> tuple[int, str]:
        from czujka.cli import cli

        done = CliRunner().invoke(cli, ["--config", str(folder / "czujka.toml"), *verb])
        return done.exit_code, done.output

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("CZUJKA_HOME", str(tmp_path / "var"))
        text = '[company]\nname = "Polna"\nfallback = "pr"\n[[person]]\nid = "anna"\nname = "Anna Lis"\n'
        text += '[[owner]]\nid = "pr"\npeople = ["anna"]\n'
        text += 'schedule = "rota"\n[[schedule]]\nid = "rota"\n[[schedule.layer]]\npeople = ["anna"]\n[[schedule]]\nid = "later"\n'
        text += '[[schedule.layer]]\npeople = ["anna"]\nstart = 2126-01-01\n'
        (tmp_path / "czujka.toml").write_text(text, encoding="utf-8")
        return tmp_path

    def test_it_shows_the_note_and_takes_a_line(self, folder: Path) -> None:
        status, said = self.run(folder, "oncall", "handover", "rota", "--say", "nobody answers at TVN")
        assert (status, "Anna Lis → nobody, open: 0" in said, "nobody answers at TVN" in said) == (0, True, True), said
        status, said = self.run(folder, "oncall", "handover")
        assert "later: NOBODY is on call" in said
        status, said = self.run(folder, "oncall", "handover", "rota", "--json")
        assert (status, '"leaves": "anna"' in said, '"text": "nobody answers at TVN"' in said) == (0, True, True), said

    def test_what_cannot_be_is_refused(self, folder: Path) -> None:
        assert self.run(folder, "oncall", "handover", "rotta")[0] == 2
        assert self.run(folder, "oncall", "handover", "--say", "to whom?")[0] == 2
