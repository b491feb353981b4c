"""May I post this? over page and API, on both databases: answered, and afterwards nowhere to be found."""

import base64
import logging
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from core.settings import Person
from core.types import Finding, Reading, Severity
from storage import Store
from tests.web.calling import api, evening_at, token_of
from tests.web.site import Site, form_of

MARKER = "czupurna żółta kaczuszka z Pacanowa"
TEXT = f"Za tydzień rusza Projekt Bursztyn, {MARKER}"


def judge(reading: Reading) -> tuple[Finding, ...]:
    start = reading.text.find("Projekt Bursztyn")
    one = Finding(label="leak.codename", score=0.9, severity=Severity.HIGH, detector="leak.codename@1", start=start, end=start + 16)
    return (one,) if start >= 0 else ()


def forms(text: str) -> list[bytes]:
    """How a text may be written down: plainly, in JSON, percent-encoded, in base64 at any offset."""
    raw = text.encode()
    escaped = text.encode("unicode_escape")
    encoded = [base64.b64encode(b"\0" * pad + raw)[4:-4] for pad in range(3)]
    return [raw, escaped, quote(text).encode(), quote(text).replace("%20", "+").encode(), text.encode("utf-16-le"), *encoded]


def rows(store: Store) -> list[str]:
    """Every cell of every table that the database has, whether we know it or not."""
    metadata = sa.MetaData()
    found = []
    with store.database.read() as connection:
        metadata.reflect(connection)
        for table in metadata.tables.values():
            found += [str(cell) for row in connection.execute(sa.select(table)) for cell in row]
    return found


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def expect_nowhere(site: Site, folder: Path, logged: str) -> None:
    cells = rows(site.store)
    assert len(cells) > 500
    assert not [cell for cell in cells if MARKER in cell]
    for path in files(folder):
        content = path.read_bytes()
        assert not [form for form in forms(MARKER) if form in content], path
    assert MARKER not in logged


def test_the_search_finds_what_is_kept(tmp_path: Path) -> None:
    """What the other tests look for would be found if it were there."""
    for number, form in enumerate(forms(MARKER)):
        (tmp_path / str(number)).write_bytes(b"..." + form + b"...")
    found = [path for path in files(tmp_path) if any(form in path.read_bytes() for form in forms(MARKER))]
    assert len(found) == len(forms(MARKER))


def test_a_draft_is_answered_and_kept_nowhere(database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with evening_at(database_url, tmp_path) as site:
        site.context.judge = judge
        site.context.settings = site.context.settings.model_copy(
            update={"person": (*site.context.settings.person, Person(id="stan", roles=("staff",)))}
        )
        with site.client("stan", language="pl") as client:
            data = {"csrf": form_of(client, "/may-i-post"), "text": TEXT, "account": "personal"}
            before = len(site.store.audit.lines(limit=1000))
            page = client.post("/may-i-post", data=data)
            assert page.status_code == 200
            assert "<mark>Projekt Bursztyn</mark>" in page.text
            assert "Usuń tę nazwę" in page.text
            assert "POL-07" in page.text
            assert page.headers["cache-control"] == "no-store"
            assert client.post("/may-i-post", data=data | {"text": MARKER * 400}).status_code == 422
            assert client.post("/may-i-post", data=data | {"account": MARKER}).status_code == 400
            assert len(site.store.audit.lines(limit=1000)) == before, "who asks leaves no line"
        with api(site, token_of(site)) as client:
            after = len(site.store.audit.lines(limit=1000))
            told = client.post("/may-i-post", json={"text": TEXT, "account": "official", "language": "pl"}).json()
            assert told["verdict"] == "stop"
            assert [(one["label"], one["clause"]) for one in told["remarks"]] == [("leak.codename", "POL-07")]
            assert client.post("/may-i-post", json={"text": TEXT, "account": MARKER}).status_code == 422
            assert len(site.store.audit.lines(limit=1000)) == after
        logged = caplog.text
        expect_nowhere(site, tmp_path, logged)


def test_the_verb_answers_and_keeps_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "CZUJKA_HOME": str(tmp_path / "var"), "PYTHONIOENCODING": "utf-8"}
    environment.pop("CZUJKA_CONFIG", None)
    said = subprocess.run(
        [sys.executable, "-m", "czujka", "may-i-post", "-", "--language", "pl"],
        input=TEXT, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=200, check=False,
    )  # fmt: skip
    assert said.returncode == 1, said.stderr
    assert "“Projekt Bursztyn”" in said.stdout
    assert "POL-07" in said.stdout
    assert MARKER not in said.stdout + said.stderr
    assert [path for path in files(tmp_path) if MARKER.encode() in path.read_bytes()] == []
