"""People act while a large import runs: the one writer of SQLite is held for moments only.

`make test-long` imports 50,000 rows.
"""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from actions.sign_in import invite
from core.settings import Settings
from core.types import IncidentState
from storage import Store
from tests.conftest import LONG
from tests.contract.test_store import an_incident
from tests.web.site import serve
from web import Context

ROOT = Path(__file__).resolve().parents[2]
ROWS = 50_000 if LONG else 10_000


@pytest.mark.timeout(600)
def test_an_incident_is_acknowledged_through_the_web_while_many_rows_come_in(database_url: str, tmp_path: Path) -> None:
    config = tmp_path / "czujka.toml"
    config.write_text(f'[company]\nname = "Polna"\n[storage]\nurl = "{database_url}"\n', encoding="utf-8")
    rows = tmp_path / "rows.csv"
    with rows.open("w", encoding="utf-8") as file:
        file.write("id,created_at,author,text\n")
        file.writelines(f"{n},2026-11-20 10:00,user{n},wpis numer {n} o mleku\n" for n in range(ROWS))
    store = Store.open(database_url)
    incident_id = an_incident(store)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "CZUJKA_HOME": str(tmp_path / "var")}
    importing = subprocess.Popen(
        [sys.executable, "-m", "czujka", "--config", str(config), "import", str(rows)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        settings = Settings.model_validate({"company": {"name": "Polna"}, "home": tmp_path})
        with serve(Context(store, settings, "secret")) as site, httpx.Client(base_url=site, follow_redirects=True, timeout=30) as browser:
            sign_in(browser, invite(store, "anna", datetime.now(UTC)))
            while store.items.count() < 1_000:
                assert importing.poll() is None
            press(browser, f"/incidents/{incident_id}", "acknowledge")
            assert importing.poll() is None, "the import was over before the click"
        assert store.incidents.card(incident_id).row.state is IncidentState.ACKNOWLEDGED
        assert importing.wait(timeout=500) == 0
        assert store.items.count() == ROWS + 1
    finally:
        importing.kill()
        importing.wait()
        store.close()


def fields(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that posts there."""
    form = re.search(rf'<form[^>]*action="[^"]*{action}"[^>]*>(.*?)</form>', html, re.DOTALL)
    assert form is not None, html[:3000]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1]))


def sign_in(browser: httpx.Client, token: str) -> None:
    shown = browser.get("/sign-in", params={"token": token})
    browser.post("/sign-in", data=fields(shown.text, "/sign-in")).raise_for_status()


def press(browser: httpx.Client, page: str, act: str) -> None:
    shown = browser.get(page)
    browser.post(f"{page}/{act}", data=fields(shown.text, f"{page}/{act}")).raise_for_status()
