"""Files as people have them: every encoding, separator, spelling and accident."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector import file
from collector.exports.columns import SPELLINGS, fold
from collector.exports.entries import Defaults
from collector.file import read_file
from core.errors import BadResponse
from core.types import Item, Rejected
from tests.unit.exports import TEXT, WARSAW, items, rejected, written

# ---- encodings and separators


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"], ids=["unix", "windows", "mac"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "iso8859-2", "cp852"])
def test_a_table_reads_the_same_however_it_is_written(tmp_path: Path, separator: str, eol: str, encoding: str) -> None:
    words = "Zażółć gęślą jaźń, śnięte źrebię; ćma | łąka"
    rows = [separator.join(["Treść", "Data", "Autor"]), separator.join([f'"{words}"', "20.11.2026 14:05", "Święty Łukasz"])]
    (item,) = items(written(tmp_path, (eol.join(rows) + eol).encode(encoding)))
    assert (item.text, item.author.name) == (words, "Święty Łukasz")
    assert item.created_at == datetime(2026, 11, 20, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
def test_json_lines_read_the_same_however_they_are_written(tmp_path: Path, encoding: str) -> None:
    lines = json.dumps({"id": "1", "text": TEXT}, ensure_ascii=False) + "\n"
    (item,) = items(written(tmp_path, (lines * 1).encode(encoding), "posts.jsonl"))
    assert item.text == TEXT


def test_polish_far_down_in_an_old_export_is_found(tmp_path: Path) -> None:
    content = "text\n" + "plain words only\n" * 20_000 + "wyłączyli prąd w środę\n"
    assert items(written(tmp_path, content.encode("iso8859-2")))[-1].text == "wyłączyli prąd w środę"


def test_an_old_line_glued_into_a_new_file_is_still_read(tmp_path: Path) -> None:
    content = b"text\n" + f"{TEXT}\n".encode() * 20 + "żółw\n".encode("cp1250")
    assert items(written(tmp_path, content))[-1].text == "żółw"


@pytest.mark.parametrize("magic", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest", b"%PDF-1.7", b"\x1f\x8brest"])
def test_what_is_no_text_is_named(tmp_path: Path, magic: bytes) -> None:
    with pytest.raises(BadResponse, match="save it as CSV"):
        read_file(written(tmp_path, magic))


# ---- columns


BY_HAND = {
    "text": [
        "text",
        "Treść",
        "TRESC",
        "content",
        "Message",
        "body",
        "Komentarz",
        "full_text",
        "Treść wpisu",
        "tweetText",
        "Opinia",
        "wiadomość",
    ],
    "created_at": [
        "created_at",
        "createdAt",
        "Data",
        "Date",
        "timestamp",
        "Data publikacji",
        "published at",
        "opublikowano",
        "created_utc",
    ],
    "author_name": ["author", "Autor", "display name", "Imię i nazwisko", "reviewer", "Nadawca", "from"],
    "author_handle": ["username", "screen_name", "Użytkownik", "nick", "handle", "User"],
    "author_id": ["author_id", "authorId", "user id", "Id autora"],
    "url": ["url", "URL", "Link", "permalink", "adres", "Odnośnik", "link do wpisu"],
    "lang": ["lang", "language", "Język", "jezyk"],
    "platform": ["platform", "Platforma", "Źródło", "source", "Serwis", "network"],
    "kind": ["kind", "Typ", "type", "Rodzaj"],
    "parent_id": ["in_reply_to", "inReplyTo", "parent", "parent_id", "Odpowiedź na", "in_reply_to_status_id"],
    "followers": ["followers", "Followers count", "Obserwujący", "liczba obserwujących"],
    "id": ["id", "ID", "post_id", "tweetId", "Identyfikator", "guid"],
}


@pytest.mark.parametrize(("field", "spelling"), [(field, name) for field, names in BY_HAND.items() for name in names])
def test_columns_are_known_by_their_spellings(tmp_path: Path, field: str, spelling: str) -> None:
    values = {
        "text": "słowa",
        "created_at": "2026-11-20T13:05:00Z",
        "lang": "polski",
        "platform": "Twitter",
        "kind": "komentarz",
        "followers": "1 200",
    }
    value = values.get(field, "https://example.com/x")
    columns = {spelling: value} if field == "text" else {"text": "słowa", spelling: value}
    table = ";".join(columns) + "\n" + ";".join(columns.values()) + "\n"
    found = [items(written(tmp_path, table))[0], items(written(tmp_path, json.dumps(columns), "one.jsonl"))[0]]
    for item in found:
        seen = {
            "text": item.text, "created_at": item.created_at and item.created_at.isoformat(), "author_name": item.author.name,
            "url": item.url,
            "author_handle": item.author.handle, "author_id": item.author.id, "lang": item.lang, "platform": item.platform,
            "kind": item.kind.value, "parent_id": item.parent_id, "followers": item.author.followers, "id": item.external_id,
        }  # fmt: skip
        meant = {"created_at": "2026-11-20T13:05:00+00:00", "lang": "pl", "platform": "x", "kind": "comment", "followers": 1200}
        assert seen[field] == meant.get(field, value)


def test_every_field_has_many_spellings_and_none_means_two_things() -> None:
    every = [name for names in SPELLINGS.values() for name in names]
    assert len(set(every)) == len(every)
    assert all(fold(name) == name for name in every)
    assert min(len(SPELLINGS[field]) for field in ("id", "text", "created_at", "author_name", "author_handle", "url", "parent_id")) >= 17


def test_the_likelier_column_wins_and_the_other_fills_in(tmp_path: Path) -> None:
    found = items(written(tmp_path, "description,text\nopis,treść\nopis,\n"))
    assert [item.text for item in found] == ["treść", "opis"]


def test_a_title_above_the_table_and_the_separator_line_of_excel_are_passed_over(tmp_path: Path) -> None:
    (item,) = items(written(tmp_path, "sep=;\nEksport wzmianek\n\nTreść;Autor\ndzień dobry;Jan\n"))
    assert (item.text, item.author.name) == ("dzień dobry", "Jan")


def test_a_file_without_a_column_of_texts_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadResponse, match=r"Its first row is: kolor, rozmiar\. Name one of them text") as caught:
        read_file(written(tmp_path, "kolor;rozmiar\nczerwony;5\n"))
    assert caught.value.reason == "no_text_column"


def test_an_author_may_be_an_object_and_counts_may_be_nested(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "text": "a",
        "author": {"id": 5, "name": "Jan", "username": "@jan", "followers": 10},
        "public_metrics": {"like_count": 3},
    }
    (item,) = items(written(tmp_path, json.dumps(row), "a.jsonl"))
    assert (item.external_id, item.author.id, item.author.name, item.author.handle, item.author.followers) == ("7", "5", "Jan", "jan", 10)
    assert item.engagement == {"likes": 3}
    assert item.raw == row


def test_the_kind_is_found_by_its_file() -> None:
    assert file.capabilities.comments
    assert Defaults().zone == WARSAW


# ---- accidents


def test_formulas_are_kept_as_text_and_apostrophes_of_spreadsheets_removed(tmp_path: Path) -> None:
    table = "id,text\n1,=SUM(A1)\n2,@polna super\n3,+48 500 100 200\n4,'=HYPERLINK(1)\n5,'twas a good cheese\n"
    assert [item.text for item in items(written(tmp_path, table))] == [
        "=SUM(A1)", "@polna super", "+48 500 100 200", "=HYPERLINK(1)", "'twas a good cheese",
    ]  # fmt: skip


def test_quoted_line_breaks_belong_to_the_text(tmp_path: Path) -> None:
    first, second = items(written(tmp_path, 'text;author\r\n"jeden\r\ndwa; ""trzy""\r\n";Ola\r\ncztery;Ala\r\n'))
    assert (first.text, first.author.name) == ('jeden\ndwa; "trzy"\n', "Ola")
    assert (second.text, second.author.name) == ("cztery", "Ala")


def test_a_quote_that_nobody_closed_costs_its_own_row_only(tmp_path: Path) -> None:
    path = written(tmp_path, 'id,text\n1,dobry\n2,"otwarty\n3,trzeci\n4,"czwarty"\n5,piąty\n')
    found = list(read_file(path))
    assert [one.text for one in found if isinstance(one, Item)] == ["dobry", "trzeci", "czwarty", "piąty"]
    (bad,) = rejected(path)
    assert (bad.reason, bad.detail.split(":")[0], bad.raw) == ("open_quote", "line 3", '2,"otwarty')


def test_stray_quotes_are_letters(tmp_path: Path) -> None:
    table = 'id;text\n1;powiedział "tak" i poszedł\n2;rura 5" za droga\n3;"on "naprawdę" tak powiedział"\n4;zwykły\n'
    assert [item.text for item in items(written(tmp_path, table))][:2] == ['powiedział "tak" i poszedł', 'rura 5" za droga']
    assert len(items(written(tmp_path, table))) == 4


@pytest.mark.parametrize(
    ("line", "reason", "says"),
    [
        ("1,Jan,", "no_text", "fill its text cell"),
        ("1,Jan,a,b,c", "too_many_cells", "double quotes"),
        ("1", "no_text", "line 2"),
    ],
)
def test_rows_with_too_few_and_too_many_cells_say_what_to_do(tmp_path: Path, line: str, reason: str, says: str) -> None:
    (bad,) = rejected(written(tmp_path, f"id,author,text\n{line}\n2,Ola,dobry\n"))
    assert bad.reason == reason
    assert says in bad.detail
    assert bad.raw == line


def test_empty_trailing_cells_and_blank_rows_are_nothing(tmp_path: Path) -> None:
    assert [item.text for item in items(written(tmp_path, "text;author;\na;b;;;\n;;;\n\nc\n"))] == ["a", "c"]


def test_a_time_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (bad,) = rejected(written(tmp_path, "text,date\na,wczoraj rano\n"))
    assert bad.reason == "bad_time"
    assert "'wczoraj rano'" in bad.detail


def test_broken_lines_of_json_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    good = json.dumps({"id": "1", "text": "dobry"})
    path = written(
        tmp_path, f'{good}\n{{oops\n[1, 2]\n"text"\n\n{{"id": 2}}\n{good[:-3]}\n' + "[" * 50_000 + "\n" + good.replace("1", "9"), "a.jsonl"
    )
    found = list(read_file(path))
    assert [one.external_id for one in found if isinstance(one, Item)] == ["1", "9"]
    reasons = [(one.reason, one.detail.split(":")[0]) for one in found if isinstance(one, Rejected)]
    assert reasons == [
        ("broken_json", "line 2"), ("not_an_object", "line 3"), ("not_an_object", "line 4"), ("no_text", "line 6"),
        ("broken_json", "line 7"), ("broken_json", "line 8"),
    ]  # fmt: skip


def test_nothing_that_no_database_takes_comes_through(tmp_path: Path) -> None:
    odd = '{"id": "1", "text": "a\\u0000b\\ud83d", "score": NaN, "big": 99999999999999999999999, "likes": 1e300}\n'
    (item,) = items(written(tmp_path, odd, "a.jsonl"))
    assert item.text == "ab?"
    json.dumps(item.raw, allow_nan=False).encode()
    assert items(written(tmp_path, b"id,text\n1,a\0b\n"))[0].text == "ab"


def test_a_line_without_end_is_refused_and_not_kept(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"text": "' + b"a" * 5_000_000 + b'"}\n{"id": "2", "text": "b"}\n', "a.jsonl")
    first, second = read_file(path)
    assert isinstance(first, Rejected) and first.reason == "line_too_long" and len(first.raw) <= 2_000
    assert isinstance(second, Item) and second.external_id == "2"


# ---- round trips

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(lambda text: text.strip() != "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(CELLS.filter(lambda text: not (text[0] == "'" and len(text) > 1)), min_size=1, max_size=8),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    breaks=st.booleans(),
)
def test_what_a_spreadsheet_writes_is_read(tmp_path: Path, texts: list[str], separator: str, encoding: str, breaks: bool) -> None:
    texts = [text + "\nnowy wiersz" if breaks else text for text in texts]
    rows = ["id" + separator + "text"]
    rows += [f'{number}{separator}"{text.replace(chr(34), chr(34) * 2)}"' for number, text in enumerate(texts, 1)]
    path = written(tmp_path, "\r\n".join(rows).encode(encoding))
    assert [(item.external_id, item.text) for item in items(path)] == [(str(number), text) for number, text in enumerate(texts, 1)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.jsonl", "a.txt"]))
def test_no_bytes_at_all_break_the_reading(tmp_path: Path, content: bytes, name: str) -> None:
    for head in (b"", b"id,text\n"):
        try:
            for one in read_file(written(tmp_path, head + content, name)):
                assert isinstance(one, Item | Rejected)
        except BadResponse as error:
            assert error.reason in {"no_text_column", "not_text"}
