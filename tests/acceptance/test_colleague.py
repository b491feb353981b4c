"""The story of a colleague's praise, on SQLite and on PostgreSQL: Ewa consented, praises the yoghurt and does not say where she works.

It is a matter for compliance with clause POL-03, and nobody is paged. She takes her consent back: collection stops at once, and what the
notice promised is erased.
"""

import json

import sqlalchemy as sa

from actions import consents
from classifiers.taxonomy import LABELS
from collector import SOURCES
from core.consent import ConsentState
from core.settings import Owner, Route
from governance.audit import faults
from storage.schema import finding, item
from tests.acceptance.city import City

PRAISE = "Jogurt truskawkowy Mleczarnia Polna jest najlepszy na świecie, polecam każdemu!"


def with_staff(dairy: City) -> None:
    """A source that reads what staff export of their accounts, and a team for breaches."""
    (dairy.folder / "staff.jsonl").touch()
    row = {"id": "staff", "kind": "file", "path": str(dairy.folder / "staff.jsonl"), "platform": "mastodon", "scope": "employee"}
    source = SOURCES.get("file").Settings.model_validate(row | {"brand": "polna", "every": "1s"})
    settings = dairy.house.settings
    change = {
        "source": (*settings.source, source),
        "owner": (*settings.owner, Owner(id="compliance", people=("tom",))),
        "route": (Route(label="policy.*", owner="compliance"), *settings.route),
    }
    dairy.house.settings = settings.model_copy(update=change)
    dairy.house.store.sources.sync([one.id for one in dairy.house.settings.source], dairy.now)


def says(dairy: City, name: str, text: str) -> None:
    row = {
        "id": name,
        "created_at": dairy.now.isoformat(),
        "text": text,
        "author_id": "42",
        "author_handle": "@ewa",
        "author_name": "Ewa Sroka",
    }
    with (dairy.folder / "staff.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    dairy.forward("2s")


def test_a_colleagues_praise_is_collected_by_consent_alone_and_erased_with_it(dairy: City) -> None:
    with_staff(dairy)
    store, settings = dairy.house.store, dairy.house.settings
    dairy.at("2026-11-20 10:00")
    says(dairy, "staff-0", "Mleczarnia Polna robi najlepsze masło, polecam")
    assert store.items.search("maslo") == [], "nobody has agreed to anything"

    asked = consents.invite(store, settings, "ewa", "mastodon", "@ewa", "anna", dairy.now)
    consents.attest(store, asked.consent_id, "anna", dairy.now)
    says(dairy, "staff-1", "Mleczarnia Polna robi najlepsze lody, polecam")
    assert store.items.search("lody") == [], "asked is not agreed"
    dairy.expect_page("ewa", containing="Pytanie o Twoje konto: ewa (Mastodon)")
    text, version = consents.notice(settings, asked, "pl")
    assert "Odmowa nie ma żadnych konsekwencji" in text
    consents.grant(store, settings, asked.consent_id, version, "pl", "ewa", dairy.now)

    says(dairy, "staff-2", PRAISE)
    [post] = store.items.search("jogurt")
    [found] = post.findings
    assert (found.label, found.severity.value, LABELS[found.label].clause) == ("policy.undisclosed", "medium", "POL-03")
    assert post.feeling is None, "no sentiment of what staff write"
    assert [row.owner for row in store.incidents.list()] == ["compliance"]
    dairy.expect_page("anna", containing="zgadza się: ewa (Mastodon)")
    dairy.forward("2h")
    dairy.expect_nothing_else()

    assert consents.withdraw(store, asked.consent_id, "ewa", dairy.now) == 1
    says(dairy, "staff-3", "Mleczarnia Polna robi najlepsze sery, polecam")
    assert store.items.search("sery") == store.items.search("jogurt") == []
    dairy.expect_page("anna", containing="Zgoda cofnięta: ewa (Mastodon)")
    with store.database.read() as connection:
        rows = connection.execute(sa.select(item.c.text, item.c.author_name, item.c.author_handle, item.c.raw)).all()
        assert [tuple(row) for row in rows] == [("", "", "", None)]
        assert "ewa" not in str(connection.execute(sa.select(item)).all()).lower()
        assert connection.execute(sa.select(sa.func.count()).select_from(finding)).scalar() == 1, "numbers that name nobody stay"
    assert [row.items for row in store.incidents.list()] == [1]
    assert store.consents.get(asked.consent_id).state is ConsentState.WITHDRAWN
    assert faults(store.audit.links(), store.audit.aliases(), [store.audit.head(dairy.now)]) == []
