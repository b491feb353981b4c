"""Stories that must come true, on SQLite and on PostgreSQL: what must happen, and what must not."""

import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import httpx
import uvicorn

from core.types import Finding, IncidentState, Reading, Severity
from tests.acceptance.city import City
from tests.acceptance.parcels import LATE, NORMAL, SOMEBODY_ELSES
from web import Context, create_app

FIRES = (
    "Bojkotujmy Mleczarnię Polną, dopóki nie przeproszą",
    "Dzień dobry, redakcja TVN, prosimy Mleczarnię Polną o komentarz",
    "Zgłaszam sprawę do UOKiK, Mleczarnio Polna",
    "W Mleczarni Polnej kierownik bierze łapówki od dostawców",
)


def test_late_parcels(dairy: City) -> None:
    """Forty-one strangers, each in their own words: a conversation each, one incident, one page, one rise."""
    dairy.at("2026-11-20 09:30")
    for number, text in enumerate(NORMAL):
        dairy.post("facebook", text, f"zwykły{number}")
    dairy.at("2026-11-20 10:00")
    dairy.expect_nothing_else()
    for number, text in enumerate(SOMEBODY_ELSES):
        dairy.post("x", text, f"obcy{number}")
    dairy.expect_nothing_else()

    for number, text in enumerate(LATE[:8]):
        dairy.post(("x", "facebook", "mastodon")[number % 3], text, f"klient{number}")
    assert dairy.open_incidents() == [("complaint.delivery", "medium")]
    page = dairy.expect_page("ewa", containing="8")
    answer = acknowledge(dairy, link_in(page.part("plain")))
    assert answer.status_code == 200

    for number, text in enumerate(LATE[8:], start=8):
        dairy.post(("x", "facebook", "mastodon")[number % 3], text, f"klient{number}")
        dairy.forward("2m")
    assert dairy.open_incidents() == [("complaint.delivery", "high")]
    [row] = dairy.house.store.incidents.list([IncidentState.ACKNOWLEDGED])
    card = dairy.house.store.incidents.card(row.incident_id)
    assert (row.owner, row.authors, card.participants) == ("care", 41, ("pr",))
    assert [event.detail for event in card.events if event.kind == "severity"] == [{"from": "medium", "to": "high"}]
    assert [mail.recipients for mail in dairy.new_mails()] == [("anna@polna.example",)]

    inbox = dairy.house.store.conversations.list(owner="care", limit=200)
    late = [talk for talk in inbox if "complaint.delivery" in talk.labels]
    assert len(late) == 41
    assert all(talk.due_at is not None for talk in late)
    assert not any(talk.author.startswith("@obcy") and "complaint.delivery" in talk.labels for talk in inbox)


def test_code_name_at_night(dairy: City) -> None:
    """Critical despite quiet hours; the scanner that opens the link changes nothing; the second person takes it from the phone."""
    dairy.at("2026-11-20 02:14")
    dairy.post("x", "kupiłam wczoraj wisiorek, bursztyn bałtycki, piękny", "marta", followers=90_000)
    dairy.post("mastodon", "mój projekt z bursztynu i srebra jest prawie gotowy", "jubiler", followers=20_000)
    dairy.expect_nothing_else()

    dairy.post("x", "co to jest Projekcie Bursztyn?", "marek", followers=12_000)
    page = dairy.expect_page("anna", containing="Projekt Bursztyn")
    assert dairy.open_incidents() == [("leak.codename", "critical")]
    assert "@marek" in page.part("plain")
    assert dairy.house.settings.alerting.quiet_hours == "22:00-07:00", "it is night, and it comes all the same"
    [told] = dairy.house.store.incidents.card(1).told
    assert told.at is not None
    assert told.at - dairy.house.store.incidents.items(1)[0].collected_at <= timedelta(seconds=2)

    scanned = look(dairy, link_in(page.part("plain")))
    assert scanned.status_code == 200
    assert [row.state for row in dairy.house.store.incidents.list()] == [IncidentState.OPEN]

    dairy.forward("9m")
    dairy.expect_nothing_else()
    dairy.forward("61s")
    second = dairy.expect_page("jan", containing="Projekt Bursztyn")
    acknowledge(dairy, link_in(second.part("plain")))
    [row] = dairy.house.store.incidents.list()
    assert (row.state, row.acknowledged_by, row.severity) == (IncidentState.ACKNOWLEDGED, "jan", Severity.CRITICAL)
    dairy.forward("50m")
    dairy.expect_nothing_else()


