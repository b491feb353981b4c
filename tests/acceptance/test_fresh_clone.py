"""A stranger's machine: a fresh clone, a bare environment, `make run`, and within a minute an incident and a mail."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READY = "Czujka is ready: "
WITHIN_S = 60.0


@pytest.mark.timeout(900)
def test_make_run_in_a_fresh_clone(tmp_path: Path) -> None:
    clone = tmp_path / "czujka"
    copied(clone)
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with (tmp_path / "log").open("w") as log:
        make = subprocess.Popen(["make", "run", "ARGS=--port 0"], cwd=clone, env=bare, stdout=log, stderr=log, start_new_session=True)
    try:
        until(lambda: READY in (tmp_path / "log").read_text(), 600, tmp_path)
        ready_at = time.monotonic()

        until(lambda: leaks(clone) and any((clone / "var" / "mail").glob("*.eml")), WITHIN_S, tmp_path)
        assert time.monotonic() - ready_at < WITHIN_S
        verb = [str(clone / ".venv" / "bin" / "czujka"), "incidents", "--json"]
        said = subprocess.run(verb, cwd=clone, env=bare, check=True, capture_output=True, text=True).stdout
        assert "leak.codename" in {json.loads(line)["label"] for line in said.splitlines()}
    finally:
        os.killpg(make.pid, signal.SIGINT)
        make.wait(timeout=60)
    assert not (clone / "czujka.toml").exists()
    assert (clone / "var" / "demo.db").exists()


def leaks(clone: Path) -> int:
    """How many incidents of a leaked name there are: asked of the file, for a program started twice a second would be most of the load."""
    with closing(sqlite3.connect(f"file:{clone / 'var' / 'demo.db'}?mode=ro", uri=True)) as database:
        [[count]] = database.execute("SELECT count(*) FROM incident WHERE label = 'leak.codename'")
        return int(count)


def copied(clone: Path) -> None:
    """What is committed, and what would be: the working tree without what git ignores."""
    listing = ["git", "ls-files", "-co", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)


def until(is_so: "object", within_s: float, folder: Path) -> None:
    assert callable(is_so)
    end = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < end, (folder / "log").read_text()[-3000:]
        threading.Event().wait(0.5)
