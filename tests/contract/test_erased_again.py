"""Who was erased does not come back with an older backup, and erasure reaches every table that names people; on both databases."""

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions import crisis, privacy
from actions.erased import back, erase_again, erased_file
from core.crisis import About, Kind, Planned
from core.errors import ConfigError
from core.lessons import Origin
from core.message_plan import Confirmed
from core.readers import Colleague, Read, What
from core.records import Opens
from core.register import Stranger
from core.settings import Settings
from core.training import Completed
from core.types import Author
from czujka.doctor import examine
from storage import Store
from storage.backup import back_up, restore
from storage.schema import metadata
from tests.contract.test_policy_way import published, settings
from tests.contract.test_store import NOW, an_item, arrive, opens
from tests.fakes.postgres import _programs

__all__ = ["settings"]
KASIA = Author(id="k-109348812", handle="kasia.zielarz", name="Katarzyna Zielarz")
EWA = Colleague(person="ewa.zielinska", name="Ewa Zielińska-Kos", address="ewa.zielinska@polna.example", language="pl", manager="kim")
DAY = timedelta(days=1)


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"home": tmp_path / "home"})


def everywhere(store: Store, settings: Settings) -> None:
    """Both are named wherever people are."""
    published(store, settings)
    store.items.add([arrive(an_item(1, author=KASIA, platform="mastodon")), arrive(an_item(2, text="ask @kasia.zielarz"))], NOW)
    posing = Stranger(platform="mastodon", author_key=f"mastodon:{KASIA.id}", handle=KASIA.handle, name=KASIA.name, item_id=1)
    what: Opens = replace(opens(1, key="unregistered"), label="account.unregistered", title="")
    store.account_checks.found([(posing, what)], 2, NOW)
    store.readers.take_in([EWA, replace(EWA, person="kim", name="Kim", address="kim@polna.example", manager=EWA.person)], "tests", NOW)
    version = store.policies.in_force(NOW)
    assert version is not None
    store.readers.acknowledge([Read(person=EWA.person, what=What.POLICY, version=version.number, language="pl", at=NOW)])
    store.trainings.complete([Completed(person=EWA.person, training="basics", at=NOW, by=EWA.person)], EWA.person, NOW)
    store.messages.confirm(Confirmed(person=EWA.person, plan="careful", day=date(2026, 11, 1), at=NOW))
    lesson = store.lessons.learn(Origin.EXERCISE, "leak", f"{EWA.name} was alone", EWA.person, NOW)
    planned = Planned(text=f"Help {EWA.name}", owner=EWA.person, due_at=NOW + DAY, about=About.TRAINING, pointer="basics")
    store.lessons.finish(lesson, store.lessons.plan(lesson, planned, EWA.person, NOW), EWA.person, NOW)
    number = crisis.declare(store, settings, "An outage", EWA.person, NOW, kind=Kind.OUTAGE)
    crisis.stand_down(store, number, "over", EWA.person, NOW)
    store.crises.plan(number, planned, EWA.person, NOW)


def named(store: Store, *words: str) -> dict[str, int]:
    """How many rows of which table still say one of the words."""
    found: dict[str, int] = {}
    with store.database.read() as connection:
        for table in metadata.sorted_tables:
            rows = [str(tuple(row)).casefold() for row in connection.execute(sa.select(table))]
            count = sum(any(word.casefold() in row for word in words) for row in rows)
            found |= {table.name: count} if count else {}
    return found


def test_erasure_reaches_every_table_that_names_people(store: Store, home: Settings) -> None:
    everywhere(store, home)
    words = (EWA.person, EWA.name, EWA.address)
    tables = {"colleague", "policy_read", "training_done", "message_read", "lesson", "lesson_action", "crisis", "crisis_action"}
    assert tables <= set(named(store, *words))
    assert "stranger" in named(store, KASIA.handle, KASIA.name)
    privacy.erase(store, home, None, None, words, "tests", NOW)
    privacy.erase(store, home, KASIA.handle, None, (), "tests", NOW)
    assert named(store, *words) == {}
    assert named(store, KASIA.handle, KASIA.name, KASIA.id) == {}
    assert len(store.readers.staff()) == 2, "somebody was there"


def test_what_is_kept_of_an_erasure_says_nothing_without_the_key(store: Store, home: Settings) -> None:
    everywhere(store, home)
    privacy.erase(store, home, KASIA.handle, None, (KASIA.name,), "tests", NOW, dry_run=True)
    assert not erased_file(home).exists(), "a dry run is no erasure"
    privacy.erase(store, home, KASIA.handle, None, (KASIA.name,), "tests", NOW)
    kept = erased_file(home).read_text(encoding="utf-8").casefold()
    assert not [word for word in (KASIA.handle, KASIA.name, KASIA.id, "zielarz") if word.casefold() in kept]
    assert back(store, home) == ([], [])


def test_who_was_erased_is_erased_again_after_a_backup_from_before(
    store: Store, home: Settings, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{_programs()}{os.pathsep}{os.environ['PATH']}")
    everywhere(store, home)
    back_up(store, tmp_path / "old.backup")
    words = (EWA.person, EWA.name, EWA.address)
    privacy.erase(store, home, KASIA.handle, None, (), "tests", NOW)
    privacy.erase(store, home, None, None, words, "tests", NOW)
    store.close()
    restore(database_url, tmp_path / "old.backup")
    again = Store.open(database_url)
    try:
        assert back(again, home) == ([f"mastodon:{KASIA.id}"], sorted(words))
        assert [one.kind for one in examine(home, again, NOW) if one.kind == "erased"] == ["erased"]
        assert erase_again(again, home, NOW + DAY) is not None
        assert named(again, *words, KASIA.handle, KASIA.name, KASIA.id) == {}
        assert again.items.add([arrive(an_item(1, author=KASIA, platform="mastodon"))], NOW + DAY).new == 0, "nor is the post stored again"
        assert erase_again(again, home, NOW + DAY) is None
        assert [one.kind for one in examine(home, again, NOW) if one.kind == "erased"] == []
    finally:
        again.close()


def test_a_file_that_cannot_be_read_is_named_with_its_line(store: Store, home: Settings) -> None:
    home.home.mkdir()
    erased_file(home).write_text('{"hashes": []}\n{\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="line 2"):
        back(store, home)
