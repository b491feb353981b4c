"""The story of the wrong alarm, on SQLite and on PostgreSQL: nine of eleven verdicts say wrong, and after that nobody is woken by it."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from actions import rulings
from actions.verdicts import judge
from core.figures import week_bounds
from core.rulings import Ruled, Standing
from core.types import IncidentState
from core.verdicts import Said
from czujka.house import House
from czujka.pipeline import classify, collect
from reports.digest import digest
from reports.view import Digest
from storage.reading import Read
from storage.schema import finding
from tests.acceptance.city import City

RULE = "crisis.boycott.call"
CALLS = (
    "Bojkotujmy Mleczarnię Polną, dopóki nie przeproszą",
    "Wzywam do bojkotu Mleczarni Polnej po tej reklamie",
    "Nie kupujcie w Mleczarni Polnej, bojkot trwa",
    "Czas na bojkot: Mleczarnia Polna ma krew na rękach",
    "Boycott Mleczarnia Polna until they answer the farmers",
    "Dołączcie do bojkotu produktów Mleczarnia Polna",
    "Ogłaszam bojkot mleka od Mleczarni Polnej",
    "Bojkotuję Mleczarnię Polną i was też namawiam",
    "Bojkot Mleczarni Polnej rośnie z każdym dniem",
    "Please boycott Mleczarnia Polna and tell your friends",
    "Robimy bojkot, Mleczarnia Polna przegięła z cenami",
)
AGAIN = "Bojkotujmy Mleczarnię Polną, dopóki nie przeproszą"
WEEK = "2026-W47"
ZONE = ZoneInfo("Europe/Warsaw")


def test_after_acceptance_the_same_post_pages_nobody(dairy: City) -> None:
    """Compliance judges, the digest tells, the proposal is accepted; what was paging stops, what comes is found on trial."""
    nine_of_eleven_are_judged_wrong(dairy)
    the_digest_tells_and_it_is_proposed(dairy)
    it_is_accepted_and_what_was_paging_stops(dairy)
    dairy.post("x", AGAIN, "ktoś nowy", followers=90_000)
    dairy.post("facebook", "Bojkotujmy wszyscy Mleczarnię Polną", "ktoś jeszcze")
    dairy.forward("11m")
    dairy.expect_nothing_else()
    the_digest_counts_it_on_trial(dairy)

    rulings.revoke(dairy.house.store, RULE, "compliance", dairy.now)
    dairy.post("mastodon", "Bojkot! Mleczarnia Polna niech się wstydzi", "trzeci")
    assert dairy.new_mails(), "live again, for what comes from now on"


def nine_of_eleven_are_judged_wrong(dairy: City) -> None:
    dairy.at("2026-11-20 10:00")
    for number, text in enumerate(CALLS):
        dairy.post("x", text, f"wołający{number}")
    assert ("crisis.boycott", "high") in dairy.open_incidents()
    assert dairy.new_mails()
    numbers = findings(dairy)
    assert len(numbers) == len(CALLS), "each was found by this rule"
    for place, number in enumerate(numbers):
        judge(dairy.house.store, number, Said.RIGHT if place < 2 else Said.WRONG, "compliance", dairy.now)


def the_digest_tells_and_it_is_proposed(dairy: City) -> None:
    told = weekly(dairy)
    assert f"{RULE}@" in str(next(topic for topic in told.topics if topic.title == "Were the alarms right?").table)
    [need] = [need for need in told.needs if RULE in need.text]
    assert "was right in 2 of 11: put it on trial" in need.text
    [proposed] = [each for each in rulings.proposals(dairy.house.store) if each.about is Ruled.RULE]
    assert (proposed.name, proposed.proposal.right, proposed.proposal.verdicts, proposed.is_open) == (RULE, 2, 11, True)


def it_is_accepted_and_what_was_paging_stops(dairy: City) -> None:
    store = dairy.house.store
    made = rulings.accept(store, RULE, "compliance", dairy.now)
    assert made.reason == "2 of 11 judged right"
    [row] = store.incidents.list([IncidentState.OPEN])
    assert not row.paging
    assert not [each for each in rulings.proposals(store) if each.about is Ruled.RULE and each.is_open]
    dairy.forward("31m")
    dairy.expect_nothing_else()


def the_digest_counts_it_on_trial(dairy: City) -> None:
    told = weekly(dairy)
    assert not [need for need in told.needs if RULE in need.text], "it was decided"
    trial = next(topic for topic in told.topics if topic.title == "Found on trial")
    assert (trial.table.rows if trial.table else ())[0][1:] == ("on trial since 20 Nov", "2")
    lines = dairy.house.store.audit.lines()
    assert ("compliance", "rule_ruled", f"rule {RULE}: trial") in [(line.actor, line.act, line.subject) for line in lines]


def test_every_worker_knows_at_its_next_batch(dairy: City) -> None:
    """A second worker, started before the ruling, reads what comes after it under the ruling, without a restart."""
    dairy.at("2026-11-20 10:00")
    house = dairy.house
    other = House(house.settings, house.store, house.classifiers, house.http, "secret", clock=lambda: dairy.now)
    assert classify(other) == 0, "it has looked once"
    rulings.rule_on(house.store, RULE, Standing.TRIAL, "irony", "compliance", dairy.now)
    arrives(dairy, AGAIN)
    assert classify(other) == 1
    dairy.settle()
    dairy.expect_nothing_else()
    assert dairy.open_incidents() == []
    assert other.classifiers.version == house.classifiers.version, "nothing is read again for a ruling"


def test_what_was_read_before_the_ruling_and_assessed_after_it_pages_nobody(dairy: City) -> None:
    dairy.at("2026-11-20 10:00")
    arrives(dairy, AGAIN)
    assert classify(dairy.house) == 1
    rulings.rule_on(dairy.house.store, RULE, Standing.TRIAL, "irony", "compliance", dairy.now)
    dairy.settle()
    dairy.expect_nothing_else()
    assert dairy.open_incidents() == []


def test_a_worker_that_reads_while_it_is_ruled_writes_under_the_ruling(dairy: City) -> None:
    """The model takes seconds over a batch; a ruling of those seconds holds for the batch."""
    dairy.at("2026-11-20 10:00")
    arrives(dairy, AGAIN)
    store, classifiers = dairy.house.store, dairy.house.classifiers
    unread = store.reading.unread(classifiers.version, 10, dairy.now)
    understood = classifiers.read([one.reading for one in unread])
    assert any(found.reported and found.detector.startswith(f"{RULE}@") for found in understood[0].findings)
    rulings.rule_on(store, RULE, Standing.TRIAL, "irony", "compliance", dairy.now)
    store.reading.apply([Read(*pair) for pair in zip(unread, understood, strict=True)], classifiers.version, dairy.now)
    assert findings(dairy) == []
    dairy.settle()
    assert dairy.open_incidents() == []


def arrives(dairy: City, text: str) -> None:
    """A post is collected; nobody has read it."""
    dairy.now += timedelta(minutes=1)
    row = {"id": "early", "created_at": dairy.now.isoformat(), "text": text, "author_id": "a"}
    with (dairy.folder / "x.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    dairy.now += timedelta(minutes=1)
    assert collect(dairy.house) > 0


def findings(dairy: City) -> list[int]:
    with dairy.house.store.database.read() as connection:
        mine = sa.select(finding.c.id).where(finding.c.detector.startswith(f"{RULE}@"), finding.c.reported).order_by(finding.c.id)
        return list(connection.execute(mine).scalars())


def weekly(dairy: City) -> Digest:
    figures = dairy.house.store.figures.week(*week_bounds(WEEK, ZONE), ZONE)
    return digest(figures, "en", "Mleczarnia Polna", "https://czujka.example")
