"""Every documented shell command is run: the fenced `sh` blocks of the README, the tutorial and the how-tos, in their order.

Each page is read in a folder of its own, in which the demonstration's past has been collected and read, as after a first `make run`.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.fakes.postgres import Postgres
from tests.fakes.zygote import Zygote, shim

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
BLOCK = re.compile(r"^(?P<indent> *)```(?:sh|console)\n(?P<text>.*?)^(?P=indent)```", re.M | re.S)

# Commands that are run elsewhere: where, and by what words one sees it there.
ELSEWHERE = {
    "make run": ("tests/acceptance", r'"make",\s*"run"'),
    "make test": (".ci", r"make test"),
    "make check": (".ci", r"make check"),
    "make docs": ("tests/unit", r"reference\.PAGES"),
    "docker compose up --build": ("tests/integration", r"the_image_builds"),
    "docker compose -f docker-compose.yml -f deploy/compose/own.yml up -d": ("tests/integration", r"reads_the_file_for_your_own_company"),
}
# Commands that go on until they are stopped, once they have said that they are ready.
ENDLESS = re.compile(r"czujka (scheduler|web)$")
# What a page takes for granted.
BEFORE = {"backup": "createdb czujka", "cluster-postgresql": "printf '%s' \"$CONFIGURATION\" > czujka.toml"}
CONFIGURATION = """
company = {{ name = "Acme", fallback = "team" }}
storage = {{ url = "postgresql+psycopg://czujka@127.0.0.1:{port}/czujka" }}
web = {{ port = 0 }}
owner = [{{ id = "team" }}]
"""
STAGES = ("collect", "classify", "assess")
# Verbs that say by exit code 1 that something needs attention; that is no failure of the documentation.
MAY_NEED_ATTENTION = re.compile(r"czujka (doctor|oncall check|check|rules (test|lint))$")


def blocks(page: Path) -> list[str]:
    """The shell blocks of a page, in order."""
    return [dedent(found["text"]).strip() for found in BLOCK.finditer(page.read_text(encoding="utf-8"))]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder as a first `make run` leaves it: .venv/bin/czujka, and the demonstration's past read and assessed."""
    folder, line = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("line") / "zygote"
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    (programs / "czujka").write_text(shim(line), encoding="utf-8")
    (programs / "czujka").chmod(0o755)
    shutil.copytree(ROOT / "deploy" / "examples", folder / "deploy" / "examples")
    shutil.copytree(ROOT / "demo", folder / "demo", ignore=shutil.ignore_patterns("__pycache__"))
    prepare = (f"{sys.executable} -m demo prepare --home var", *(f".venv/bin/czujka {verb} --once" for verb in STAGES))
    with Zygote(line):
        for command in prepare:
            ran = shell(command, folder)
            assert ran.returncode == 0, ran.stderr
        yield folder


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it for one page."""
    shutil.copytree(home, tmp_path / "here", symlinks=True)
    yield tmp_path / "here"


def environment(folder: Path, port: int | None = None) -> dict[str, str]:
    """Little: the program, and where PostgreSQL is."""
    servers = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"))]
    found = {"PATH": os.pathsep.join([os.environ["PATH"], *servers]), "HOME": str(folder), "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    here = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "app", "CONFIGURATION": CONFIGURATION.format(port=port)}
    return found | {"SMTP_PASSWORD": "secret"} | (here if port else {})


def shell(text: str, folder: Path, port: int | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a block as a person would paste it; the first command that fails ends it."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env=environment(folder, port),
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )


def starts_and_ends(text: str, folder: Path, port: int) -> None:
    """Start what goes on for ever, wait until it is ready, end it as systemd would."""
    command, said = ["bash", "-c", f"exec {text}"], []
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, cwd=folder, env=environment(folder, port), stdout=pipe, stderr=both, text=True) as process:
        for line in process.stdout or ():
            said.append(line)
            if line.startswith("Czujka is ready"):
                process.terminate()
    assert process.returncode == 0, "".join(said)
    assert "Czujka is ready" in "".join(said)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_documented_command_runs(page: Path, folder: Path, postgres: Postgres) -> None:
    for text in [*filter(None, [BEFORE.get(page.stem)]), *blocks(page)]:
        if text in ELSEWHERE:
            continue
        if ENDLESS.search(text):
            starts_and_ends(text, folder, postgres.port)
            continue
        allowed = {0, 1} if MAY_NEED_ATTENTION.search(text) else {0}
        ran = shell(text, folder, postgres.port)
        said = f"{page.name}:\n{text}\n{ran.stdout}{ran.stderr}"
        assert ran.returncode in allowed, said
        assert "Traceback" not in ran.stderr, said
    shell("dropdb --if-exists czujka", folder, postgres.port)


def test_pages_have_commands() -> None:
    """The reader of blocks sees them: no page of instructions without one."""
    assert not [page.name for page in PAGES if not blocks(page)]
    assert sum(len(blocks(page)) for page in PAGES) >= 30


@pytest.mark.parametrize("command", ELSEWHERE)
def test_what_is_run_elsewhere_is_run_there(command: str) -> None:
    folder, words = ELSEWHERE[command]
    files = [path for path in (ROOT / folder).iterdir() if path.is_file() and path != Path(__file__)]
    assert any(re.search(words, path.read_text(encoding="utf-8")) for path in files)


def test_no_block_is_without_a_language() -> None:
    """A block without one would not be run."""
    for page in [*PAGES, *(ROOT / "docs").rglob("*.md")]:
        opening = re.findall(r"^ *```(.*)$", page.read_text(encoding="utf-8"), flags=re.M)[::2]
        assert all(opening), page.name


def test_the_readme_tells_things_in_this_order() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    marks = (
        "# Czujka",
        "docs/img/inbox.png",
        "make run",
        "make test",
        "five minutes",
        "## Platforms",
        "## Channels",
        "## Where to read on",
    )
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    opening = text.split("![", 1)[0].strip().splitlines()[2:]
    assert len(opening) == 3


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES[3:] if f"(docs/how-to/{page.name})" not in readme] == []
