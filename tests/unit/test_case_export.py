"""The ZIP of a case, read by whoever has no Czujka: sums that fit, the same bytes each time, hostile texts that do nothing."""

import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.cases import Case, CaseEntry, CaseEntryKind, CaseFile, CaseFound, CaseStage, Consequence, Evidence
from core.policy import Applies, Clause, Wording
from core.settings import Company, Settings
from governance.case_export import export, rights

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOSTILE = "</blockquote><script>alert('x')</script> =HYPERLINK(1) \u202egnp.exe \x1b[31m {{ 7*7 }} ../../etc"
WORDS = {
    "pl": Wording(title="Informacje poufne", text="Nie publikuj.", consequence="Wpis znika."),
    "en": Wording(title="Confidential information", text="Do not post.", consequence="The post goes."),
}
CLAUSE = Clause(
    id="POL-07", owner="legal", watcher="legal", reviewers=("legal",), applies_to=(Applies.OFFICIAL,), detected_by=(), words=WORDS
)
SETTINGS = Settings(company=Company(name="Mleczarnia Polna"))


def a_file(text: str = HOSTILE) -> CaseFile:
    case = Case(
        number=3,
        clause="POL-07",
        policy_version=2,
        label="leak.codename",
        brand="polna",
        incident_id=7,
        concerned=HOSTILE,
        stage=CaseStage.DECIDED,
        version=4,
        opened_by="ola",
        opened_at=NOW,
        found=CaseFound.BREACH,
        consequence=Consequence.WARNING,
        decided_by="piotr",
        decided_at=NOW,
    )
    body = {
        "platform": "x",
        "text": text,
        "url": "javascript:alert(1)",
        "author": {"id": "1", "name": HOSTILE, "handle": ""},
        "revisions": [{"revision": 0, "text": HOSTILE, "replaced_at": "2026-11-20T11:00:00.000000+00:00"}],
        "raw": {"score": 1.0},
        "created_at": "2026-11-20T10:00:00.000000+00:00",
    }
    evidence = Evidence(
        number=9, case=3, item_id=5, source_id="x-polna", frozen_at=NOW, frozen_by="ola", body=body, seal="ab" * 32, held_because="ours"
    )
    gone = replace(evidence, number=10, body=None, emptied_at=NOW, emptied_because="deleted")
    detail = {"found": "breach", "consequence": "warning"}
    decided = CaseEntry(at=NOW, actor="piotr", kind=CaseEntryKind.DECIDED, text=HOSTILE, detail=detail)
    return CaseFile(case=case, entries=[decided], evidence=[evidence, gone])


def test_the_sums_fit_and_sha256sum_agrees(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(export(a_file(), CLAUSE, SETTINGS))) as archive:
        names = archive.namelist()
        sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines())
        assert sums == {name: hashlib.sha256(archive.read(name)).hexdigest() for name in names if name != "SHA256SUMS"}
        archive.extractall(tmp_path)
    done = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    expected = {"README.txt", "SHA256SUMS", "index.html", "case.json", "trail.json", "decision.json", "looks.json", "seals.json"}
    expected |= {"clause.pl.txt", "clause.en.txt", "rights.pl.txt", "rights.en.txt"}
    assert set(names) == expected | {f"evidence/{n}.{kind}" for n in (9, 10) for kind in ("json", "txt")}


def test_the_same_case_gives_the_same_bytes_and_another_gives_others() -> None:
    assert export(a_file(), CLAUSE, SETTINGS) == export(a_file(), CLAUSE, SETTINGS)
    assert export(a_file("other"), CLAUSE, SETTINGS) != export(a_file(), CLAUSE, SETTINGS)


def test_what_others_wrote_is_data_on_the_page_and_whole_in_json() -> None:
    with zipfile.ZipFile(io.BytesIO(export(a_file(), CLAUSE, SETTINGS))) as archive:
        page = archive.read("index.html").decode()
        told = json.loads(archive.read("evidence/9.json"))
        text = archive.read("evidence/9.txt").decode()
        decision = json.loads(archive.read("decision.json"))
    assert "<script" not in page and "&lt;script&gt;" in page and "default-src 'none'" in page
    assert "javascript:" not in page.replace("address: javascript:alert(1)", ""), "an address is text, never a link"
    assert 'href="evidence/9.json"' in page and page.count("href=") == 2
    assert not {"\u202e", "\x1b"} & set(page + text)
    assert told["body"]["text"] == HOSTILE, "what was frozen is there to the last character"
    assert (decision["actor"], decision["detail"]["consequence"]) == ("piotr", "warning")
    assert "gone (deleted" in page


def test_the_paper_on_rights_is_filled_in_in_both_languages() -> None:
    assert "w ciągu 10 dni roboczych" in rights(SETTINGS, "pl") and "[do kogo pisać]" in rights(SETTINGS, "pl")
    assert "within 10 working days" in rights(SETTINGS, "en") and "{" not in rights(SETTINGS, "en")
