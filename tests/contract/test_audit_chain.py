"""The audit is append-only and chained: whatever is changed behind Czujka's back is found, against the head that was exported before."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.command import upgrade

from core.accounts import AuditLine, named
from core.chain import Alias, Head, chained, new_alias
from governance.audit import faults
from storage import Store
from storage.database import Database
from storage.migrating import alembic_config
from storage.schema import audit_line
from storage.schema_privacy import pseudonym
from tests.conftest import LONG

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
PEOPLE = ("anna", "jan", "ola", "cli:root")
Row = dict[str, Any]


@pytest.fixture
def acted(store: Store) -> Store:
    """Forty acts of four people."""
    for number in range(40):
        about = f"version {number} by {named(PEOPLE[(number + 1) % 4])}" if number % 3 == 0 else f"/incidents/{number}"
        at = NOW + timedelta(seconds=number, microseconds=number)
        store.accounts.write_down(AuditLine(at=at, actor=PEOPLE[number % 4], act=f"act_{number % 5}", subject=about))
    return store


def verdict(store: Store, *heads: Head) -> list[str]:
    return faults(store.audit.links(), store.audit.aliases(), heads)


def test_what_was_written_is_whole_and_names_nobody_in_clear(acted: Store) -> None:
    assert verdict(acted, acted.audit.head(NOW)) == []
    newest = acted.audit.lines(2)
    assert [(line.line_id, line.actor, line.subject) for line in newest] == [
        (40, "cli:root", "version 39 by anna"),
        (39, "ola", "/incidents/38"),
    ]
    assert {line.actor for line in acted.audit.lines(actor="jan")} == {"jan"}
    assert acted.audit.lines(actor="jan\x00") == [], "no database takes such a name"
    with acted.database.read() as connection:
        stored = str(connection.execute(sa.select(audit_line)).all())
    assert [name for name in PEOPLE if f"'{name}'" in stored or f" {name}'" in stored] == []


def test_a_head_of_an_earlier_day_still_agrees_and_nothing_done_is_whole_too(store: Store) -> None:
    empty = store.audit.head(NOW)
    assert (empty.line_id, verdict(store, empty)) == (0, [])
    store.accounts.write_down(AuditLine(at=NOW, actor="anna", act="signed_in", subject=""))
    first = store.audit.head(NOW)
    store.accounts.write_down(AuditLine(at=NOW, actor="jan", act="signed_in", subject=""))
    assert verdict(store, empty, first, store.audit.head(NOW)) == []


@pytest.mark.parametrize("statement", ["UPDATE audit_line SET act = 'x' WHERE id = 3", "DELETE FROM audit_line WHERE id = 40"])
def test_the_database_itself_refuses_to_change_a_line(acted: Store, statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), acted.database.write() as connection:
        connection.exec_driver_sql(statement)
    assert verdict(acted, acted.audit.head(NOW)) == []


def test_many_who_write_at_once_make_one_chain(store: Store) -> None:
    def acts(person: str) -> None:
        for number in range(10):
            store.accounts.write_down(AuditLine(at=NOW, actor=person, act="act", subject=str(number)))

    threads = [threading.Thread(target=acts, args=(f"person-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.audit.head(NOW).line_id == 60
    assert verdict(store, store.audit.head(NOW)) == []


def test_every_random_tampering_is_found_against_the_exported_head(acted: Store) -> None:
    """Half of them recompute all later hashes, as whoever knows the code can; some cut the end off."""
    head = acted.audit.head(NOW)
    with acted.database.write() as connection:
        unprotect(connection)
        lines = [dict(row._mapping) for row in connection.execute(sa.select(audit_line).order_by(audit_line.c.id))]
        names = [dict(row._mapping) for row in connection.execute(sa.select(pseudonym))]
    chance = random.Random(20261116)
    for number in range(1000 if LONG else 100):
        tamper = TAMPERINGS[number % len(TAMPERINGS)]
        changed, renamed = tamper([dict(row) for row in lines], [dict(row) for row in names], chance)
        assert (changed, renamed) != (lines, names), f"{tamper.__name__} changed nothing"
        if number // len(TAMPERINGS) % 2:
            recompute(changed)
        put(acted.database, changed, renamed)
        assert verdict(acted, head), f"number {number}: {tamper.__name__}"
    put(acted.database, lines, names)
    assert verdict(acted, head) == [], "what was put back is whole"


def test_the_chain_alone_shows_what_does_not_follow_and_only_the_head_the_rest(acted: Store) -> None:
    head = acted.audit.head(NOW)
    with acted.database.write() as connection:
        unprotect(connection)
        connection.execute(sa.delete(audit_line).where(audit_line.c.id > 37))
    assert verdict(acted) == []
    assert verdict(acted, head) == [
        "the end is cut off: the head exported at 2026-11-16 08:00:00 UTC is line 40, and the last one here is 37"
    ]
    with acted.database.write() as connection:
        connection.execute(sa.update(audit_line).where(audit_line.c.id == 12).values(act="nothing"))
    assert verdict(acted) == ["line 12 of 2026-11-16 08:00:11 UTC is not what was written, or does not follow the line before it"]


def test_a_database_from_before_the_chain_is_chained_and_its_people_become_pseudonyms(bare_url: str) -> None:
    database, config = Database(bare_url), alembic_config()
    with database.write() as connection:
        config.attributes["connection"] = connection
        upgrade(config, "0014")
        for number, (actor, subject) in {3: ("anna", "dash for jan"), 7: ("jan", "jan"), 8: ("anna", "/incidents/4")}.items():
            values = f"({number}, '2026-11-16 08:00:00.000000', '{actor}', 'act', '{subject}')"
            connection.execute(sa.text(f"INSERT INTO audit_line (id, at, actor, act, subject) VALUES {values}"))
    database.close()
    store = Store.open(bare_url)
    try:
        assert [(line.line_id, line.actor, line.subject) for line in store.audit.lines()] == [
            (3, "anna", "/incidents/4"),
            (2, "jan", "jan"),
            (1, "anna", "dash for jan"),
        ]
        with store.database.read() as connection:
            assert "jan" not in str(connection.execute(sa.select(audit_line)).all())
        store.accounts.write_down(AuditLine(at=NOW, actor="ola", act="act", subject=""))
        assert verdict(store, store.audit.head(NOW)) == []
    finally:
        store.close()


# How somebody who can write to the database would do it.


def unprotect(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        for act in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_line_no_{act}")
    else:
        connection.exec_driver_sql("DROP TRIGGER audit_line_append_only ON audit_line")


def put(database: Database, lines: Sequence[Row], names: Sequence[Row]) -> None:
    with database.write() as connection:
        connection.execute(sa.delete(audit_line))
        connection.execute(sa.delete(pseudonym))
        if lines:
            connection.execute(sa.insert(audit_line), list(lines))
        if names:
            connection.execute(sa.insert(pseudonym), list(names))


def recompute(lines: list[Row]) -> None:
    before = "0" * 64
    for row in lines:
        fields = {key: row[key] for key in ("at", "actor", "act", "subject")}
        row["hash"] = before = chained(before, AuditLine(line_id=row["id"], **fields))


def other_words(lines: list[Row], names: list[Row], chance: random.Random) -> tuple[list[Row], list[Row]]:
    row = chance.choice(lines)
    field = chance.choice(("act", "subject"))
    row[field] = f"{row[field]}{chance.choice(' .0a')}"
    return lines, names


def other_actor(lines: list[Row], names: list[Row], chance: random.Random) -> tuple[list[Row], list[Row]]:
    row = chance.choice(lines)
    row["actor"] = chance.choice([one["pseudonym"] for one in names if one["pseudonym"] != row["actor"]])
    return lines, names


def other_time(lines: list[Row], names: list[Row], chance: random.Random) -> tuple[list[Row], list[Row]]:
    chance.choice(lines)["at"] += timedelta(microseconds=chance.choice((1, 1_000_000, -1)))
    return lines, names


def swapped(lines: list[Row], names: list[Row], chance: random.Random) -> tuple[list[Row], list[Row]]:
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other] | {"id": lines[one]["id"]}, lines[one] | {"id": lines[other]["id"]}
    return lines, names


def taken_out(lines: list[Row], names: list[Row], chance: random.Random) -> tuple[list[Row], list[Row]]:
    place = chance.randrange(len(lines))
    return renumbered(lines[:place] + lines[place + 1 :]), names


def put_in(lines: list[Row], names: list[Row], chance: random.Random) -> tuple[list[Row], list[Row]]:
    place = chance.randrange(len(lines))
    return renumbered([*lines[:place], dict(chance.choice(lines)), *lines[place:]]), names


def cut(lines: list[Row], names: list[Row], chance: random.Random) -> tuple[list[Row], list[Row]]:
    return lines[: chance.randrange(len(lines))], names


def blamed_on_another(lines: list[Row], names: list[Row], chance: random.Random) -> tuple[list[Row], list[Row]]:
    """The chain is left alone, and the list of pseudonyms says that somebody else did it."""
    chance.choice(names)["name"] = "somebody-else"
    return lines, names


def blamed_with_a_fitting_key(lines: list[Row], names: list[Row], chance: random.Random) -> tuple[list[Row], list[Row]]:
    """A pseudonym that does fit the other name, in all lines."""
    one, made = chance.choice(names), new_alias("somebody-else")
    for row in lines:
        row["actor"] = row["actor"].replace(one["pseudonym"], made.pseudonym)
        row["subject"] = row["subject"].replace(one["pseudonym"], made.pseudonym)
    one.update(pseudonym=made.pseudonym, name=made.name, key=made.key)
    return lines, names


def forgotten_without_a_line(lines: list[Row], names: list[Row], chance: random.Random) -> tuple[list[Row], list[Row]]:
    names.remove(chance.choice(names))
    return lines, names


def renumbered(lines: list[Row]) -> list[Row]:
    return [row | {"id": number} for number, row in enumerate(lines, start=1)]


TAMPERINGS: tuple[Callable[[list[Row], list[Row], random.Random], tuple[list[Row], list[Row]]], ...] = (
    other_words,
    other_actor,
    other_time,
    swapped,
    taken_out,
    put_in,
    cut,
    blamed_on_another,
    blamed_with_a_fitting_key,
    forgotten_without_a_line,
)


def test_an_alias_with_a_broken_key_is_a_fault_and_no_crash() -> None:
    good = new_alias("anna")
    assert faults([], [good, replace(good, key="not hex"), Alias(pseudonym="~0", name="jan", key="")], []) == [
        f"{good.pseudonym} was not made for 'anna': the name or its key was changed",
        "~0 was not made for 'jan': the name or its key was changed",
    ]
