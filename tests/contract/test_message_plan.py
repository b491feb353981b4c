"""The communication plan on both databases: each message once to everybody, caught up once, confirmed by the person alone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from actions import message_plan as acts
from actions.staff import shares
from core.errors import ConfigError, NotFound
from core.message_plan import Cadence, MessagePlan
from core.staff import Asked
from czujka.config import load
from czujka.message_letters import plan_messages
from storage import Store
from tests.contract.staffed import STAFF, house_of, mail, sent, take_in, to
from tests.fakes.bare import Bare
from tests.fakes.dairy import dairy
from tests.fakes.smtp import Mail, MailServer

__all__ = ["mail"]
DAY = timedelta(days=1)
FIRST = datetime(2026, 12, 1, 8, tzinfo=UTC)
"""9:00 in Warsaw."""
PLAN = MessagePlan(
    id="careful",
    title="Before you post",
    title_pl="Przed wpisem",
    text="m.md",
    text_pl="m.pl.md",
    start=date(2026, 12, 1),
    every=Cadence.MONTHLY,
)


@pytest.fixture
def house(store: Store, mail: MailServer, tmp_path: Path) -> Bare:
    (tmp_path / "m.md").write_text("Is it mine, is it true, is it kind?\n", encoding="utf-8")
    (tmp_path / "m.pl.md").write_text("Czy to moje, czy to prawda?\n", encoding="utf-8")
    return house_of(store, dairy(), mail, tmp_path, FIRST, message_plan=(PLAN,), path=tmp_path / "czujka.toml")


def swept(house: Bare, mail: MailServer, now: datetime) -> list[Mail]:
    return sent(house, mail, now, plan_messages, "message")


def test_each_gets_it_once_in_their_language_on_its_day_and_what_was_missed_once(house: Bare, mail: MailServer) -> None:
    assert swept(house, mail, FIRST - timedelta(seconds=1)) == []
    first = swept(house, mail, FIRST)
    assert to(first) == {"ewa": 1, "max": 1, "kim": 1}
    words = {one.recipients[0].partition("@")[0]: one for one in first}
    assert "Czy to moje" in words["ewa"].part("plain")
    assert "Przed wpisem" in str(words["ewa"].message["Subject"])
    assert "is it kind?" in words["max"].part("plain")
    assert "https://czujka.example/read/" in words["max"].part("plain")
    assert [part.get_content_type() for part in words["max"].message.walk()] == ["text/plain"], "nothing that could be fetched"
    assert swept(house, mail, FIRST + 20 * DAY) == []
    assert to(swept(house, mail, FIRST + 100 * DAY)) == {"ewa": 1, "max": 1, "kim": 1}, "three were missed, the newest goes out"


def test_who_comes_later_does_not_get_what_went_out_before(house: Bare, mail: MailServer, tmp_path: Path) -> None:
    swept(house, mail, FIRST)
    take_in(house.store, house.settings, tmp_path, STAFF + "zoe,Zoe,zoe@polna.example,en,staff,,,\n", FIRST + DAY)
    assert swept(house, mail, FIRST + 2 * DAY) == []
    assert to(swept(house, mail, FIRST + 31 * DAY)) == {"ewa": 1, "max": 1, "kim": 1, "zoe": 1}


def test_only_whom_it_went_to_confirms_it_and_once(house: Bare, mail: MailServer) -> None:
    swept(house, mail, FIRST)
    store, settings, day = house.store, house.settings, date(2026, 12, 1)
    assert [one.plan.id for one in acts.unread(store, settings, "ewa", FIRST)] == ["careful"]
    assert acts.confirm(store, settings, "ewa", "careful", day, FIRST + DAY)
    assert not acts.confirm(store, settings, "ewa", "careful", day, FIRST + 2 * DAY)
    assert [one.at for one in store.messages.confirmed("careful", day)] == [FIRST + DAY]
    assert acts.unread(store, settings, "ewa", FIRST + DAY) == []
    for person, plan, when in (("zoe", "careful", day), ("ewa", "other", day), ("ewa", "careful", day + DAY)):
        with pytest.raises(NotFound):
            acts.confirm(store, settings, person, plan, when, FIRST)
    [share] = [one for one in shares(store, settings, FIRST + 8 * DAY) if one.what is Asked.MESSAGE]
    assert (share.name("pl"), share.people, share.done, share.late) == ("Przed wpisem", 3, 1, 2)
    assert [line.actor for line in store.audit.lines() if line.act == "message_read"] == ["ewa"]


def test_words_that_are_not_there_are_named_by_the_check(tmp_path: Path) -> None:
    path = tmp_path / "czujka.toml"
    text = '[company]\nname = "Acme"\n[[message_plan]]\nid = "m"\ntitle = "M"\nstart = 2026-12-01\n'
    path.write_text(text + 'text = "m.md"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="there is no file 'm"):
        load(path, tmp_path)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="a text was expected"):
        load(path, tmp_path)
    (tmp_path / "m.md").write_text("words", encoding="utf-8")
    path.write_text(text + 'text = "m.md"\n', encoding="utf-8")
    assert load(path, tmp_path).message_plan[0].every is Cadence.MONTHLY