def test_four_fires_in_one_half_minute(dairy: City) -> None:
    """The first page at once; what follows inside 30 seconds comes as one mail that names the rest, and every page is on its incident."""
    dairy.at("2026-11-20 11:00")
    for number, text in enumerate(FIRES):
        dairy.post("x", text, f"ktoś{number}")
    first = dairy.new_mails()
    dairy.forward("40s")
    rest = dairy.new_mails()
    rows = dairy.house.store.incidents.list([IncidentState.OPEN])
    assert len(rows) > 2
    told = [one for row in rows for one in dairy.house.store.incidents.card(row.incident_id).told]
    assert [one.state for one in told] == ["sent"] * len(rows)
    assert (len(first), len(rest)) == (1, 1)
    assert f"oraz {len(rows) - 2} więcej" in str(rest[0].message["Subject"])
    shown = rest[0].part("plain")
    assert sum(f"#{row.incident_id})" in shown for row in rows) == len(rows) - 2


def test_every_page_is_accounted_for_on_both_sides(dairy: City) -> None:
    """What the database calls sent is what the mail server took, mail by mail."""
    dairy.at("2026-11-20 11:00")
    dairy.post("x", "Projekt Bursztyn w Mleczarni Polnej to chyba nowa fabryka", "a", followers=5)
    dairy.post("x", "Mleczarnia Polna zatruła mi dzieci, cała grupa przedszkolna wymiotuje po jogurcie", "b", followers=5)
    dairy.forward("31m")
    said = Counter(
        told.contact
        for row in dairy.house.store.incidents.list()
        for told in dairy.house.store.incidents.card(row.incident_id).told
        if told.state == "sent"
    )
    took = Counter(f"email:{recipient}" for mail in dairy.mails() for recipient in mail.recipients)
    assert said == took
    assert sum(took.values()) >= 2


def test_monday_eight_o_clock(dairy: City) -> None:
    """The server was off: the digest comes when it is back and says why, each reader's in their language, once."""
    dairy.at("2026-11-20 10:00")
    dairy.post("x", "moja paczka z Mleczarni Polnej nie dotarła, czekam drugi tydzień", "klient")
    dairy.at("2026-11-22 20:00")
    dairy.new_mails()

    dairy.at("2026-11-23 09:31")
    by_reader = {
        mail.recipients[0].split("@")[0]: mail for mail in dairy.new_mails() if "digest-2026-W47" in str(mail.message["Message-ID"])
    }
    assert set(by_reader) == {"anna", "jan", "tom", "ewa"}
    assert "(care)" in str(by_reader["ewa"].message["Subject"]), "only what is hers"
    assert by_reader["anna"].message["Content-Language"] == "pl"
    assert "To miało przyjść 23 listopada 2026, 08:00" in by_reader["anna"].part("plain")
    assert "This should have come on November 23, 2026, 08:00" in by_reader["tom"].part("html")
    links = set(re.findall(r'href="https://czujka\.polna\.example(/[^"]+)"', by_reader["tom"].part("html")))
    assert links
    with serving(dairy) as base, httpx.Client(base_url=base, timeout=60) as browser:
        assert {browser.get(link.replace("&amp;", "&")).status_code for link in links} <= {200, 303}

    dairy.forward("2h")
    dairy.at("2026-11-23 23:00")
    assert [mail for mail in dairy.new_mails() if "digest-" in str(mail.message["Message-ID"])] == []

    dairy.at("2026-11-30 07:59")
    dairy.new_mails()
    dairy.forward("2m")
    on_time = [mail for mail in dairy.new_mails() if "digest-2026-W48" in str(mail.message["Message-ID"])]
    assert len(on_time) == 4
    assert not any("should have come" in mail.part("plain") or "miało przyjść" in mail.part("plain") for mail in on_time)


def link_in(text: str) -> str:
    """The acknowledge link's path, as the reader of the mail finds it."""
    found = re.search(r"https://czujka\.polna\.example(/ack/\S+)", text)
    assert found is not None, text
    return found[1].rstrip(".")


def look(dairy: City, path: str) -> httpx.Response:
    with serving(dairy) as base:
        return httpx.get(base + path)


def acknowledge(dairy: City, path: str) -> httpx.Response:
    """Open the page as a phone does, press its button."""
    with serving(dairy) as base, httpx.Client(base_url=base, follow_redirects=True, timeout=60) as phone:
        shown = phone.get(path)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
        return phone.post(path, data=fields)


@contextmanager
def serving(dairy: City) -> Iterator[str]:
    """The real pages on a free port."""
    house = dairy.house

    def judge(reading: Reading) -> Sequence[Finding]:
        return house.classifiers.read([reading])[0].findings

    app = create_app(Context(house.store, house.settings, house.secret, clock=house.clock, judge=judge))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
