"""Story 6: a feed answers with nothing for three hours. It is late, then blind; its watcher gets one letter; what was missed comes in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from actions.digest import week_figures
from actions.sign_in import invite
from collector.rss import Settings as Feed
from core.types import IncidentState
from czujka.asking import ask_due
from czujka.doctor import audit
from tests.acceptance.city import City
from tests.acceptance.test_stories import serving
from tests.fakes.server import Reply, Request, Server
from tests.fakes.smtp import Mail

MINUTE = timedelta(minutes=1)
GOOD = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
ENTRY = "<item><title>{title}</title><guid>n-{number}</guid><pubDate>{at}</pubDate></item>"
LEAK = "Projekt Bursztyn w Mleczarni Polnej to chyba nowa fabryka"


class Newspaper:
    """A feed that forgets: it shows its four newest entries, and while `silent` nothing at all, with 200."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, datetime]] = []
        self.silent = False

    def answer(self, _: Request) -> Reply:
        shown = [ENTRY.format(title=title, number=n, at=format_datetime(at)) for n, (title, at) in enumerate(self.entries)]
        feed = f'<rss version="2.0"><channel><title>Gazeta</title>{"".join(shown[-4:])}</channel></rss>'
        return Reply(200, b"" if self.silent else feed.encode(), {"Content-Type": "application/rss+xml"})


@pytest.fixture
def paper(dairy: City) -> Iterator[Newspaper]:
    """The only source, read every 20 minutes and watched by Tom; on a Sunday at 20:00 it was read well."""
    made = Newspaper()
    with Server(made.answer) as server:
        feed = Feed(id="gazeta", kind="rss", url=f"{server.url}/rss", every=20 * MINUTE, watcher="tom", brand="polna")
        dairy.house.settings = dairy.house.settings.model_copy(update={"source": (feed,)})
        dairy.house.store.sources.sync(["gazeta"], GOOD)
        made.entries.append(("Mleczarnia Polna otwiera sklep", GOOD - 60 * MINUTE))
        at(dairy, 0)
        assert len(titles(dairy)) == 1
        dairy.expect_nothing_else()
        yield made


def at(dairy: City, minutes: int) -> None:
    """So many minutes after the last good reading; the stages run."""
    dairy.now = GOOD + minutes * MINUTE
    dairy.settle()


def titles(dairy: City) -> set[str]:
    return {one.quote.text for one in dairy.house.store.items.search("", 100)}


def doctor(dairy: City) -> list[tuple[str, str]]:
    return [(ill.kind, str(ill.detail)) for ill in audit(dairy.house.settings, dairy.house.store, dairy.now)]


def sources_page(dairy: City) -> str:
    """As Tom sees it."""
    token = invite(dairy.house.store, "tom", dairy.now)
    with serving(dairy) as base, httpx.Client(base_url=base, headers={"Accept-Language": "en"}, timeout=60) as browser:
        signed = browser.post("/sign-in", data={"token": token})
        kept = "; ".join(line.partition(";")[0] for line in signed.headers.get_list("set-cookie"))
        shown = browser.get("/sources", headers={"Cookie": kept})  # set by hand: they are for https alone
    assert shown.status_code == 200
    return shown.text


def test_silence(dairy: City, paper: Newspaper) -> None:
    """Late once its usual gap is over, then blind; one letter; the gap is filled, what is old pages nobody, 2 h 40 min are counted."""
    paper.silent = True
    letters = it_is_late_and_then_blind(dairy)
    its_watcher_gets_one_letter(letters)
    what_was_missed_comes_in(dairy, paper)
    the_digest_counts_what_is_over(dairy)


def it_is_late_and_then_blind(dairy: City) -> list[tuple[int, Mail]]:
    """The letters of three silent hours, each with its minute."""
    kinds: dict[int, set[str]] = {}
    letters = []
    for minutes in range(10, 180, 10):
        at(dairy, minutes)
        kinds[minutes] = {kind for kind, _ in doctor(dairy)}
        letters += [(minutes, mail) for mail in dairy.new_mails()]
        if minutes == 30:
            [(kind, late)] = doctor(dairy)
            assert (kind, "late since 2026-11-22 19:20 UTC" in late, "nothing at all" in late) == ("late", True, True)
            assert "late since 20:20" in sources_page(dairy)
    assert [minutes for minutes, found in kinds.items() if "late" in found] == [30, 40, 50, 60]
    assert [minutes for minutes, found in kinds.items() if "blind" in found] == list(range(70, 180, 10))
    assert "blind since 2026-11-22 19:20 UTC" in doctor(dairy)[0][1]
    assert "blind since 20:20" in sources_page(dairy)
    return letters


def its_watcher_gets_one_letter(letters: list[tuple[int, Mail]]) -> None:
    [(minutes, letter)] = letters
    assert (minutes, letter.recipients) == (80, ("tom@polna.example",)), "when it is asked in vain after what it promises"
    words = " ".join(letter.part("plain").split())
    assert str(letter.message["Subject"]) == "Blind: gazeta, since 22 Nov 2026, 20:20"
    assert "gazeta is late: it was read last at 22 Nov 2026, 20:00, and is due every 20 min" in words
    assert "blind since 22 Nov 2026, 20:20" in words
    assert "https://czujka.polna.example/sources" in words


def what_was_missed_comes_in(dairy: City, paper: Newspaper) -> None:
    """As far as the feed goes; a leak of three days ago is told where people look, and pages nobody."""
    missed = [(f"Mleczarnia Polna, wydanie {n}", GOOD + n * MINUTE) for n in (10, 60, 120, 170)]
    paper.entries += [*missed, (LEAK, GOOD - timedelta(days=3))]
    paper.silent = False
    dairy.now = GOOD + 180 * MINUTE
    ask_due(dairy.house, only=["gazeta"])
    dairy.settle()
    assert titles(dairy) == {"Mleczarnia Polna otwiera sklep", *(title for title, _ in missed[1:]), LEAK}, "as far as the feed goes"
    assert doctor(dairy) == []
    dairy.expect_nothing_else()
    [row] = dairy.house.store.incidents.list([IncidentState.OPEN])
    assert (row.label, row.paging) == ("leak.codename", False), "it is told where people look"
    assert dairy.house.store.incidents.card(row.incident_id).told == (), "and waits for no morning to page"
    at(dairy, 200)
    at(dairy, 220)
    dairy.expect_nothing_else()


def the_digest_counts_what_is_over(dairy: City) -> None:
    dairy.at("2026-11-23 08:01")
    [digest] = [
        mail
        for mail in dairy.new_mails()
        if mail.recipients == ("tom@polna.example",) and "digest-2026-W47" in str(mail.message["Message-ID"])
    ]
    assert "2 h 40 min" in digest.part("plain").replace("\u00a0", " ")
    blind = week_figures(dairy.house.settings, dairy.house.store, "2026-W47").blind
    assert [(one.source_id, one.seconds, one.lasts) for one in blind] == [("gazeta", 9600.0, False)]
