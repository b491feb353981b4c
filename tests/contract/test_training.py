"""Trainings on both databases: asked for once, reminded, named to the manager once, said by the person or by a sheet."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from actions import training as acts
from actions.staff import shares
from core.errors import ConfigError, NotFound, Refused
from core.staff import Asked
from core.training import Training
from czujka.training_letters import plan_trainings
from storage import Store
from tests.contract.staffed import house_of, mail, sent, to
from tests.contract.test_store import NOW
from tests.fakes.bare import Bare
from tests.fakes.dairy import dairy
from tests.fakes.smtp import Mail, MailServer

__all__ = ["mail"]
DAY = timedelta(days=1)
BASICS = Training(
    id="basics", title="Social media at work", title_pl="Media w pracy", since=date(2026, 11, 20), within=10 * DAY, reminders=2
)
CRISIS = Training(id="crisis", title="The first hour", roles=("manager",), since=date(2026, 12, 1))


@pytest.fixture
def house(store: Store, mail: MailServer, tmp_path: Path) -> Bare:
    """Ewa and Max, and Kim whom they answer to; one training for everybody, a later one for managers."""
    return house_of(store, dairy(), mail, tmp_path, training=(BASICS, CRISIS))


def swept(house: Bare, mail: MailServer, now: datetime) -> list[Mail]:
    return sent(house, mail, now, plan_trainings, "training")


def done(house: Bare, person: str, now: datetime = NOW, training: str = "basics") -> bool:
    return acts.complete(house.store, house.settings, person, training, now)


def test_each_is_asked_once_reminded_once_and_named_to_the_manager_once(house: Bare, mail: MailServer) -> None:
    first = swept(house, mail, NOW)
    assert to(first) == {"ewa": 1, "max": 1, "kim": 1}
    polish = next(one for one in first if one.recipients[0].startswith("ewa"))
    assert "Media w pracy" in polish.part("plain")
    assert re.search(r"https://czujka\.example/read/\S+#trainings\s", polish.part("plain"))
    assert done(house, "kim")
    assert swept(house, mail, NOW + 3 * DAY) == []
    assert to(swept(house, mail, NOW + 7 * DAY)) == {"ewa": 1, "max": 1}
    assert done(house, "max", NOW + 8 * DAY)
    [late] = swept(house, mail, NOW + 10 * DAY)
    assert late.recipients == ("kim@polna.example",)
    assert "Ewa Sroka" in late.part("plain")
    assert "Max" not in late.part("plain")
    assert to(swept(house, mail, NOW + 11 * DAY)) == {"kim": 1}, "the managers' own begins in December"


def test_saying_it_twice_is_saying_it_once_and_only_to_what_is_theirs(house: Bare) -> None:
    assert done(house, "ewa")
    assert not done(house, "ewa", NOW + timedelta(hours=3))
    assert not done(house, "ewa", NOW + 3 * DAY)
    [kept] = house.store.trainings.done()
    assert (kept.person, kept.training, kept.by) == ("ewa", "basics", "ewa")
    assert [(line.actor, line.act) for line in house.store.audit.lines() if line.act == "training_done"] == [("ewa", "training_done")]
    for person, training in (("ewa", "crisis"), ("ewa", "dance"), ("nobody", "basics")):
        with pytest.raises(NotFound):
            done(house, person, training=training)
    with pytest.raises(Refused, match="not asked for yet"):
        done(house, "kim", training="crisis")


def test_a_sheet_is_taken_whole_or_not_at_all_and_twice_is_once(house: Bare, tmp_path: Path) -> None:
    path = tmp_path / "trained.csv"
    path.write_text("person,training,done_on\newa,basics,2026-11-20\nzoe,basics,2026-11-20\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="line 3"):
        acts.take_in(house.store, house.settings, path, "cli:ola", NOW)
    assert house.store.trainings.done() == []
    path.write_text("person,training,done_on\newa,basics,2026-11-20\nmax,basics,2026-11-19\n", encoding="utf-8")
    assert acts.take_in(house.store, house.settings, path, "cli:ola", NOW) == 2
    assert acts.take_in(house.store, house.settings, path, "cli:ola", NOW) == 0
    assert [one.colleague.person for one in acts.standing(house.store, house.settings, NOW)[0].owing] == ["kim"]


def test_the_list_of_the_staff_counts(house: Bare) -> None:
    done(house, "ewa")
    [basics] = shares(house.store, house.settings, NOW + 10 * DAY)
    assert (basics.what, basics.name("pl"), basics.people, basics.done, basics.late) == (Asked.TRAINING, "Media w pracy", 3, 1, 2)
    assert [(one.people, one.done) for one in shares(house.store, house.settings, NOW + 11 * DAY)] == [(3, 1), (1, 0)]
