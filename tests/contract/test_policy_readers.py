"""Who has read the policy, on both databases: taken in whole, asked once, reminded, named to the manager once, done when it is said."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from actions import readers as acts
from core.errors import ConfigError, Refused
from core.readers import ReadersTable, What
from core.settings import Settings
from czujka.reminding import plan_readers
from czujka.reporting import send_letters
from storage import Store
from tests.contract.staffed import HEADER, STAFF, at, house_of, mail, sent, take_in, to
from tests.contract.test_policy_way import published, settings
from tests.contract.test_store import NOW
from tests.fakes.bare import Bare
from tests.fakes.smtp import Mail, MailServer

__all__ = ["mail", "settings"]
DAY = timedelta(days=1)
BOTH = (What.POLICY, What.NOTICE)


@pytest.fixture
def house(store: Store, settings: Settings, mail: MailServer, tmp_path: Path) -> Bare:
    """The dairy with a policy in force and three people who must read it."""
    published(store, settings)
    return staffed(store, settings, mail, tmp_path)


def staffed(store: Store, settings: Settings, mail: MailServer, tmp_path: Path) -> Bare:
    """The dairy with three people who are reminded, and mail for them."""
    return house_of(store, settings, mail, tmp_path, readers=ReadersTable(within=10 * DAY, remind_every=7 * DAY, reminders=2))


def swept(house: Bare, mail: MailServer, now: datetime) -> list[Mail]:
    return sent(house, mail, now, plan_readers, "read")


def test_each_is_asked_once_reminded_once_and_named_to_the_manager_once(house: Bare, mail: MailServer) -> None:
    first = swept(house, mail, NOW)
    assert to(first) == {"ewa": 1, "max": 1, "kim": 1}
    polish = next(one for one in first if one.recipients[0].startswith("ewa"))
    assert "Przeczytaj" in str(polish.message["Subject"])
    assert "https://czujka.example/read/" in polish.part("plain")
    assert acts.acknowledge(house.store, "kim", 1, BOTH, "en", NOW) == 2
    assert swept(house, mail, NOW + 3 * DAY) == []
    assert to(swept(house, mail, NOW + 7 * DAY)) == {"ewa": 1, "max": 1}
    acts.acknowledge(house.store, "max", 1, BOTH, "en", NOW + 8 * DAY)
    [late] = swept(house, mail, NOW + 10 * DAY)
    assert late.recipients == ("kim@polna.example",)
    assert "Ewa Sroka" in late.part("plain")
    assert "Max" not in late.part("plain")
    for day in (11, 14, 30):
        assert swept(house, mail, NOW + day * DAY) == []


def test_who_has_read_meanwhile_gets_no_letter(house: Bare, mail: MailServer) -> None:
    plan_readers(at(house, NOW))
    for person in ("ewa", "max"):
        acts.acknowledge(house.store, person, 1, BOTH, "pl", NOW)
    send_letters(at(house, NOW))
    assert to(mail.mails) == {"kim": 1}
    assert house.store.letters.unsent() == []


def test_without_a_manager_the_office_of_people_hears_of_it(house: Bare, mail: MailServer) -> None:
    acts.acknowledge(house.store, "ewa", 1, BOTH, "pl", NOW)
    acts.acknowledge(house.store, "max", 1, BOTH, "en", NOW)
    swept(house, mail, NOW)
    assert to(swept(house, mail, NOW + 10 * DAY)) == {"kim": 1, "anna": 1}


def test_only_their_own_people_are_named_to_a_manager(house: Bare, mail: MailServer, tmp_path: Path) -> None:
    take_in(house.store, house.settings, tmp_path, STAFF.replace("en,staff,kim", "en,staff,ewa"))
    acts.acknowledge(house.store, "kim", 1, BOTH, "en", NOW)
    swept(house, mail, NOW)
    swept(house, mail, NOW + 7 * DAY)
    told = {one.recipients[0].partition("@")[0]: one.part("plain") for one in swept(house, mail, NOW + 10 * DAY)}
    assert ("Max Hill" in told["ewa"], "Ewa Sroka" in told["ewa"]) == (True, False)
    assert ("Max Hill" in told["kim"], "Ewa Sroka" in told["kim"]) == (False, True)


def test_saying_it_twice_is_saying_it_once(house: Bare) -> None:
    assert acts.acknowledge(house.store, "ewa", 1, BOTH, "pl", NOW) == 2
    assert acts.acknowledge(house.store, "ewa", 1, BOTH, "en", NOW + DAY) == 0
    assert {(one.language, one.at) for one in house.store.readers.read()} == {("pl", NOW)}
    lines = [line for line in house.store.audit.lines() if line.act == "policy_read"]
    assert [line.actor for line in lines] == ["ewa", "ewa"]
    for number, what in ((2, BOTH), (1, ())):
        with pytest.raises(Refused):
            acts.acknowledge(house.store, "ewa", number, what, "pl", NOW)


def test_how_far_it_is_read(house: Bare) -> None:
    acts.acknowledge(house.store, "ewa", 1, BOTH, "pl", NOW)
    acts.acknowledge(house.store, "max", 1, (What.POLICY,), "en", NOW)
    found = acts.standing(house.store, house.settings, NOW + 10 * DAY)
    assert found is not None
    assert (found.people, found.done, found.late) == (3, 1, 2)
    assert [(one.colleague.person, one.missing) for one in found.owing] == [("kim", BOTH), ("max", (What.NOTICE,))]


def test_a_sheet_with_a_fault_changes_nobody(house: Bare, tmp_path: Path) -> None:
    before = house.store.readers.staff()
    with pytest.raises(ConfigError, match="line 3"):
        take_in(house.store, house.settings, tmp_path, STAFF.replace("Sroka", "Lis").replace("en,staff,kim", "en,staff,zoe"))
    assert house.store.readers.staff() == before
    assert take_in(house.store, house.settings, tmp_path, STAFF.replace("Sroka", "Lis")) == (0, 1, 0)


def test_whom_the_sheet_no_longer_names_is_gone_and_half_of_the_staff_only_on_purpose(house: Bare, tmp_path: Path) -> None:
    without_max = "".join(line for line in STAFF.splitlines(keepends=True) if not line.startswith("max"))
    later = NOW + DAY
    assert take_in(house.store, house.settings, tmp_path, without_max, later) == (0, 0, 1)
    assert take_in(house.store, house.settings, tmp_path, without_max, later + DAY) == (0, 0, 0)
    assert {one.person for one in house.store.readers.staff() if one.is_here(later)} == {"ewa", "kim"}
    kim = "kim,Kim,kim@polna.example,en,manager,,,\n"
    (tmp_path / "people.csv").write_text(HEADER + "zoe,Zoe,zoe@polna.example,en,staff,,,\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="2 would be gone"):
        acts.take_in(house.store, house.settings, tmp_path / "people.csv", "cli:ola", later)
    assert acts.take_in(house.store, house.settings, tmp_path / "people.csv", "cli:ola", later, many_gone=True) == (1, 0, 2)
    assert take_in(house.store, house.settings, tmp_path, kim + "zoe,Zoe,zoe@polna.example,en,staff,,,\n", later + DAY) == (0, 1, 0)
    assert {one.person for one in house.store.readers.staff() if one.is_here(later + DAY)} == {"kim", "zoe"}, "who is named again is back"


def test_before_a_policy_is_in_force_nobody_is_asked(store: Store, settings: Settings, tmp_path: Path) -> None:
    take_in(store, settings, tmp_path)
    assert acts.standing(store, settings, NOW) is None
