"""The story of "please forget me", on SQLite and on PostgreSQL: @kasia deletes a post and asks to be erased. No byte leads to her any more;
counts and the incident's time line stay, under a pseudonym, and the audit is still clean.
"""

import base64
import hashlib
import json
import logging
import subprocess
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from actions import privacy
from actions.leftovers import note_backup
from actions.verdicts import judge
from core.easing import Mute, MuteKind
from core.verdicts import Said
from governance.audit import faults
from storage import Store
from storage.backup import _program, back_up
from storage.items import store_items
from storage.schema import conversation, finding, incident, incident_event, item
from tests.acceptance.city import City

HANDLE, NAME, NUMBER = "@kasia.zielarz", "Katarzyna Zielarz-Łąkowa", "109348812345"
KASIA = {"author_id": NUMBER, "author_name": NAME, "author_handle": HANDLE, "url": f"https://social.example/{HANDLE}/1"}
LEAK = "Mam hasło do panelu Mleczarnia Polna, login admin password: Kozieradka77!"
COMPLAINT = "Mleczarnia Polna, paczka miała być w poniedziałek i dalej jej nie ma, wstyd"


def says(dairy: City, name: str, text: str, *, by: dict[str, str]) -> None:
    row = {"id": name, "created_at": dairy.now.isoformat(), "text": text, "kind": "post", **by}
    with (dairy.folder / "mastodon.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    dairy.forward("2s")


def test_no_byte_leads_to_her_and_the_time_line_stays(dairy: City, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="czujka")
    store = dairy.house.store
    they_write(dairy)
    everywhere(store, dairy)
    before = history(store)
    assert before["items"] and before["events"] and traces_in(dump(dairy, store)), "she can be found"
    backup = tmp_path / "old.backup"
    she_deletes_and_a_backup_is_older(dairy, backup)

    caplog.clear()
    pseudonym = she_is_erased(dairy, backup)
    left = traces_in(dump(dairy, store)) + traces_in(caplog.text.encode())
    assert left == []
    nothing_finds_her_but_the_others_stay(dairy)
    assert history(store) == before
    with store.database.read() as connection:
        keys = set(connection.execute(sa.select(item.c.author_key).where(item.c.author_key.contains(pseudonym))).scalars())
    assert keys == {f"mastodon:{pseudonym}"}
    assert faults(store.audit.links(), store.audit.aliases(), [store.audit.head(dairy.now)]) == []

    says(dairy, f"{NUMBER}-2", COMPLAINT, by=KASIA)
    assert traces_in(dump(dairy, store)) == [], "what was erased is not stored again when it is met again"


def they_write(dairy: City) -> None:
    """She twice, and somebody who names her."""
    dairy.at("2026-11-20 10:00")
    says(dairy, f"{NUMBER}-1", LEAK, by=KASIA)
    says(dairy, f"{NUMBER}-2", COMPLAINT, by=KASIA)
    agrees = f"Mleczarnia Polna, zgadzam się z {HANDLE}, {NAME.upper()} ma rację: https://x.example/%40kasia.zielarz"
    says(dairy, "other-1", agrees, by={"author_id": "77", "author_name": "Zenon Kos", "author_handle": "@zenon"})


def she_deletes_and_a_backup_is_older(dairy: City, backup: Path) -> None:
    store = dairy.house.store
    with store.database.write() as connection:
        store_items(store.database, connection, [], [("mastodon", f"{NUMBER}-1")], dairy.now)
    (dairy.folder / "mastodon.jsonl").write_text("", encoding="utf-8")
    back_up(store, backup)
    note_backup(dairy.house.settings, backup, dairy.now)


def she_is_erased(dairy: City, backup: Path) -> str:
    """Tried, then done: what is left is the older backup. Her pseudonym."""
    store, settings = dairy.house.store, dairy.house.settings
    mail = Path(dairy.folder) / "mail"
    would = privacy.erase(store, settings, HANDLE, None, (NAME, NUMBER), "cli:ola", dairy.now, dry_run=True)
    assert would.erased.rows["item"] >= 2 and traces_in(dump(dairy, store)), "a dry run changes nothing"
    done = privacy.erase(store, settings, HANDLE, None, (NAME, NUMBER), "cli:ola", dairy.now)
    assert [(one.file, one.kind) for one in done.left] == [(backup.resolve(), "backup")]
    assert not mail.exists() or not list(mail.glob("*.eml"))
    return done.erased.pseudonym


def nothing_finds_her_but_the_others_stay(dairy: City) -> None:
    store = dairy.house.store
    shown = privacy.export(store, dairy.house.settings, None, None, ("Zenon Kos",), "cli:ola", dairy.now)
    assert traces_in(json.dumps(shown, default=str, ensure_ascii=False).encode()) == []
    assert [store.items.search(word) for word in ("kasia.zielarz", "katarzyna", "zielarz", "kozieradka77")] == [[], [], [], []]
    assert len(store.items.search("zgadzam")) == 1, "what somebody else wrote is still found"


def everywhere(store: Store, dairy: City) -> None:
    """Her name where people leave it: a mute, a kept view, a verdict's note."""
    mute = Mute(
        kind=MuteKind.AUTHOR,
        value=HANDLE,
        reason=f"{NAME} asked",
        starts_at=dairy.now,
        ends_at=dairy.now + timedelta(hours=1),
        made_by="anna",
    )
    store.easing.add_mute(mute)
    store.views.keep("anna", "hers", f"q={quote(HANDLE)}", None, dairy.now)
    with store.database.read() as connection:
        number = connection.execute(sa.select(finding.c.id).order_by(finding.c.id)).scalars().first()
    assert number is not None
    judge(store, number, Said.RIGHT, "anna", dairy.now, note=f"spoke with {NAME}")


def history(store: Store) -> dict[str, object]:
    """What must stay: how many posts, authors, findings; each incident's events."""
    with store.database.read() as connection:
        return {
            "items": connection.execute(sa.select(sa.func.count()).select_from(item)).scalar(),
            "findings": connection.execute(sa.select(finding.c.item_id, finding.c.label).order_by(finding.c.id)).all(),
            "incidents": connection.execute(
                sa.select(incident.c.id, incident.c["items"], incident.c.authors).order_by(incident.c.id)
            ).all(),
            "events": connection.execute(
                sa.select(incident_event.c.at, incident_event.c.kind, incident_event.c.reason).order_by(incident_event.c.id)
            ).all(),
            "talks": connection.execute(sa.select(conversation.c.id, conversation.c.opened_at).order_by(conversation.c.id)).all(),
        }


def dump(dairy: City, store: Store) -> bytes:
    """Every byte that the database keeps: SQLite's files with its log and its full-text index; what PostgreSQL would give away."""
    if store.database.is_sqlite:
        name = store.database.engine.url.database
        assert name is not None
        return b"".join(file.read_bytes() for file in sorted(Path(name).parent.glob(f"{Path(name).name}*")) if file.is_file())
    url = store.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run([_program("pg_dump"), f"--dbname={url}"], check=True, capture_output=True).stdout


def traces_in(data: bytes) -> list[str]:
    """In which forms her handle, names and number stand there: as they are, in base64 wherever it begins, percent-encoded, as hashes."""
    lower, found = data.lower(), []
    words = {HANDLE, HANDLE.removeprefix("@"), NAME, NUMBER, "Zielarz", "Kozieradka77", f"mastodon:{NUMBER}", f"mastodon:{HANDLE}"}
    for word in sorted(words | {word.lower() for word in words}):
        plain = word.encode()
        forms = {
            "plain": plain.lower(),
            "escaped": json.dumps(word)[1:-1].encode().lower(),
            "percent": quote(word, safe="").encode().lower(),
        }
        forms |= {name: hashlib.new(name, plain).hexdigest().encode() for name in ("md5", "sha1", "sha256")}
        found += [f"{word}: {name}" for name, form in forms.items() if form in lower]
        for shift in range(3):
            inside = base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4]
            found += [f"{word}: base64 at {shift}"] if len(inside) >= 6 and inside in data else []
    return found
