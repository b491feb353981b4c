"""Cells as people write them: times, ids, counts, languages, who speaks and what kind of post it is."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.exports.values import count, identifier, language, platform
from collector.exports.when import parse_time
from core.types import ItemKind, Scope, Voice
from tests.unit.exports import WARSAW, items, written


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("2026-11-20T14:05:00Z", "2026-11-20T14:05:00"),
        ("2026-11-20T14:05:00+0100", "2026-11-20T13:05:00"),
        ("2026-11-20 14:05", "2026-11-20T13:05:00"),
        ("2026/11/20 14:05:09", "2026-11-20T13:05:09"),
        ("20.11.2026 14:05", "2026-11-20T13:05:00"),
        ("20-11-2026", "2026-11-19T23:00:00"),
        ("1.7.26 9:05", "2026-07-01T07:05:00"),
        ("11/20/2026 2:05 PM", "2026-11-20T13:05:00"),
        ("3/4/2026 12:30 am", "2026-03-03T23:30:00"),
        ("20 listopada 2026, godz. 14:05", "2026-11-20T13:05:00"),
        ("pt., 20 lis 2026 14:05", "2026-11-20T13:05:00"),
        ("Nov 20, 2026 2:05 PM", "2026-11-20T13:05:00"),
        ("20 maja 2026 r.", "2026-05-19T22:00:00"),
        ("Fri, 20 Nov 2026 14:05:00 +0100", "2026-11-20T13:05:00"),
        ("Wed Aug 27 13:08:45 +0000 2008", "2008-08-27T13:08:45"),
        ("2026-11-20 14:05 CEST", "2026-11-20T12:05:00"),
        ("2026-11-20 14:05 UTC", "2026-11-20T14:05:00"),
        ("1795183500", "2026-11-20T14:05:00"),
        ("1795183500000", "2026-11-20T14:05:00"),
        ("1795183500.0", "2026-11-20T14:05:00"),
        ("20261120140500", "2026-11-20T13:05:00"),
        ("46346.5", "2026-11-20T11:00:00"),
    ],
)
def test_times_as_people_write_them(cell: str, meant: str) -> None:
    assert parse_time(cell, WARSAW) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "cell", ["wczoraj", "31.02.2026", "20.13.2026 99:99", "12", "0001-01-01", "9999-12-31T23:59:59-23:59", "x" * 5000, "-5"]
)
def test_what_is_no_time_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="was expected"):
        parse_time(cell, WARSAW)


@given(st.datetimes(datetime(1995, 1, 1), datetime(2099, 1, 1)).map(lambda time: time.replace(microsecond=0, tzinfo=UTC)))  # noqa: DTZ001
def test_a_time_survives_being_written(time: datetime) -> None:
    local = time.astimezone(WARSAW)
    for cell in (time.isoformat(), f"{local:%d.%m.%Y %H:%M:%S %z}", f"{time:%Y-%m-%d %H:%M:%S} UTC", f"{time:%a, %d %b %Y %H:%M:%S +0000}"):
        assert parse_time(cell, WARSAW) == time


def test_day_and_hour_may_stand_apart_and_a_column_may_say_utc(tmp_path: Path) -> None:
    first = items(written(tmp_path, "Treść;Data;Godzina\na;20.11.2026;14:05\n"))[0]
    second = items(written(tmp_path, "text,Date (UTC)\na,2026-11-20 14:05\n"))[0]
    assert first.created_at == datetime(2026, 11, 20, 13, 5, tzinfo=UTC)
    assert second.created_at == datetime(2026, 11, 20, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ('="1234567890123456789"', "1234567890123456789"),
        ("123.0", "123"),
        ("'0012", "0012"),
        ("1,23457E+18", ""),
        ("nan", ""),
        ("x" * 300, ""),
    ],
)
def test_ids_survive_spreadsheets_or_are_not_trusted(cell: str, meant: str) -> None:
    assert identifier(cell) == meant


def test_rows_without_an_id_get_the_same_one_at_every_reading(tmp_path: Path) -> None:
    rows = ["super,Ola", "super,Ola", "super,Jan", "kiepsko,Ola"]
    first = items(written(tmp_path, "text,author\n" + "\n".join(rows)))
    again = items(written(tmp_path, "text,author\n" + "\n".join(["nowy wpis,Ewa", *reversed(rows)])))
    assert len({item.external_id for item in first}) == 4
    assert {item.external_id for item in first} < {item.external_id for item in again}


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("12", 12),
        ("12 345", 12345),
        ("12,345", 12345),
        ("12.345", 12345),
        ("1,2 tys.", 1200),
        ("3K", 3000),
        ("1.5M", 1_500_000),
        ("2 mln", 2_000_000),
        ("", None),
        ("dużo", None),
        ("-5", None),
        ("9" * 30, None),
    ],
)
def test_counts_as_people_write_them(cell: str, meant: int | None) -> None:
    assert count(cell) == meant


def test_languages_and_platforms_by_name() -> None:
    assert [language(cell) for cell in ("pl-PL", "Polski", "EN", "en_US", "klingon", "")] == ["pl", "pl", "en", "en", None, None]
    assert [platform(cell) for cell in ("Twitter", "FB", "www.wykop.pl", "TikTok", "=1+1", "")] == [
        "x",
        "facebook",
        "wykop",
        "tiktok",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("scope", "ours", "row", "voice"),
    [
        (Scope.MENTION, (), {}, Voice.PUBLIC),
        (Scope.OFFICIAL, (), {}, Voice.OURS),
        (Scope.OFFICIAL, (), {"in_reply_to": "5"}, Voice.PUBLIC),
        (Scope.OFFICIAL, (), {"kind": "comment"}, Voice.PUBLIC),
        (Scope.PORTAL, (), {"kind": "comment"}, Voice.OURS),
        (Scope.EMPLOYEE, (), {}, Voice.OURS),
        (Scope.MENTION, ("@Polna",), {"author": "polna"}, Voice.OURS),
        (Scope.OFFICIAL, ("@polna",), {"author": "jan"}, Voice.PUBLIC),
        (Scope.OFFICIAL, ("77",), {"author_id": 77, "kind": "comment"}, Voice.OURS),
        (Scope.MENTION, (), {"voice": "ours"}, Voice.OURS),
    ],
)
def test_who_speaks(tmp_path: Path, scope: Scope, ours: tuple[str, ...], row: dict[str, object], voice: Voice) -> None:
    path = written(tmp_path, json.dumps({"text": "a"} | row), "a.jsonl")
    assert items(path, scope=scope, ours=ours)[0].voice is voice


def test_kinds_follow_from_the_row(tmp_path: Path) -> None:
    lines = [{"text": "a"}, {"text": "a", "in_reply_to": "1"}, {"text": "a", "ocena": 2}, {"text": "a", "typ": "Artykuł"}]
    path = written(tmp_path, "\n".join(json.dumps(line) for line in lines), "a.jsonl")
    assert [item.kind for item in items(path)] == [ItemKind.POST, ItemKind.COMMENT, ItemKind.REVIEW, ItemKind.ARTICLE]
