"""Story 11: the official account posts what it never would; critical within one polling interval, with what to do first."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa

from actions.incidents import resolve
from actions.sign_in import invite
from actions.verdicts import judge
from core.access import OPERATOR
from core.verdicts import Said
from storage.schema import finding
from tests.acceptance.city import City
from tests.acceptance.test_stories import serving

ORDINARY = (
    "Nowy twarożek jest już w sklepach, smacznego, partia {n}",
    "Dziękujemy za wizytę na targach, dzień {n}",
    "W piątek otwieramy sklep firmowy numer {n}, zapraszamy",
    "Przepis na sernik numer {n} czeka na blogu https://polna.example/przepisy",
)


@pytest.fixture
def posting(dairy: City) -> City:
    """An official account with twenty-four posts behind it, of working hours, in Polish, by one program."""
    dairy.now = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)
    for number in range(24):
        ago = timedelta(days=number // 4, hours=number % 6)
        dairy.official(ORDINARY[number % 4].format(n=number), client="planer", ago=ago)
    dairy.at("2026-11-19 15:00")
    dairy.expect_nothing_else()
    return dairy


def test_our_account_not_us(posting: City) -> None:
    posting.at("2026-11-20 04:10")
    posting.official("Double your bitcoin today only, send 0.1 BTC now https://double-btc.example/polna", client="autopost")
    assert posting.open_incidents() == [("account.takeover", "critical")]
    posting.expect_page("anna", containing="Możliwe przejęcie naszego konta")
    [row] = posting.house.store.incidents.list()
    assert row.opened_at - posting.now <= timedelta(seconds=1)
    with posting.house.store.database.read() as connection:
        found = set(connection.execute(sa.select(finding.c.detector).where(finding.c.label == "account.takeover")).scalars())
    assert found >= {f"account.habits.{name}@1" for name in ("client", "hour", "language", "link")}

    with serving(posting) as base, httpx.Client(base_url=base, timeout=60) as browser:
        signed_in = browser.post("/sign-in", data={"token": invite(posting.house.store, OPERATOR, posting.now)})
        session = signed_in.headers["set-cookie"].partition(";")[0]
        shown = browser.get(f"/incidents/{row.incident_id}", headers={"accept-language": "en", "cookie": session}).text
    assert "Freeze who may publish" in shown


def test_without_a_lure_the_habits_alone_tell_it(posting: City) -> None:
    posting.at("2026-11-20 04:10")
    posting.official("Check our new page, it is really great: https://great-page.example/", client="autopost")
    assert posting.open_incidents() == [("account.takeover", "critical")]


def test_our_own_people_in_a_new_program_wake_nobody(posting: City) -> None:
    posting.at("2026-11-20 10:10")
    posting.official("Nowy kefir jest już w sklepach, smacznego", client="nowy-planer")
    assert posting.open_incidents() == []
    posting.expect_nothing_else()


def test_who_says_that_it_was_us_teaches_a_habit(posting: City) -> None:
    posting.at("2026-11-20 10:10")
    posting.official("Zobacz nowy katalog: https://katalog.example/zima", client="nowy-planer")
    assert posting.open_incidents() == [("account.takeover", "high")]
    [row] = posting.house.store.incidents.list()
    with posting.house.store.database.read() as connection:
        found = connection.execute(sa.select(finding.c.id).where(finding.c.label == "account.takeover").limit(1)).scalar_one()
    judge(posting.house.store, found, Said.WRONG, "anna", posting.now, note="that was us")
    resolve(posting.house.store, posting.house.settings, row.incident_id, "anna", posting.now)
    posting.at("2026-11-20 11:20")
    posting.official("I jeszcze jedna strona: https://katalog.example/wiosna", client="nowy-planer")
    assert posting.open_incidents() == []
    posting.at("2026-11-20 12:20")
    posting.official("Look here now: https://great-page.example/", client="autopost")
    assert [label for label, _ in posting.open_incidents()] == ["account.takeover"], "another stranger is none of ours"
