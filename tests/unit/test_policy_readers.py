"""Who must read the policy and when they are reminded; the sheet of people is taken whole or refused with what and where."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.policy import Clause, Version, Wording
from core.readers import Colleague, Owed, Read, ReadersTable, What
from governance.readers import owed, read_people, reminder

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TABLE = ReadersTable(within=14 * DAY, remind_every=7 * DAY, reminders=3)
HEADER = "id,name,email,language,role,manager,joined_on,left_on\n"
ANNA = Colleague(person="anna", name="Anna Lis", address="anna@polna.example", language="pl", manager="ola")


def clause(clause_id: str, text: str = "Do.") -> Clause:
    words = {"en": Wording(title=clause_id, text=text, consequence="None.")}
    return Clause(id=clause_id, owner="pr", watcher="pr", reviewers=("pr",), applies_to=(), detected_by=(), words=words)


def version(number: int, *clauses: Clause, at: datetime = NOW) -> Version:
    return Version(number=number, clauses=clauses, needs=(), note="", fingerprint="", made_by="anna", made_at=at, effective_at=at)


FIRST = version(1, clause("POL-01"), clause("POL-17", "We watch posts."))


def read(what: What, number: int = 1, person: str = "anna") -> Read:
    return Read(person=person, what=what, version=number, language="pl", at=NOW)


def owing(*given: Read, of: Version = FIRST, who: Colleague = ANNA, table: ReadersTable = TABLE, now: datetime = NOW) -> list[Owed]:
    return list(owed([who], given, of, {1: FIRST}, table, now))


class TestOwing:
    def test_both_are_owed_until_both_are_said(self) -> None:
        [one] = owing()
        assert (one.missing, one.since, one.due_at) == ((What.POLICY, What.NOTICE), NOW, NOW + 14 * DAY)
        assert [one.missing for one in owing(read(What.POLICY))] == [(What.NOTICE,)]
        assert owing(read(What.POLICY), read(What.NOTICE)) == []

    def test_a_new_version_is_read_anew_and_its_notice_only_where_it_says_something_else(self) -> None:
        given = (read(What.POLICY), read(What.NOTICE))
        same = version(2, clause("POL-01", "Do more."), clause("POL-17", "We watch posts."))
        assert [one.missing for one in owing(*given, of=same)] == [(What.POLICY,)]
        other = version(2, clause("POL-01"), clause("POL-17", "We watch posts and pictures."))
        assert [one.missing for one in owing(*given, of=other)] == [(What.POLICY, What.NOTICE)]

    def test_a_role_that_need_not_read_still_owes_the_notice(self) -> None:
        table = TABLE.model_copy(update={"roles": ("speaker",)})
        assert [one.missing for one in owing(table=table)] == [(What.NOTICE,)]
        assert [one.missing for one in owing(table=table, who=replace(ANNA, role="speaker"))] == [(What.POLICY, What.NOTICE)]

    def test_who_came_later_has_their_own_time_and_who_left_owes_nothing(self) -> None:
        joined = NOW + 30 * DAY
        assert owing(who=replace(ANNA, joined_at=joined)) == []
        [one] = owing(who=replace(ANNA, joined_at=joined), now=joined)
        assert (one.since, one.due_at) == (joined, joined + 14 * DAY)
        assert owing(who=replace(ANNA, left_at=NOW)) == []

    def test_the_first_letter_at_once_then_one_each_week_and_then_no_more(self) -> None:
        [one] = owing()
        days = (0, 6, 7, 14, 20, 21, 400)
        assert [reminder(one, TABLE, NOW + day * DAY) for day in days] == [0, 0, 1, 2, 2, None, None]
        assert (one.is_late(NOW + 14 * DAY - timedelta(seconds=1)), one.is_late(NOW + 14 * DAY)) == (False, True)


class TestTheSheet:
    def refused(self, folder: Path, text: str | bytes) -> list[str]:
        path = folder / "people.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(ConfigError) as raised:
            read_people(path, {"boss"}, "pl")
        return [line.strip() for line in str(raised.value).splitlines()]

    def test_people_as_a_spreadsheet_has_them(self, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_text(
            "\ufeff" + HEADER + "anna,Anna Żuk,anna@polna.example,,,ola,2026-01-02,\nola,Ola,ola@polna.example,en,manager,boss,,\n"
        )
        anna, ola = read_people(path, {"boss"}, "pl")
        assert (anna.name, anna.language, anna.role, anna.manager, anna.joined_at) == (
            "Anna Żuk", "pl", "staff", "ola", datetime(2026, 1, 2, tzinfo=UTC),
        )  # fmt: skip
        assert (ola.language, ola.role, ola.manager) == ("en", "manager", "boss")

    def test_doubles_and_other_faults_are_named_with_their_lines(self, tmp_path: Path) -> None:
        rows = (
            "anna,Anna,anna@polna.example,,,,,\n"
            "anna,Anna,ANNA@polna.example,de,,zoe,,\n"
            "Jan Wrona,Jan,jan,,,,02.01.2026,\n"
            "ola,,ola@polna.example,,,ola,,\n"
        )
        assert self.refused(tmp_path, HEADER + rows)[1:] == [
            "line 3: language: 'de'; pl or en was expected",
            "line 3: manager: 'zoe' is nobody's id but their own, or nobody's at all",
            "line 3: id: 'anna' stands in line 2 already",
            "line 3: email: 'ANNA@polna.example' stands in line 2 already",
            "line 4: id: 'Jan Wrona'; small letters, digits, dots and hyphens were expected, such as anna.lis",
            "line 4: email: 'jan' is no address",
            "line 4: joined_on: '02.01.2026'; a day such as 2026-11-20 was expected",
            "line 5: name: a value was expected",
            "line 5: manager: 'ola' is nobody's id but their own, or nobody's at all",
        ]

    def test_an_old_encoding_is_refused_where_it_begins(self, tmp_path: Path) -> None:
        text = (HEADER + "anna,Anna,anna@polna.example,,,,,\nola,Ola Żuk,ola@polna.example,,,,,\n").encode("cp1250")
        assert "line 3: a byte that is no UTF-8" in self.refused(tmp_path, text)[0]
