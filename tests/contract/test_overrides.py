"""Overrides on call: they are listed with their numbers, and a slip does not stand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from actions import oncall
from core.errors import Conflict, NotFound, Refused
from core.settings import Layer, Owner, Person, Schedule, Settings
from czujka.cli import cli
from storage import Store
from tests.fakes.dairy import NOON, dairy

HOUR = timedelta(hours=1)


def rota() -> Settings:
    """Anna is always on call, until somebody says otherwise."""
    return dairy().model_copy(
        update={
            "person": (Person(id="anna", contacts=("email:anna@polna.example",)), Person(id="jan", contacts=("email:jan@polna.example",))),
            "schedule": (Schedule(id="pr-rota", layer=(Layer(people=("anna",)),)),),
            "owner": (Owner(id="pr", schedule="pr-rota"),),
        }
    )


def on_call(store: Store, at: datetime) -> str | None:
    (found,) = oncall.rotas(store, rota(), at, at + HOUR, at)
    return found.now


def test_an_override_that_holds_ends_now_and_what_was_stays(store: Store) -> None:
    number = oncall.override(store, rota(), "pr-rota", "jan", NOON, NOON + 9 * HOUR, "anna", NOON)
    oncall.end_override(store, number, "ewa", NOON + 2 * HOUR)
    assert on_call(store, NOON + HOUR) == "jan", "he was, for those two hours"
    assert on_call(store, NOON + 2 * HOUR) == "anna"
    (line,) = store.audit.lines()
    assert (line.actor, line.act) == ("ewa", "ended an override")
    assert line.subject == f"override {number}: jan in pr-rota, {NOON:%Y-%m-%d %H:%M} to {NOON + 9 * HOUR:%Y-%m-%d %H:%M} UTC"
    with pytest.raises(Conflict):
        oncall.end_override(store, number, "ewa", NOON + 3 * HOUR)
    assert len(store.audit.lines()) == 1


def test_one_that_is_to_come_is_as_if_it_had_never_been(store: Store) -> None:
    later = oncall.override(store, rota(), "pr-rota", None, NOON + 24 * HOUR, NOON + 48 * HOUR, "anna", NOON)
    sooner = oncall.override(store, rota(), "pr-rota", "jan", NOON + 2 * HOUR, NOON + 3 * HOUR, "anna", NOON)
    listed = oncall.standing(store, NOON)
    assert [(one.number, one.override.person, one.made_by) for one in listed] == [(sooner, "jan", "anna"), (later, None, "anna")]
    oncall.end_override(store, later, "anna", NOON)
    assert on_call(store, NOON + 25 * HOUR) == "anna"
    assert [one.number for one in oncall.standing(store, NOON)] == [sooner]
    assert oncall.standing(store, NOON + 3 * HOUR) == [], "it is over"
    assert "nobody in pr-rota" in store.audit.lines()[0].subject


def test_what_never_was_cannot_be_ended(store: Store) -> None:
    with pytest.raises(NotFound):
        oncall.end_override(store, 7, "anna", NOON)
    with pytest.raises(Refused):
        oncall.override(store, rota(), "pr-rota", "jan", NOON, NOON + timedelta(days=93), "anna", NOON)
    assert store.audit.lines() == []


def test_the_command_makes_lists_and_ends_one(database_url: str, store: Store, tmp_path: Path) -> None:
    written = tmp_path / "czujka.toml"
    written.write_text(
        f'[company]\nname = "Polna"\n[storage]\nurl = "{database_url}"\n[[person]]\nid = "jan"\n'
        '[[schedule]]\nid = "pr-rota"\n[[schedule.layer]]\npeople = ["jan"]\n',
        encoding="utf-8",
    )

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["--config", str(written), "oncall", "override", *words])
        return done.exit_code, done.output

    assert run("pr-rota", "jnn")[0] == 2, "nobody is called so"
    assert run("pr-rota")[0] == 2
    code, said = run("pr-rota", "nobody", "--for", "3w")
    assert code == 0, said
    (one,) = store.oncall.standing(datetime(2000, 1, 1, tzinfo=UTC))
    assert f"(override {one.number})" in said
    assert "NOBODY" in run()[1]
    assert run("--end", str(one.number)) == (0, f"override {one.number} ended\n")
    assert "NOBODY" not in run()[1]
    assert run("--end", "99")[0] == 1
