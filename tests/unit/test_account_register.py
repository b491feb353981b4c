"""The register's deciding parts: a sheet is read whole or refused with what and where; what is wrong; who uses the brand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.policy import Applies
from core.register import Account, Fault, Writer
from core.settings import AccountsTable, Brand
from governance.register import Known, Seen, check, read_accounts, strangers

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KNOWN = Known(owners=frozenset({"pr", "care"}), people=frozenset({"anna", "jan", "ola"}), brands=frozenset({"polna"}))
HEADER = "platform,handle,kind,owner,person,deputies,access,mandate,two_factor,reviewed_on\n"
WELL = Account(
    number=1,
    platform="x",
    handle="polna",
    kind=Applies.OFFICIAL,
    owner="pr",
    person="anna",
    deputies=("jan",),
    access=("anna", "jan"),
    two_factor=True,
    reviewed_at=NOW - timedelta(days=10),
)
SEEN = Seen(people=frozenset({"anna", "jan"}), owners=frozenset({"pr"}))
TABLE = AccountsTable(review_every=timedelta(days=90))
POLNA = Brand(id="polna", name="Mleczarnia Polna", terms=("Mleczarnia Polna", "@polna"))


def sheet(folder: Path, text: str | bytes) -> Path:
    path = folder / "accounts.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(ConfigError) as raised:
        read_accounts(sheet(folder, text), KNOWN, NOW)
    return str(raised.value)


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("separator", [",", ";"])
    def test_a_sheet_as_spreadsheets_write_it(self, tmp_path: Path, encoding: str, separator: str) -> None:
        text = HEADER + 'X,@Polna,Official,pr,anna,jan,anna jan,"Nowości, łąka",tak,2026-11-01\r\n\r\n'
        if separator == ";":
            text = HEADER.replace(",", ";") + "X;@Polna;Official;pr;anna;jan;anna jan;Nowości, łąka;tak;2026-11-01\r\n"
        [one] = read_accounts(sheet(tmp_path, text.encode(encoding)), KNOWN, NOW)
        assert (one.key, one.handle, one.kind, one.mandate) == ("x:polna", "Polna", Applies.OFFICIAL, "Nowości, łąka")
        assert (one.deputies, one.access, one.two_factor) == (("jan",), ("anna", "jan"), True)
        assert one.reviewed_at == datetime(2026, 11, 1, tzinfo=UTC)

    def test_every_fault_is_named_with_its_line(self, tmp_path: Path) -> None:
        rows = "x,polna,official,pr,anna,,,,yes,\nx,ola,owned,pr,ana,,,,maybe,2026-13-01\n,b,official,sales,jan,,,,no,2027-01-01\n"
        told = refused(tmp_path, HEADER + rows).splitlines()
        assert told[0].endswith("7 faults, so nothing was imported")
        assert [line.strip() for line in told[1:]] == [
            "line 3: kind: 'owned'; official, personal, executive was expected",
            "line 3: two_factor: 'maybe'; yes or no was expected",
            "line 3: person: nobody knows 'ana'; 'anna' is known",
            "line 3: reviewed_on: '2026-13-01'; a day that has been, such as 2026-11-20, was expected",
            "line 4: platform: a value was expected",
            "line 4: owner: nobody knows 'sales'",
            "line 4: reviewed_on: '2027-01-01'; a day that has been, such as 2026-11-20, was expected",
        ]

    def test_one_account_twice_however_it_is_written(self, tmp_path: Path) -> None:
        told = refused(tmp_path, HEADER + "x,polna,official,pr,anna\nfacebook,polna,official,pr,anna\nX,@POLNA,executive,pr,jan\n")
        assert told.splitlines()[1:] == ["  line 4: x:polna stands in line 2 already"]

    def test_another_encoding_is_refused_where_it_begins_and_never_guessed(self, tmp_path: Path) -> None:
        text = (HEADER + "x,polna,official,pr,anna,,,wpisy,yes,\nfacebook,łąka,official,pr,anna,,,,yes,\n").encode("cp1250")
        assert "line 3: a byte that is no UTF-8 (0xB3)" in refused(tmp_path, text)
        assert "UTF-16" in refused(tmp_path, b"\xff\xfex")
        assert "line 2: a control character (U+0000)" in refused(tmp_path, HEADER + "x,po\0lna,official,pr,anna\n")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "a header was expected"),
            ("platform,handle\nx,polna\n", "line 1: a column 'kind' was expected"),
            (HEADER.replace("mandate", "mandat"), "line 1: nobody knows a column 'mandat'"),
            (HEADER.replace("mandate", "access"), "line 1: the column 'access' stands there twice"),
            (HEADER + "x,polna,official,pr,anna,,,,yes,2026-11-01,more\n", "line 2: 11 cells, the header has 10"),
            (HEADER + 'x,"polna,official,pr,anna\n', "line 2: unexpected end of data"),
            (HEADER + f"x,polna,official,pr,anna,,,{'a' * 2001}\n", "line 2: a cell of more than 2000 characters"),
        ],
    )
    def test_what_is_no_sheet(self, tmp_path: Path, text: str, said: str) -> None:
        assert said in refused(tmp_path, text)


class TestChecking:
    def faults(self, account: Account, seen: Seen = SEEN, now: datetime = NOW) -> list[tuple[Fault, str]]:
        return [(one.fault, one.detail) for one in check(account, seen, TABLE, now)]

    def test_all_is_well(self) -> None:
        assert self.faults(WELL) == []

    def test_a_review_is_due_after_its_time_and_not_before(self) -> None:
        due = NOW + timedelta(days=80)
        assert self.faults(WELL, now=due - timedelta(seconds=1)) == []
        assert self.faults(WELL, now=due) == [(Fault.REVIEW_DUE, "2026-11-10")]
        never = replace(WELL, reviewed_at=None, registered_at=NOW - timedelta(days=91))
        assert self.faults(never) == [(Fault.REVIEW_DUE, "2026-08-21")]

    def test_who_left(self) -> None:
        seen = replace(SEEN, people=frozenset({"jan"}))
        assert self.faults(WELL, seen) == [(Fault.OWNER_LEFT, "anna"), (Fault.ACCESS_LEFT, "anna")]
        assert self.faults(WELL, replace(SEEN, owners=frozenset())) == [(Fault.OWNER_LEFT, "pr")]

    def test_two_factor_and_single_access(self) -> None:
        assert self.faults(replace(WELL, two_factor=False)) == [(Fault.NO_TWO_FACTOR, "")]
        assert self.faults(replace(WELL, access=("anna", "anna"))) == [(Fault.SINGLE_ACCESS, "anna, anna")]
        assert self.faults(replace(WELL, access=())) == [(Fault.SINGLE_ACCESS, "")]

    def test_gone_and_renamed(self) -> None:
        with_source = replace(WELL, source="polna-x")
        assert self.faults(with_source, replace(SEEN, gone=frozenset({"polna-x"}))) == [(Fault.GONE, "polna-x")]
        assert self.faults(WELL, replace(SEEN, handles={1: "crypto_gift"})) == [(Fault.RENAMED, "crypto_gift")]
        assert self.faults(WELL, replace(SEEN, handles={1: "@Polna"})) == []


class TestStrangers:
    def met(self, handle: str, /, name: str = "", author_id: str = "7", brand: str | None = "polna", **register: str) -> list[str]:
        writer = Writer(
            platform="x", author_key=f"x:{author_id}", author_id=author_id, handle=handle, name=name, item_id=5, may_page=True, brand=brand
        )
        accounts = [replace(WELL, **register)] if register else []  # type: ignore[arg-type]
        return [one.handle for one in strangers([writer, writer], accounts, [POLNA], lambda said, _: "mleczarnia" in said.casefold())]

    def test_the_brand_in_a_name_or_its_handle(self) -> None:
        assert self.met("milk77", "Mleczarnia Polna Promocje") == ["milk77"]
        assert self.met("@Polna") == ["@Polna"]
        assert self.met("napolnasciezka", "Ola") == []

    def test_a_registered_one_is_known_by_handle_or_id(self) -> None:
        assert self.met("@POLNA", handle="polna") == []
        assert self.met("polna_new", "Mleczarnia Polna", handle="other", account_id="7") == []
        assert self.met("polna", handle="polna", platform="facebook") == ["polna"], "the same handle elsewhere is another account"

    def test_a_post_of_another_brand_is_not_held_against_this_one(self) -> None:
        assert self.met("polna", brand="sery") == []
        assert self.met("polna", brand=None) == ["polna"]
